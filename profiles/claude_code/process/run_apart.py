"""Claude Code, run in a home of its own: what it writes goes with that, and nothing of the user's is read."""

from __future__ import annotations

import os
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from profiles.base.locations import CLAUDE_DIR, CLAUDE_DIR_VARIABLE
from profiles.base.programs.paths import ProgramError
from profiles.base.programs.run import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROJECT = "project"  # the directory that it is started in
CONFIG = "config"  # its configuration directory
_HOMES = ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP")
_QUIET = ("DISABLE_AUTOUPDATER", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC")


def run_apart(
    program: str,
    words: Sequence[str],
    environ: Mapping[str, str],
    limit_s: float,
    *,
    given: str = "",
    files: Mapping[tuple[str, ...], bytes] | None = None,
) -> bytes:
    """What it prints; b"" where it cannot be run, or does not end in time.

    `files` are laid in its home first, each by the names on the way there, as `("config", "settings.json")`.
    """
    with TemporaryDirectory(prefix="pkcc-client-", ignore_cleanup_errors=True) as home:
        project = os.path.join(home, PROJECT)
        os.makedirs(os.path.join(project, CLAUDE_DIR))
        config = os.path.join(home, CONFIG)
        os.mkdir(config)
        for names, data in (files or {}).items():
            with open(os.path.join(home, *names), "xb") as file:
                file.write(data)
        own = {name: environ.get(name, "") for name in ("PATH", "SYSTEMROOT")}
        own |= dict.fromkeys(_HOMES, home) | dict.fromkeys(_QUIET, "1") | {CLAUDE_DIR_VARIABLE: config}
        with suppress(ProgramError, TimeoutError):
            return run([program, *words], own, limit_s, directory=project, given=given).output
    return b""
