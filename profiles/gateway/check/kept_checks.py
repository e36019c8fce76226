"""What the last check of each profile found: kept over restarts, the same everywhere."""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.json_documents import compact, read_unversioned
from profiles.files.read import file_mark
from profiles.gateway.asking.steps import FAILED, OK, WARN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from profiles.base.locations import Locations

_SAVED = ("provider", "virtual key", "config")  # steps that only a gateway with an account gets to
_MOST = 500  # profiles, those that were checked last
_LIMIT_S = 1.0  # how long one waits for the other


class CheckedStep(NamedTuple):
    """What was looked at and found: see `profiles.gateway.asking.steps.Step`."""

    step: str
    verdict: str
    text: str
    hint: str
    ms: int | None


class CheckedProfile(NamedTuple):
    """A profile's steps; `exit_code` is that of the first that failed, 0 for none."""

    name: str
    gateway: str | None
    exit_code: int
    steps: tuple[CheckedStep, ...]


class KeptCheck(NamedTuple):
    """A check that is over: `at` is when it began, in seconds since 1970.

    `mark` is of the profile as it was then (`rendering.mark_of`): of another route or key it tells nothing.
    """

    at: float
    mark: str
    found: CheckedProfile


def checks_path(locations: Locations) -> str:
    """The file that holds them."""
    return os.path.join(locations.state_dir, "checks.json")


def kept_checks(locations: Locations) -> dict[str, KeptCheck]:
    """The last check of each profile; none where they cannot be read."""
    with suppress(PkccError):
        return read_unversioned(checks_path(locations), _checks) or {}
    return {}


def found_an_account(locations: Locations, name: str, mark: str) -> bool:
    """Whether the last check of that profile, as it is, found at Portkey what its route names."""
    last = kept_checks(locations).get(name)
    if last is None or last.mark != mark:
        return False
    return any(step.step in _SAVED and step.verdict == OK for step in last.found.steps)


class LastChecks:
    """The same, read again only when the file has changed."""

    def __init__(self, locations: Locations) -> None:
        self._locations = locations
        self._mark: tuple[int, int, int] | None = None
        self._known: dict[str, KeptCheck] = {}

    def read(self) -> dict[str, KeptCheck]:
        """The last check of each profile."""
        mark = file_mark(checks_path(self._locations))
        if mark is None or mark != self._mark:
            self._mark, self._known = mark, kept_checks(self._locations)
        return self._known


def keep_checks(locations: Locations, checks: Sequence[KeptCheck]) -> None:
    """Keep what was found just now beside what is known of other profiles. Never an error."""
    new = {check.found.name: check for check in checks}
    _change(locations, lambda kept: {**kept, **new})


def forget_checks(locations: Locations, names: Sequence[str]) -> None:
    """What was found of these tells nothing any more: they have another key. Never an error."""
    if names and os.path.exists(checks_path(locations)):
        _change(locations, lambda kept: {name: kept[name] for name in kept if name not in names})


def _change(locations: Locations, change: Callable[[dict[str, KeptCheck]], Mapping[str, KeptCheck]]) -> None:
    from profiles.files.atomic_replace import write_private
    from profiles.files.locks import locked

    with suppress(PkccError), locked(f"{checks_path(locations)}.lock", _LIMIT_S):
        after = change(kept_checks(locations))
        latest = sorted(after.values(), key=lambda check: check.at)[-_MOST:]
        plain = {
            name: {"at": at, "mark": mark, "gateway": gateway, "exit_code": code, "steps": steps}
            for at, mark, (name, gateway, code, steps) in latest
        }
        write_private(checks_path(locations), compact(plain))


def _checks(plain: Any) -> dict[str, KeptCheck]:
    return {
        name: KeptCheck(
            float(row["at"]),
            str(row["mark"]),
            CheckedProfile(
                name, row["gateway"], int(row["exit_code"]), tuple(_step(*step) for step in row["steps"])
            ),
        )
        for name, row in plain.items()
    }


def _step(step: str, verdict: str, text: str, hint: str, ms: int | None) -> CheckedStep:
    if not all(isinstance(each, str) for each in (step, verdict, text, hint)) or verdict not in (
        OK,
        WARN,
        FAILED,
    ):
        raise TypeError("of another shape")
    return CheckedStep(step, verdict, text, hint, None if ms is None else int(ms))
