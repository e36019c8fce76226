"""Which values of a variable may be in force in the asking session. Pure.

The most specific file that sets it decides, but the asking process's own environment counts too: it is the
truth in a running session, and shows what `--settings` and the shell say. Only at a session's start, when
Claude Code asks before it applies the project's files, may it differ from what comes to be in force: it then
says what a less specific file, or the shell, does.
"""

from __future__ import annotations

from profiles.records import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.guard.asker import Asker
    from profiles.guard.sources import Source

ENVIRONMENT = "environment"
OF_PROJECT = ("local", "project")


class Value(NamedTuple):
    """A value that may be in force, "" for none; and where it comes from: a file, or the environment."""

    text: str
    kind: str
    file: str = ""


class Refusal(NamedTuple):
    """Why a key is not printed. `host` as it may be shown; `kind` and `file` say who wanted it.

    `what` is address, proxy, certificates, place, unknown, host_auth or no_profile; `name` the variable.
    `by_hand`: no command of ours takes it out. `other`: the profile of the user's own whose gateway it is,
    since the session has not followed a switch yet.
    """

    what: str
    host: str
    kind: str = ""
    file: str = ""
    name: str = ""
    other: str = ""
    by_hand: bool = False


def possible_values(name: str, asker: Asker, sources: Sequence[Source]) -> list[Value]:
    """The values of a variable that may be in force, the likeliest first."""
    mine = Value(asker.environ.get(name, ""), ENVIRONMENT)
    setting = [source for source in sources if name in source.env]
    values: list[Value] = []
    for position, source in enumerate(setting):
        values.append(Value(source.env[name], source.kind, source.path))
        if source.certain:
            if not _is_explained(name, mine.text, asker, source, setting[position + 1 :]):
                values.append(mine)
            return values
    return [*values, mine]


def _is_explained(name: str, mine: str, asker: Asker, winner: Source, beaten: Sequence[Source]) -> bool:
    """Whether the environment says what was in force before the project's files, and no longer will be."""
    if winner.kind not in OF_PROJECT:
        return False
    if beaten:
        return any(mine == source.env[name] for source in beaten)
    return asker.started is None or mine == asker.started.get(name, "")
