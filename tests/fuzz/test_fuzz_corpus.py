"""The kept corpus of every fuzz target, replayed: examples of each format and past findings."""

from __future__ import annotations

import pytest
from fuzz_targets import CORPUS, MAX_BYTES, TARGETS, corpus_of


@pytest.mark.parametrize("name", TARGETS)
def test_the_kept_corpus_holds(name: str) -> None:
    found = corpus_of(name)

    assert found, "a target without an example"
    for path in found:
        try:
            TARGETS[name](path.read_bytes())
        except Exception as error:
            raise AssertionError(f"{path}: {error}") from error


def test_the_corpus_has_targets_and_stays_small() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
    for name in TARGETS:
        for path in corpus_of(name):
            assert path.stat().st_size <= MAX_BYTES, path
