"""Our own command: how another program starts it, and whether an apiKeyHelper calls one. Loads little.

Ours are recognised exactly, as a shell of Linux, macOS, WSL or Windows reads them: a pkcc-tray, then
`--config-dir DIR` or nothing, then `key print NAME` and nothing more. Any other command may hold a secret.
"""

from __future__ import annotations

import os
import sys

from profiles.base.hashing import text_digest
from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.routing_names import (
    CLIENT_DATA,
    HOST_AUTH,
    HOST_FLAG,
    NO_HELPER,
    OTHER_SETTINGS,
    OWN_LOGIN,
    SHIELDED,
    UNIX_SOCKET,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations

# -P: without it Python would take a `tray` of the directory that Claude Code was started in.
AS_MODULE = ("-P", "-m", "tray")
COMMAND = ("key", "print")  # then a name
STATUS_COMMAND = ("statusline",)  # then options
_BARE = frozenset("@%+=:,./_-~\\")  # beside letters and digits; what else is bare means something to a shell
_IN_NAME = frozenset("._-")
_LONGEST_NAME = 64
_SAID_OF_THE_SHELL = (HOST_FLAG, HOST_AUTH, UNIX_SOCKET, CLIENT_DATA, OTHER_SETTINGS, NO_HELPER, OWN_LOGIN)


def circumstances(locations: Locations, environ: Mapping[str, str]) -> str:
    """What else a change depends on, hashed: equal in two processes that would do the very same.

    Our own command as the settings name it, and which variables the shell exports that are shielded, or
    that a switch has something to say about.
    """
    names = (*SHIELDED, *_SAID_OF_THE_SHELL)
    exported = sorted(name for name in names if environ.get(name))
    return text_digest("\0".join([*helper_argv(locations), *exported]), size=16)


def helper_argv(locations: Locations) -> list[str]:
    """Our own command as another program can call it from anywhere: absolute, with our own directory."""
    own_dir = locations.own_dir
    return [*own_command(), *(["--config-dir", own_dir] if own_dir else [])]


def own_command() -> list[str]:
    """The absolute command line that starts this very program again, at a terminal or for another program.

    An installed one on Windows is two programs in one folder, since each either has a console or has none:
    this names the one that has, whichever runs.
    """
    if getattr(sys, "frozen", False):
        program = os.path.abspath(sys.executable)
        if sys.platform == "win32":
            program = os.path.join(os.path.dirname(program), "pkcc-tray.exe")
        return [program]
    started_as = sys.argv[0]
    if os.path.basename(started_as).lower().startswith("pkcc-tray") and os.path.isfile(started_as):
        return [os.path.abspath(started_as)]
    return [os.path.abspath(sys.executable), *AS_MODULE]


def profile_in(helper: str) -> str | None:
    """The profile, or key, that a helper of ours names; None for any other command."""
    rest = _arguments(helper)
    return rest[2] if len(rest) == 3 and (*rest[:2],) == COMMAND and _is_name(rest[2]) else None


def status_line_options(command: str) -> list[str] | None:
    """The options of a status line of ours, such as `["--says", "work"]`; None for any other command."""
    rest = _arguments(command)
    return rest[1:] if (*rest[:1],) == STATUS_COMMAND else None


def _arguments(command: str) -> list[str]:
    """What a pkcc-tray is told in that command line, without the place of its files; [] for no pkcc-tray."""
    words = _words(command)
    program, rest = (words[0], words[1:]) if words else ("", [])
    place, _, base = program.replace("\\", "/").lower().rpartition("/")
    if place and not place.startswith(("/", "~/")) and place[1:2] != ":":
        return []  # relative: a project may bring a program of that name
    if base.startswith("python"):
        written = next((form for form in (AS_MODULE, AS_MODULE[1:]) if tuple(rest[: len(form)]) == form), ())
        if not written:  # a version before wrote no -P
            return []
        rest = rest[len(written) :]
    elif not base.startswith("pkcc-tray"):
        return []
    return rest[2:] if rest[:1] == ["--config-dir"] else rest


def is_own_helper(helper: str) -> bool:
    """Whether an apiKeyHelper is one that a pkcc-tray writes, this one or another: it holds no secret."""
    return profile_in(helper) is not None


def own_command_in(helper: str) -> str:
    """The pkcc-tray that such a helper calls, as it is spelled there, to be given another command."""
    return helper.rpartition(f" {' '.join(COMMAND)} ")[0]


def _is_name(text: str) -> bool:
    catalog, slash, plain = text.rpartition("/")
    if slash and ("/" in catalog or not _is_name(catalog)):
        return False
    fits = plain.isascii() and all(sign.isalnum() or sign in _IN_NAME for sign in plain)
    return fits and len(plain) <= _LONGEST_NAME and plain[:1].isalnum()


def _words(command: str) -> list[str]:
    """The words of a command line; none where anything in it is more than a word to some shell."""
    windows = command.lstrip('"')[1:3] in (":\\", ":/") or command.lstrip('"').startswith("\\\\")
    words: list[str] = []
    rest = command
    while rest:
        word, length = _first_word(rest, windows=windows)
        if not length or rest[length:] == " ":
            return []
        words.append(word)
        rest = rest[length + 1 :]
    return words


def _first_word(text: str, *, windows: bool) -> tuple[str, int]:
    """The word that a text begins with, and how long it is there; 0 for what is no plain word."""
    word, at = "", 0
    while at < len(text) and text[at] != " ":
        sign = text[at]
        if sign in "\"'" and not (windows and sign == "'"):
            end = text.find(sign, at + 1)
            inside = text[at + 1 : end]
            if end < 0 or (sign == '"' and not windows and any(mark in inside for mark in "$`\\!")):
                return "", 0
            word, at = word + inside, end + 1
        elif sign.isalnum() or (sign in _BARE and (windows or sign != "\\")) or (windows and sign in "$#'"):
            word, at = word + sign, at + 1
        else:
            return "", 0
    return word, at
