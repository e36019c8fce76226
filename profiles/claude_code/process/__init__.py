"""The process of Claude Code that runs our key helper, and the environment it was started in. Effects: reads.

Loaded by the fast path: imports nothing that costs, but on systems without `/proc`.
"""

from __future__ import annotations

import sys

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Client = tuple[str, dict[str, str] | None, tuple[str, ...]]

SOCKET = "CLAUDE_CODE_MESSAGING_SOCKET"  # the client names one of its own for all that it runs
PACKAGE = "@anthropic-ai/claude-code"  # as npm and what is like it install the client
# Options of the client's, by which a session reads other settings than one that is simply started there.
SETTINGS_OPTION, KINDS_OPTION, BARE = OTHER_SETTINGS = ("--settings", "--setting-sources", "--bare")
SHELLS = frozenset({"sh", "dash", "bash", "zsh", "ksh", "mksh", "ash", "busybox", "fish"})
HIGHEST = 16  # processes looked at, from the parent up


def find_client(environ: Mapping[str, str]) -> Client:
    """The process that asks through a shell: the nearest above us that is none.

    What identifies it ("" where it is not known); its first environment, None where it cannot be read; and
    the kinds of settings files that it was started without.
    """
    if sys.platform != "linux":
        from profiles.claude_code.process.elsewhere import find_elsewhere

        return find_elsewhere(environ.get(SOCKET))
    from profiles.claude_code.process.linux import find_on_linux

    return find_on_linux(environ.get(SOCKET))


def arguments_of(pid: int) -> list[str]:
    """The command line that a process was started with; nothing where the system does not tell."""
    if sys.platform != "linux":
        from profiles.claude_code.process.elsewhere import arguments_elsewhere

        return arguments_elsewhere(pid)
    from profiles.claude_code.process.linux import arguments_on_linux

    return arguments_on_linux(pid)


def unread_kinds(arguments: Sequence[str]) -> tuple[str, ...]:
    """The kinds of settings files that `--setting-sources` in a client's command line does not name."""
    left: tuple[str, ...] = ()
    for number, argument in enumerate(arguments):
        option, equals, text = argument.partition("=")
        if option == KINDS_OPTION:
            listed = text if equals else "".join(arguments[number + 1 : number + 2])
            read = [kind.strip() for kind in listed.split(",")]
            left += tuple(kind for kind in ("user", "project", "local") if kind not in read)
    return left
