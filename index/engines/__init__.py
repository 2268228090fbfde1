"""The engines, by name; each library is imported only when its engine is used."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from index.engine import EngineFactory
from index.errors import EngineUnavailableError

#: Engine name to the module that holds its ``factory``.
ENGINES: dict[str, str] = {
    "memory": "index.engines.memory",
    "tantivy": "index.engines.tantivy",
    "whoosh": "index.engines.whoosh",
}

DEFAULT_ENGINE = "tantivy"


def factory(name: str) -> EngineFactory:
    """Return the factory of the engine called ``name``.

    Raises:
        EngineUnavailableError: no engine has this name, or its library cannot
            be imported here.
    """
    if name not in ENGINES:
        known = ", ".join(ENGINES)
        raise EngineUnavailableError(f"There is no engine called {name!r}; choose one of: {known}.")
    try:
        module = import_module(ENGINES[name])
    except ImportError as exc:
        raise EngineUnavailableError(
            f"The engine {name!r} cannot be loaded here ({exc}); choose another with the setting 'engine'."
        ) from exc
    return cast(EngineFactory, module.factory)
