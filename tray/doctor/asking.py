"""Running another program for what it says, with a limit on how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.program_paths import ProgramError
from profiles.programs import run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def answer_of(
    argv: Sequence[str], environ: Mapping[str, str], directory: str, limit_s: float
) -> tuple[int, str] | None:
    """Its exit code and output, or None where it does not start or does not end in time."""
    try:
        ran = run(argv, environ, limit_s, directory=directory)
    except (ProgramError, TimeoutError):
        return None
    return ran.code, ran.output.decode("utf-8", "replace")
