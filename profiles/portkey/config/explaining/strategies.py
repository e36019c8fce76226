"""How a level's strategy finds the target of a request, in words: a row for each mode. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from profiles.portkey.config.explaining.parts import Portion, chosen, in_order, numbered, the_first, weighed
from profiles.portkey.config.explaining.phrases import either, numbers_in, shown, statuses
from profiles.portkey.config.findings import list_in, object_in

_Level = Mapping[str, Any]


class ModeWords(NamedTuple):
    """A mode: how a sentence of it begins, what a level does, its targets' parts, and those in one clause.

    `joined` is given the parts, the words of each one's target, and the level; `tries_next` says that a
    failure leads to the next part.
    """

    opening: str
    does: Callable[[_Level], str]
    parts: Callable[[_Level], list[Portion]]
    joined: Callable[[list[Portion], list[str], _Level], str]
    tries_next: bool = False


def mode_of(data: _Level) -> str:
    """`fallback`, `loadbalance`, `conditional`, or `single`; "" for a target without others below it."""
    if not numbered(data):
        return ""
    mode = object_in(data, "strategy").get("mode")
    return mode if isinstance(mode, str) and mode in STRATEGIES else "single"


def parts_of(data: _Level) -> list[Portion]:
    """The targets in the order in which they count."""
    mode = mode_of(data)
    return STRATEGIES[mode].parts(data) if mode else []


def no_default(data: _Level) -> list[str]:
    """What becomes of a request that no condition takes, where no target is there for it."""
    if mode_of(data) != "conditional" or any(part.is_default for part in parts_of(data)):
        return []
    default = object_in(data, "strategy").get("default")
    why = (
        f"its default {shown(default)} is none of its targets"
        if isinstance(default, str)
        else "it has no default"
    )
    return [f"refuses all other requests, because {why}"]


def _next_on(data: _Level) -> str:
    """What makes a fallback go on, such as `429 or 503`."""
    codes = numbers_in(object_in(data, "strategy").get("on_status_codes"))
    return "any failure" if codes is None else statuses(codes)


def _sticky(data: _Level) -> str:
    """Such as `; requests of the same metadata.user_id stay with one`; "" where they do not."""
    sticky = object_in(object_in(data, "strategy"), "sticky")
    if not sticky or sticky.get("enabled") is False:
        return ""
    fields = either(map(shown, list_in(sticky, "hash_fields")[:10]), "and")
    return f"; requests of the same {fields or 'caller'} stay with one"


def _the_first_of(data: _Level) -> str:
    return f"sends every request to {'this one' if len(numbered(data)) == 1 else 'the first of these'}"


def _then(_parts: list[Portion], inner: list[str], data: _Level) -> str:
    return ", then ".join(inner) + (f" on {_next_on(data)}" if len(inner) > 1 else "")


def _shares(parts: list[Portion], inner: list[str], data: _Level) -> str:
    shares = (f"{part.when} to {what}" for part, what in zip(parts, inner, strict=True))
    return either(shares, "and") + _sticky(data)


def _whose(parts: list[Portion], inner: list[str], _data: _Level) -> str:
    return "; ".join(f"{_requests(part)} to {what}" for part, what in zip(parts, inner, strict=True))


def _requests(part: Portion) -> str:
    """Such as `requests where metadata.team is x`, `all others` or `none`."""
    if part.queries:
        return f"requests {part.when}" + ("," if part.is_default else "")
    return "none" if part.is_never else part.when


def _others_never(_parts: list[Portion], inner: list[str], _data: _Level) -> str:
    return inner[0] + (f"; never to {either(inner[1:], 'and')}" if inner[1:] else "")


STRATEGIES = {
    "single": ModeWords("Sends every request to", _the_first_of, the_first, _others_never),
    "fallback": ModeWords(
        "Tries", lambda data: f"tries these in order, the next on {_next_on(data)}", in_order, _then,
        tries_next=True,
    ),
    "loadbalance": ModeWords(
        "Sends", lambda data: f"shares requests among these{_sticky(data)}", weighed, _shares
    ),
    "conditional": ModeWords(
        "Sends", lambda _: "chooses one of these by what the request says", chosen, _whose
    ),
}  # fmt: skip
