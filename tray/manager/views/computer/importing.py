"""What there is to import, as rows: where it lies, what each would become, what is left out and why. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.text import counted
from profiles.importing.sources import STORES
from tray.manager.views.words import home_short, listed, tilde

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from profiles.importing.candidate import LeftOut
    from tray.actions.profiles.importing.found import FoundProfile, FoundSource

_KEYS = {
    "clear": ("warn", "Key found in clear text"),
    "found": ("ok", "Key found"),
    "here": ("ok", "Its key is stored here already"),
    "elsewhere": ("none", "Its key comes from elsewhere"),
    "none": ("none", "No key: enter it later"),
}
_KINDS = {"provider": "Provider", "config": "Config", "virtual_key": "Virtual key", "none": "By model name"}


class ProfileRow(NamedTuple):
    """One profile to be. `note` says what there is to know of its name.

    `switch_to`: the profile that it is already, "" for none.
    """

    pick: str
    entry: str
    name: str
    ticked: bool
    note: str
    kind: str
    route: str
    models: str
    key: tuple[str, str]
    switch_to: str


class SourceRow(NamedTuple):
    """One place. `helper`: whether a key can go out of it by a helper; `left`: the fold's title."""

    title: str
    path: str
    more: str
    own: bool
    helper: bool
    profiles: list[ProfileRow]
    left: str
    left_out: list[tuple[str, str]]
    notes: list[str]


def source_rows(sources: Iterable[FoundSource], home: str) -> list[SourceRow]:
    """The places with what each holds."""
    return [_source(source, home) for source in sources]


def _source(source: FoundSource, home: str) -> SourceRow:
    is_start = source.kind not in (*STORES, "settings", "bundle")
    through = len(source.profiles)
    whole = [part for part in source.left_out if not part.what]
    parts = [part for part in source.left_out if part.what]
    keys = {profile.key for profile in source.profiles}
    return SourceRow(
        _title(source),
        home_short(source.path, home),
        f"{source.entries} entries, {through} through Portkey" if source.entries > through else "",
        source.own,
        source.kind == "settings" and bool(keys & {"clear", "found"}),
        [_profile(profile, ticked=not is_start, own=source.own) for profile in source.profiles],
        _left(len(whole)),
        [*_grouped(whole), *(_part(part) for part in parts)],
        [tilde(note, home) for note in source.notes],
    )


def _left(whole: int) -> str:
    if not whole:
        return "What is not taken over"
    return f"{whole} entries are left out" if whole > 1 else "1 entry is left out"


def _part(part: LeftOut) -> tuple[str, str]:
    return f"{part.name}: {part.what}" if part.name else part.what, part.reason


def _title(source: FoundSource) -> str:
    if source.kind == "settings":
        return "Your settings file" if source.own else "Settings file"
    if source.kind == "bundle":
        return "Bundle"
    return source.kind if source.kind in STORES else "Shell start-up file"


def _profile(profile: FoundProfile, *, ticked: bool, own: bool) -> ProfileRow:
    note = f"“{profile.taken}” is taken already" if profile.taken else ""
    if profile.like:
        note = (
            f"That is your profile {profile.like}" if own else f"There is a profile like it: {profile.like}"
        )
    return ProfileRow(
        profile.pick,
        profile.entry,
        profile.name,
        ticked and not profile.like,
        note,
        _KINDS[profile.route_kind],
        profile.route.removeprefix("config "),
        counted(profile.models, "model") if profile.models else "",
        _KEYS[profile.key],
        profile.like if own else "",
    )


def _grouped(parts: Sequence[LeftOut]) -> list[tuple[str, str]]:
    """Such as `("DeepSeek, Kimi and 6 more", "it does not go through Portkey")`."""
    by_reason: dict[str, list[str]] = {}
    for part in parts:
        by_reason.setdefault(part.reason, []).append(part.name)
    return [(listed(names, most=3), reason) for reason, names in by_reason.items()]
