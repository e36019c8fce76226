"""Git as we start it, wherever that is: nothing that a repository or a server says runs a program or asks.

A repository may be anybody's, and its own configuration can name programs that git runs: a file system
monitor, hooks, a transport by which missing objects are fetched, a whole repository hidden in a directory of
another (docs/decisions/0024). What is switched off is switched off on git's command line, which beats a
repository's configuration, or in its environment, which beats both. The user's own configuration counts: it
says what they have git ignore, and how they reach a server.
"""

from __future__ import annotations

import os
import re

from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.programs.run import MOST_BYTES, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from profiles.base.programs.run import Ran

    # Nothing may be fetched; from a server; from a repository on this machine.
    Protocols = Literal["none", "https:ssh", "file"]

_OPTIONS = (
    "--no-pager",
    "--no-optional-locks",
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "safe.bareRepository=explicit"),
    *("-c", "submodule.recurse=false"),
)
_FETCHING = (
    *("-c", "fetch.fsckObjects=true"),
    *("-c", "fetch.recurseSubmodules=false"),
    *("-c", "fetch.unpackLimit=1"),  # one file, which has a limit, instead of thousands
    *("-c", "core.bigFileThreshold=1m"),  # larger than a catalog: looked through, never held in memory
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
    *("-c", "http.lowSpeedLimit=1000"),
    *("-c", "http.lowSpeedTime=10"),
    *("-c", "http.followRedirects=initial"),
)
# Of git's own variables, what says how the user reaches a server. Others name a repository, as for a hook.
_REACHES_SERVERS = re.compile(
    r"GIT_(SSH|SSL|HTTP|PROXY|CONFIG_(COUNT|KEY|VALUE|GLOBAL|SYSTEM|NOSYSTEM)|EXEC_PATH|ASKPASS)", re.I
)
_UNASKED = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",  # before core.askPass and SSH_ASKPASS, which would open a window
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
}


def run_git(
    words: Sequence[str],
    environ: Mapping[str, str],
    limit_s: float,
    *,
    protocols: Protocols = "none",
    may_ask: bool = False,
    own_directory: str | None = None,
    most: int = MOST_BYTES,
    most_written: int = 0,
) -> Ran:
    """What git says, in English. Raises ProgramError and TimeoutError, and has limits, as `run` does.

    `protocols`: by what it may fetch; `may_ask`: it may ask its user, at the terminal. `own_directory`: it
    runs there, and finds no repository above it, such as one that somebody has laid into /tmp.
    """
    is_local = protocols == "none"
    given = {name: value for name, value in environ.items() if _counts(name, is_local=is_local)}
    given |= {} if may_ask else _UNASKED
    given |= {"GIT_ALLOW_PROTOCOL": protocols, "LC_ALL": "C"}  # beats every protocol.NAME.allow
    given |= {"GIT_NO_LAZY_FETCH": "1"} if is_local else {}
    if own_directory is not None:
        given["GIT_CEILING_DIRECTORIES"] = os.path.dirname(own_directory)
    return run(
        ["git", *_OPTIONS, *(() if is_local else _FETCHING), *words],
        given,
        limit_s,
        directory=own_directory,
        most=most,
        reach="group" if is_local else "terminal" if may_ask else "session",
        most_written=most_written,
    )


def _counts(name: str, *, is_local: bool) -> bool:
    if not name.upper().startswith("GIT_"):
        return True
    return not is_local and _REACHES_SERVERS.match(name) is not None
