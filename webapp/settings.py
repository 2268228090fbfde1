"""The one table of settings, and the only place that reads environment and file.

A value is taken from the command line, else from the environment
(``ARCHIVE_…``), else from ``<home>/config.toml``, else from the table.  Below
this module settings travel as arguments.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from index.engines import DEFAULT_ENGINE, ENGINES
from index.query.guard import DEFAULT_LIMITS

#: The configuration file inside the home folder.
CONFIG_FILE = "config.toml"

ENV_PREFIX = "ARCHIVE_"


class SettingsError(Exception):
    """A setting has a name or a value that cannot be; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of the table.

    Attributes:
        kind: ``path``, ``text`` or ``number``.
        choices: the only values allowed, or empty for any.
        low, high: inclusive bounds of a number.
        default: as shown to people; None when it depends on the machine.
    """

    name: str
    kind: str
    default: str | int | None
    help: str
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 2**31

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return ENV_PREFIX + self.name.upper()


def _row(default: Any, help_text: str, **limits: Any) -> Any:
    """Declare a field of `Settings` together with what the table says of it."""
    return dataclasses.field(default=default, metadata={"help": help_text, **limits})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Checked settings; make them with `load_settings`."""

    home: Path = dataclasses.field(
        metadata={
            "help": "Folder that holds the archive: the store, the indexes and config.toml. "
            "Default: the user's data folder by the platform's convention."
        }
    )
    engine: str = _row(
        DEFAULT_ENGINE, "Search engine: tantivy is fast, whoosh is pure Python.", choices=tuple(ENGINES)
    )
    host: str = _row("127.0.0.1", "Address that `archive serve` listens on.")
    port: int = _row(8000, "Port that `archive serve` listens on; 0 takes any free one.", low=0, high=65535)
    threads: int = _row(8, "Requests that `archive serve` answers at the same time.", low=1, high=256)
    keep_source: int = _row(
        0, "1 keeps the original files at each ingest, as `--keep-source` does.", low=0, high=1
    )
    page_size: int = _row(10, "Hits on a page of results unless the request says otherwise.", low=1, high=100)
    max_query_chars: int = _row(
        DEFAULT_LIMITS.chars, "Longest query that is answered, in characters.", low=1, high=100_000
    )
    public: str = _row(
        "no", "Whether to serve without a password where other machines can reach it.", choices=("no", "yes")
    )
    hosts: str = _row(
        "", "Names that the archive is called by, with commas between; requests for others are refused."
    )
    proxies: str = _row(
        "", "Addresses or networks of reverse proxies, with commas between, whose X-Forwarded headers count."
    )
    rate_limit: int = _row(
        600, "Requests a minute that a client on another machine may make; 0 for any number.", high=1_000_000
    )
    search_workers: int = _row(
        2, "Processes that `archive serve` searches in; 0 searches in its own, without a deadline.", high=64
    )
    query_timeout_ms: int = _row(
        1000, "Longest that a search may take, in milliseconds.", low=10, high=600_000
    )
    waiting: int = _row(
        16, "Requests that may wait for their turn; more are refused with 503.", low=1, high=10_000
    )
    log_format: str = _row(
        "plain", "Log lines of `archive serve`: plain, or json for programs.", choices=("plain", "json")
    )
    log_level: str = _row(
        "info",
        "Least that `archive serve` logs: info has a line for each request.",
        choices=("debug", "info", "warning", "error"),
    )

    fetch_private: int = _row(
        0, "1 lets `fetch` and `feeds` ask private networks and this machine.", low=0, high=1
    )

    @property
    def store_path(self) -> Path:
        """Where the store lies."""
        return self.home / "archive.db"

    @property
    def lock_path(self) -> Path:
        """The lock that whoever writes to the store holds."""
        return self.home / "archive.lock"

    @property
    def index_root(self) -> Path:
        """Under which folder the indexes lie."""
        return self.home / "index"


def _table() -> tuple[Setting, ...]:
    kinds = {"Path": "path", "str": "text", "int": "number"}
    return tuple(
        Setting(
            name=entry.name,
            kind=kinds[str(entry.type)],
            default=None if entry.default is dataclasses.MISSING else entry.default,
            **entry.metadata,
        )
        for entry in dataclasses.fields(Settings)
    )


SETTINGS: tuple[Setting, ...] = _table()


def default_home() -> Path:
    """Return the user's data folder for this program, by platform convention."""
    return Path(platformdirs.user_data_dir("article-archive", appauthor=False))


def load_settings(
    home: str | Path | None = None,
    *,
    env: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """Return the settings in force.

    ``overrides`` come from the command line; those that are None count as not
    given.  ``env`` defaults to the environment of the process.

    Raises:
        SettingsError: an unknown name or an impossible value, and where it
            stands.
    """
    environ = os.environ if env is None else env
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    folder = _home(home, environ)
    values: dict[str, Any] = {}
    sources: list[tuple[str, Mapping[str, object]]] = [
        (str(folder / CONFIG_FILE), _from_file(folder / CONFIG_FILE)),
        ("the environment", _from_environment(environ)),
        ("the command line", given),
    ]
    for where, found in sources:
        for name, value in found.items():
            values[name] = _checked(_setting(name, where), value, where)
    return Settings(**{**values, "home": folder})


def _home(home: str | Path | None, environ: Mapping[str, str]) -> Path:
    chosen = home or environ.get(ENV_PREFIX + "HOME") or default_home()
    return Path(chosen).expanduser().absolute()


def _from_environment(environ: Mapping[str, str]) -> dict[str, object]:
    """Return what the environment sets; an empty variable counts as not set."""
    return {
        setting.name: environ[setting.variable]
        for setting in SETTINGS
        if setting.name != "home" and environ.get(setting.variable)
    }


def _from_file(path: Path) -> dict[str, object]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"{path} cannot be read: {exc}") from exc
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise SettingsError(f"{path} is not valid TOML: {exc}") from exc
    if "home" in found:
        raise SettingsError(f"{path} cannot set 'home', for it lies inside it; use --home or ARCHIVE_HOME.")
    return found


def _setting(name: str, where: str) -> Setting:
    known = {setting.name: setting for setting in SETTINGS}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name.lower(), known, n=1)
    advice = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}."
    raise SettingsError(f"Unknown setting {name!r} in {where}; {advice}")


def _checked(setting: Setting, value: object, where: str) -> object:
    """Return ``value`` as the type of ``setting``, or say what is wrong."""
    if setting.kind == "number":
        return _number(setting, value, where)
    if not isinstance(value, str):
        raise SettingsError(f"Setting {setting.name!r} in {where} must be text, not {value!r}.")
    if setting.choices and value not in setting.choices:
        raise SettingsError(
            f"Setting {setting.name!r} in {where} cannot be {value!r}; "
            f"choose one of: {', '.join(setting.choices)}."
        )
    return value


def _number(setting: Setting, value: object, where: str) -> int:
    number: int | None = None
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        number = int(value.strip()[:12])
    if number is None or not setting.low <= number <= setting.high:
        raise SettingsError(
            f"Setting {setting.name!r} in {where} must be a whole number "
            f"from {setting.low} to {setting.high}, not {value!r}."
        )
    return number
