"""Settings: one table, and where a value is taken from."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.settings import SETTINGS, SettingsError, load_settings


def write(home: Path, text: str) -> Path:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(text, "utf-8")
    return home


def test_defaults_hold_when_nothing_is_said(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, env={})

    assert settings.home == tmp_path
    assert {row.name: getattr(settings, row.name) for row in SETTINGS if row.name != "home"} == {
        row.name: row.default for row in SETTINGS if row.name != "home"
    }


def test_command_line_wins_over_environment_and_environment_over_file(tmp_path: Path) -> None:
    home = write(tmp_path, 'port = 1\nhost = "127.0.0.2"\nengine = "whoosh"\n')

    settings = load_settings(
        home, env={"ARCHIVE_PORT": "2", "ARCHIVE_HOST": "127.0.0.3"}, overrides={"port": 3, "engine": None}
    )

    assert (settings.port, settings.host, settings.engine) == (3, "127.0.0.3", "whoosh")


def test_home_comes_from_the_environment_unless_given(tmp_path: Path) -> None:
    env = {"ARCHIVE_HOME": str(tmp_path / "a")}

    assert load_settings(env=env).home == tmp_path / "a"
    assert load_settings(tmp_path / "b", env=env).home == tmp_path / "b"


def test_home_defaults_to_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platformdirs.user_data_dir", lambda name, appauthor: str(tmp_path / name))

    assert load_settings(env={}).home == tmp_path / "article-archive"


def test_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    assert load_settings(tmp_path, env={"ARCHIVE_PORT": ""}).port == 8000


WRONG = [
    pytest.param("prot = 1", r"Unknown setting 'prot' in .*config\.toml; did you mean 'port'", id="misspelt"),
    pytest.param("colour = 1", r"Unknown setting 'colour'.*known are: home, engine", id="unknown"),
    pytest.param("port = 99999", r"'port' in .* from 0 to 65535, not 99999", id="too-large"),
    pytest.param("port = true", r"'port' in .* whole number", id="not-a-number"),
    pytest.param("port = 1.5", r"'port' in .* whole number", id="fraction"),
    pytest.param("host = 5", r"'host' in .* must be text", id="not-text"),
    pytest.param(
        'engine = "lucene"', r"cannot be 'lucene'; choose one of: memory, tantivy", id="not-a-choice"
    ),
    pytest.param('home = "/elsewhere"', "cannot set 'home'", id="home-inside-home"),
    pytest.param("port = ", "not valid TOML", id="broken-toml"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    home = write(tmp_path, text)

    with pytest.raises(SettingsError, match=message):
        load_settings(home, env={})


def test_a_wrong_variable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"'port' in the environment .* not 'eighty'"):
        load_settings(tmp_path, env={"ARCHIVE_PORT": "eighty"})


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, env={})
