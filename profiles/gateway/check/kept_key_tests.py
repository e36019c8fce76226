"""What the latest test of each key found: kept over restarts, until the key is another."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.hashing import digest
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.json_documents import compact, read_unversioned

if TYPE_CHECKING:
    from typing import Any, Literal

    from profiles.base.locations import Locations

    Verdict = Literal["accepted", "refused", "unknown", "not_looked_at"]

_MOST = 200  # keys, those that were tested last
_LIMIT_S = 1.0  # how long one waits for the other
_VERDICTS = ("accepted", "refused", "unknown", "not_looked_at")


class KeyTest(NamedTuple):
    """What came of it. `gateway` is the base URL that was asked, `text` and `hint` what it said, `at` when.

    `verdict` is `unknown` where nothing answered that could tell, `not_looked_at` where it keeps no keys.
    """

    gateway: str
    verdict: Verdict
    text: str
    hint: str
    at: float


def key_tests_path(locations: Locations) -> str:
    """The file that holds them."""
    return os.path.join(locations.state_dir, "key_tests.json")


def kept_key_tests(locations: Locations, references: list[str]) -> dict[str, KeyTest]:
    """The latest test of each of those keys, where there is one, by its reference."""
    kept = _read(locations)
    return {each: kept[_mark(each)] for each in references if _mark(each) in kept}


def keep_key_test(locations: Locations, reference: str, test: KeyTest | None) -> None:
    """Keep what was found of a key; None forgets what was found: it is another now. Never an error."""
    from profiles.files.atomic_replace import write_private
    from profiles.files.locks import locked

    path = key_tests_path(locations)
    if test is None and not os.path.exists(path):
        return
    with suppress(PkccError), locked(f"{path}.lock", _LIMIT_S):
        kept = _read(locations)
        kept.pop(_mark(reference), None)
        if test is not None:
            kept[_mark(reference)] = test
        latest = sorted(kept.items(), key=lambda each: each[1].at)[-_MOST:]
        write_private(path, compact({mark: list(each) for mark, each in latest}))


def _mark(reference: str) -> str:
    """What stands for a reference in the file: a command's may hold anything."""
    return digest(reference.encode("utf-8", "surrogatepass"), size=12)


def _read(locations: Locations) -> dict[str, KeyTest]:
    with suppress(PkccError):
        return read_unversioned(key_tests_path(locations), _tests) or {}
    return {}


def _tests(plain: Any) -> dict[str, KeyTest]:
    found = {mark: KeyTest(*row) for mark, row in plain.items()}
    for test in found.values():
        texts = (test.gateway, test.text, test.hint)
        if test.verdict not in _VERDICTS or not all(isinstance(each, str) for each in texts):
            raise TypeError("of another shape")
        float(test.at)
    return found
