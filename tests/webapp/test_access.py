"""The file that says who may read: private, replaced whole, never half believed."""

from __future__ import annotations

import datetime as dt
import os
import stat
from dataclasses import replace

import pytest

from webapp import tokens
from webapp.access import ACCESS_FILE, Access, AccessError, AccessFile, PrivateFile
from webapp.passwords import PasswordError, check_new, hash_password, is_password

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def test_without_a_file_everybody_may_read(tmp_path):
    assert AccessFile(tmp_path / "none").read() == Access()


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_only_the_owner_can_read_it(tmp_path):
    AccessFile(tmp_path / "home").change(lambda access: replace(access, password="x"))

    assert stat.S_IMODE((tmp_path / "home" / ACCESS_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "home").stat().st_mode) == 0o700


def test_a_change_is_seen_by_another_reader_of_the_file(tmp_path):
    running = AccessFile(tmp_path)
    assert running.read().password == ""

    AccessFile(tmp_path).change(lambda access: replace(access, password="new"))

    assert running.read().password == "new"
    assert len(bytes.fromhex(running.read().key)) == 32


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"password": "x"}', '{"password":"","key":"","tokens":[{"a":1}]}']
)
def test_a_file_that_is_damaged_lets_nobody_in(tmp_path, content):
    (tmp_path / ACCESS_FILE).write_text(content)

    with pytest.raises(AccessError):
        AccessFile(tmp_path).read()


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    file = PrivateFile(tmp_path / "a.json")
    file.write({"a": 1})

    with pytest.raises(TypeError):
        file.write({"a": object()})

    assert PrivateFile(tmp_path / "a.json").read() == {"a": 1}


PASSWORDS = [
    pytest.param("short words", False, id="11-characters"),
    pytest.param("harbour pier", True, id="12-characters"),
    pytest.param("x" * 257, False, id="257-characters"),
    pytest.param("correct horse battery staple " * 8, True, id="long"),
    pytest.param("пароль из многих слов", True, id="any-script"),
    pytest.param("aaaaaaaaaaaaaaaa", False, id="repeated"),
    pytest.param("password1234", False, id="password"),
    pytest.param("Passwort12345", False, id="passwort"),
    pytest.param("123456789012345", False, id="digits-in-order"),
    pytest.param("qwertyuiop123", False, id="keyboard"),
    pytest.param("archive12345", False, id="its-own-name"),
]


@pytest.mark.parametrize(("password", "fits"), PASSWORDS)
def test_a_password_is_long_and_not_the_first_to_try(password, fits):
    if fits:
        check_new(password)
    else:
        with pytest.raises(PasswordError):
            check_new(password)


@pytest.mark.parametrize(
    "password", ["professional", "Professional", "professional2024!", "1Q2W3E4R5T6Y", "finalfantasy"]
)
def test_a_password_that_many_have_is_refused_however_long(password):
    with pytest.raises(PasswordError):
        check_new(password)

    check_new(f"{password} harbour lights")


def test_a_hash_is_salted_scrypt_and_knows_its_password_only():
    stored = hash_password("harbour strike ends")

    assert stored.startswith("scrypt:65536:8:2$")
    assert "harbour" not in stored
    assert is_password(stored, "harbour strike ends")
    assert not is_password(stored, "harbour strike ends ")
    assert not is_password("", "")
    assert not is_password(stored, "x" * 100_000)


def test_a_token_is_known_by_its_key_and_only_its_hash_is_kept():
    access, key = tokens.create(Access(), "laptop", scope="api", now=NOW)

    found = tokens.find(access, key, now=NOW)

    assert found is not None
    assert found.name == "laptop"
    assert key not in repr(access)
    assert tokens.find(access, key[:-1] + ("a" if key[-1] != "a" else "b"), now=NOW) is None
    assert tokens.find(access, "", now=NOW) is None
    assert tokens.find(access, "arc_é" + "x" * 42, now=NOW) is None


def test_keys_are_random_and_long():
    keys = {tokens.create(Access(), "a", scope="api", now=NOW)[1] for _ in range(50)}

    assert len(keys) == 50
    assert {len(key) for key in keys} == {47}  # 4 + 256 bits


def test_a_token_is_good_until_it_expires_or_is_revoked():
    access, key = tokens.create(Access(), "a", scope="api", now=NOW, days=1)

    assert tokens.find(access, key, now=NOW + dt.timedelta(hours=23)) is not None
    assert tokens.find(access, key, now=NOW + dt.timedelta(hours=24)) is None
    assert tokens.find(tokens.revoke(access, "a"), key, now=NOW) is None


@pytest.mark.parametrize("name", ["", " a", "a" * 51, "a\nb", "a;b"])
def test_a_token_has_a_plain_name(name):
    with pytest.raises(tokens.TokenError):
        tokens.create(Access(), name, scope="api", now=NOW)


def test_there_are_bounds_to_names_and_numbers_of_tokens():
    access = Access()
    for number in range(tokens.MAX_TOKENS):
        access, _ = tokens.create(access, f"t{number}", scope="api", now=NOW)

    with pytest.raises(tokens.TokenError, match="already"):
        tokens.create(access, "more", scope="api", now=NOW)
    with pytest.raises(tokens.TokenError, match="already"):
        tokens.create(access, "t0", scope="api", now=NOW)
    with pytest.raises(tokens.TokenError, match="no token"):
        tokens.revoke(access, "other")
