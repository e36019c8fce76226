"""The lines of `check`. Pure."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_MARKS = {"ok": "ok", "warn": "warn", "failed": "FAILED"}


def check_lines(data: dict[str, Any]) -> list[str]:
    """Each profile, and below it what was looked at, step by step."""
    return [line for line, _ in lines_with_verdicts(data)]


def lines_with_verdicts(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each line and the verdict it tells; `profile` for a headline, "" for advice."""
    if not data["profiles"]:
        yield "No profiles yet: `pkcc-tray add NAME` makes one.", ""
    width = max((len(step["step"]) for row in data["profiles"] for step in row["steps"]), default=0)
    for row in data["profiles"]:
        yield f"{row['name']}" + (f": {row['gateway']}" if row["gateway"] else ""), "profile"
        for step in row["steps"]:
            mark, took = _MARKS[step["verdict"]], "" if step["ms"] is None else f" ({step['ms']} ms)"
            yield f"  {mark:<6}  {step['step']:<{width}}  {step['text']}{took}", step["verdict"]
            if step["hint"]:
                yield " " * (width + 12) + step["hint"], ""
