"""All places of a policy as one: the last that names a key decides it."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_names import shown_name
from profiles.policy.reading.files import file_layers
from profiles.policy.reading.registry import registry_layer
from profiles.policy.reading.slips import spelled
from profiles.policy.reading.strict import read_value
from profiles.policy.registry_key import read_key
from profiles.policy.table import BY_KEY, TABLE
from profiles.policy.values import Policy

if TYPE_CHECKING:
    from typing import Any

    from profiles.policy.places import Place
    from profiles.policy.reading.layers import Layer, Trouble
    from profiles.policy.reading.slips import Path, Slip

COMMENT = ("$schema", "x-")  # names of an administrator's own begin so


class Entry(NamedTuple):
    """A key that is forced, what it counts as, the place that says so, and what is wrong there.

    A key that is spelled otherwise than the one that is meant counts as nothing (None).
    """

    key: str
    value: Any
    origin: str
    problems: tuple[str, ...]


class Reading(NamedTuple):
    """The policy with all that is to be said of it: `notes` name what is not known here."""

    policy: Policy
    entries: tuple[Entry, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    notes: tuple[str, ...] = ()


def read_place(place: Place) -> Reading:
    """What a place says now. Never raises: what cannot be read is a trouble, and changes are refused then."""
    layers = file_layers(place)
    if place.registry and (found := read_key(place.registry)) is not None:
        layers.append(registry_layer(place.registry, found))
    return merged(layers)


def merged(layers: list[Layer]) -> Reading:
    """What these places say together."""
    deciding: dict[str, Layer] = {key: layer for layer in layers for key in layer.values}
    entries, values, notes = [], {}, []
    for row in TABLE:
        if row.key in deciding:
            layer = deciding[row.key]
            values[row.key], slips = read_value(row, layer.values[row.key])
            problems = tuple(in_words(row.key, slip) for slip in slips if slip.holds)
            if counts := deciding[row.key].twice.get(row.key):
                problems += (f"{row.key} is there more than once: {shown_name(counts)} counts",)
            notes += [f"{layer.origin}: {in_words(row.key, slip)}" for slip in slips if not slip.holds]
            entries.append(Entry(row.key, values[row.key], layer.origin, problems))
    news = {key: layer.origin for key, layer in deciding.items() if is_unknown(key)}
    for key, origin in news.items():
        if spelled(key, BY_KEY):
            shown = shown_name(key)
            entries.append(Entry(shown, None, origin, (f"{shown} {unknown(key)}",)))
        else:
            notes.append(f"{origin}: {shown_name(key)} {unknown(key)}")
    troubles = tuple(layer.trouble for layer in layers if layer.trouble)
    policy = Policy(**values, broken=troubles[0].what if troubles else "")
    if policy.required_profile is not None:
        policy = policy._replace(on_drift="restore")
    return Reading(policy, tuple(entries), troubles, tuple(notes))


def is_unknown(key: str) -> bool:
    """Whether a key is none of the table's, nor an administrator's own."""
    return key not in BY_KEY and not key.startswith(COMMENT)


def unknown(key: str) -> str:
    """What is said of a key that is not known."""
    right = spelled(key, BY_KEY)
    return (
        f"is not known here: it is spelled {right}; until then it is ignored"
        if right
        else "is not known here, and ignored"
    )


def in_words(key: str, slip: Slip) -> str:
    """Such as `catalogs[1].name must be a name; until then that one is left out`."""
    return f"{path_words(key, slip.path)} {slip_words(slip)}"


def path_words(key: str, path: Path) -> str:
    """Such as `catalogs[1].name`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shown_name(part)}" for part in path)
    return shown_name(key) + "".join(parts)


def slip_words(slip: Slip) -> str:
    """What is wrong, and what holds until it is put right."""
    return slip.what + (f"; until then {slip.holds}" if slip.holds else "")
