"""What is said about a Portkey config, and the walk over its levels that the rules share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple

from profiles.portkey.config.secrets import Path

Kind = Literal["error", "warning"]


WHOLE = "$"


class Finding(NamedTuple):
    """One thing to tell about a config; `path` is `$` for the root, else like `targets[1].retry.attempts`."""

    level: Kind
    path: str
    message: str


class Level(NamedTuple):
    """The config itself or one of its (nested) targets, and the levels above it, nearest first."""

    path: Path
    data: Mapping[str, Any]
    above: tuple[Mapping[str, Any], ...]

    def error(self, message: str, *below: str | int) -> Finding:
        """An error about the field at `below`, seen from this level."""
        return self.finding("error", message, *below)

    def warning(self, message: str, *below: str | int) -> Finding:
        """A warning about the field at `below`."""
        return self.finding("warning", message, *below)

    def finding(self, kind: Kind, message: str, *below: str | int) -> Finding:
        """Either, about the field at `below`."""
        return Finding(kind, path_text((*self.path, *below)), message)


def path_text(path: Path) -> str:
    """The path as a user reads it: `$`, `targets[1].retry`, `query["metadata.x"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step != WHOLE and re.fullmatch(r"[A-Za-z_$][\w$-]*", step, re.ASCII):
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step)}]"
    return text or WHOLE


def path_of(text: str) -> Path:
    """The path that `path_text` made that text of."""
    steps = re.findall(
        r'\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([A-Za-z_$][\w$-]*)', "" if text == WHOLE else text
    )
    return tuple(
        int(index) if index else json.loads(quoted) if quoted else name for index, quoted, name in steps
    )


def shown_path(text: str) -> str:
    """A finding's path as a person reads it."""
    return "the whole file" if text == WHOLE else text


def value_at(data: object, path: Path) -> object:
    """What stands at that path; None where nothing does."""
    for step in path:
        try:
            data = data[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def near(value: object, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Such as `: did you mean fallback?`; "" where nothing that is known is near."""
    found = get_close_matches(value, known, 1, cutoff) if isinstance(value, str) else []
    return f": did you mean {found[0]}?" if found else ""


def each_level(data: Mapping[str, Any]) -> Iterator[Level]:
    """The config, then its targets in document order, then theirs: those that are objects."""
    pending = [Level((), data, ())]
    while pending:
        level = pending.pop()
        yield level
        targets = list_in(level.data, "targets")
        below = (level.data, *level.above)
        pending.extend(
            Level((*level.path, "targets", index), targets[index], below)
            for index in reversed(range(len(targets)))
            if isinstance(targets[index], Mapping)
        )


def list_in(data: Mapping[str, Any], field: str) -> list[Any]:
    """The list in that field; an empty one when there is none."""
    value = data.get(field)
    return value if isinstance(value, list) else []


def object_in(data: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """The object in that field; an empty one when there is none."""
    value = data.get(field)
    return value if isinstance(value, Mapping) else {}
