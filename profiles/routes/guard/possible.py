"""Which values of a variable may be in force in the asking session. Pure.

The most specific file that sets it decides, but the asking process's own environment counts too: it is the
truth in a running session, and shows what `--settings` and the shell say. Only at a session's start, when
Claude Code asks before it applies the project's files, may it differ from what comes to be in force: it then
says what a less specific file, or the shell, does.
"""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.routes.guard.asker import Asker
    from profiles.routes.guard.sources import Source

    Value = tuple[str, Source | None]

OF_PROJECT = ("local", "project")


def possible_values(name: str, asker: Asker, sources: Sequence[Source]) -> list[Value]:
    """The values of a variable that may be in force, the likeliest first; "" for none.

    Each with the file that says so, None for the environment.
    """
    mine = asker.environ.get(name, "")
    setting = [source for source in sources if name in source.env]
    values: list[Value] = []
    for position, source in enumerate(setting):
        values.append((source.env[name], source))
        if source.certain:
            if not _is_explained(name, mine, asker, source, setting[position + 1 :]):
                values.append((mine, None))
            return values
    return [*values, (mine, None)]


def _is_explained(name: str, mine: str, asker: Asker, winner: Source, beaten: Sequence[Source]) -> bool:
    """Whether the environment says what was in force before the project's files, and no longer will be."""
    if winner.kind not in OF_PROJECT:
        return False
    if beaten:
        return any(mine == source.env[name] for source in beaten)
    return asker.started is None or mine == asker.started.get(name, "")
