"""What two Portkey configs differ in, as data: spelling and the order of fields do not count. Pure.

What is returned may be shown: a secret is dots, on both sides of a change too.
"""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.light_typing import OMITTED
from profiles.base.secret_markers import MASK
from profiles.portkey.config.findings import WHOLE, path_text
from profiles.portkey.config.limits import bounded
from profiles.portkey.config.secret_texts import without_secrets
from profiles.portkey.config.secrets import LABELS, is_reference, is_secret_field, secret_half

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from profiles.base.light_typing import Omitted
    from profiles.portkey.config.secrets import Path

_NAMES = ("name", "provider", "virtual_key")
_VAST = "more than can be shown"


class ConfigChange(NamedTuple):
    """A field that differs, such as `targets[1].retry.attempts`; a side that has none is left out."""

    path: str
    before: object | Omitted
    after: object | Omitted


def differences(before: object, after: object, secrets: Sequence[str] = ()) -> tuple[ConfigChange, ...]:
    """Each field that is another one in `after`, or in one of the two alone; `secrets` are masked too.

    A reference to a secret in `after`, where `before` has something, is no difference: what it leads to is
    not looked at.
    """
    if not (bounded(before) and bounded(after)):
        return (ConfigChange(WHOLE, _VAST, _VAST),)
    return tuple(
        ConfigChange(
            veiled(path_text(path), secrets), *(_shown(path, side, secrets, hidden=hidden) for side in sides)
        )
        for path, hidden, *sides in _changes((), before, after)
    )


def masked(config: object, secrets: Sequence[str] = ()) -> tuple[object, tuple[str, ...]]:
    """The config with dots for every secret in it, and the paths of those.

    A reference to one, such as `env:OPENAI_KEY`, stays; one of `secrets` goes wherever it stands.
    """
    if not bounded(config):
        return MASK, (WHOLE,)
    found: list[Path] = []
    clean = _masked((), config, secrets, found)
    return clean, tuple(veiled(path_text(path), secrets) for path in found)


def dots_in(config: object) -> str:
    """The path of a field in which `masked` made dots; "" for none."""
    return next(
        (path_text(path) for path, value in _values(config) if isinstance(value, str) and MASK in value), ""
    )


def _values(config: object) -> Iterator[tuple[Path, object]]:
    """Everything in it, objects and lists too, each with its path."""
    pending: list[tuple[Path, object]] = [((), config)]
    while pending:
        path, value = pending.pop()
        yield path, value
        if isinstance(value, dict):
            pending.extend(((*path, name), inner) for name, inner in value.items())
        elif isinstance(value, list):
            pending.extend(((*path, at), inner) for at, inner in enumerate(value))


def _changes(
    path: Path, before: object, after: object, *, hidden: bool = False
) -> Iterator[tuple[Path, bool, object, object]]:
    """Path, whether a secret stands there, and both sides."""
    if isinstance(before, dict) and isinstance(after, dict):
        halves = (secret_half(before), secret_half(after))
        for name in dict.fromkeys((*before, *after)):
            yield from _changes(
                (*path, name), before.get(name, OMITTED), after.get(name, OMITTED),
                hidden=hidden or _is_secret((*path, name)) or name in halves,
            )  # fmt: skip
    elif isinstance(before, list) and isinstance(after, list):
        yield from _changes_of_lists(path, before, after, hidden=hidden)
    elif _canonical(before) != _canonical(after) and not (
        before is not OMITTED and is_reference(after) and hidden
    ):
        yield path, hidden, before, after


def _changes_of_lists(
    path: Path, before: list[object], after: list[object], *, hidden: bool
) -> Iterator[tuple[Path, bool, object, object]]:
    """Items that are about the same are matched, so that one more at the top does not change all below it."""
    matched = SequenceMatcher(None, [*map(_about, before)], [*map(_about, after)])
    for _, begin, end, other_begin, other_end in matched.get_opcodes():
        old, new = before[begin:end], after[other_begin:other_end]
        for at in range(max(len(old), len(new))):
            place = (*path, (other_begin if at < len(new) else begin) + at)
            sides = (each[at] if at < len(each) else OMITTED for each in (old, new))
            yield from _changes(place, *sides, hidden=hidden)


def _about(item: object) -> str:
    """What a list's item is about: a target's name or provider, else all of it."""
    names = {name: item[name] for name in _NAMES if name in item} if isinstance(item, dict) else {}
    return _canonical(names or item)


def _canonical(value: object) -> str:
    """The same text for the same data: `1.0` is `1`, and `true` is not."""
    if value is OMITTED:
        return ""
    return json.dumps(_plain_numbers(value), sort_keys=True)


def _plain_numbers(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain_numbers(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [*map(_plain_numbers, value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _shown(path: Path, value: object, secrets: Sequence[str], *, hidden: bool) -> object:
    return value if value is OMITTED else _masked(path, value, secrets, [], hidden=hidden)


def _masked(
    path: Path, value: object, secrets: Sequence[str], found: list[Path], *, hidden: bool = False
) -> object:
    if isinstance(value, dict):
        half = secret_half(value)
        return {
            veiled(name, secrets): _masked(
                (*path, name),
                inner,
                secrets,
                found,
                hidden=hidden or name == half or _is_secret((*path, name)),
            )
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_masked((*path, at), inner, secrets, found, hidden=hidden) for at, inner in enumerate(value)]
    if not isinstance(value, str) or not value:
        return value
    gives_away = (hidden and not is_reference(value)) or any(secret in value for secret in secrets if secret)
    shown = MASK if gives_away else without_secrets(value)
    if shown != value:
        found.append(path)
    return shown


def veiled(name: str, secrets: Sequence[str]) -> str:
    """A name from elsewhere as it may be shown: dots where one of the secrets is in it."""
    return MASK if any(secret in name for secret in secrets if secret) else name


def _is_secret(path: Path) -> bool:
    """Whether what stands there does so under a secret's name, and under no label before it."""
    for step in path:
        if step in LABELS:
            return False
        if is_secret_field(step):
            return True
    return False
