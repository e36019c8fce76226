"""The key helper, run as Claude Code runs it: by the shell, its output trimmed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from profiles.base.errors import StrangerError
from profiles.base.programs.paths import ProgramError
from profiles.base.programs.run import run_in_shell
from profiles.gateway.asking.steps import FAILED, NO_KEY, OK, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.secret import Secret
    from profiles.gateway.asking.steps import Veil

HELPER_LIMIT_S = 10.0


def helper_step(
    command: str,
    key: Secret,
    environ: Mapping[str, str],
    directory: str,
    veil: Veil,
    limit_s: float = HELPER_LIMIT_S,
) -> Step:
    """Whether the command that the settings name prints that very key."""
    started = time.monotonic()
    try:
        status, output, errors = run_in_shell(command, environ, limit_s, directory=directory)
    except TimeoutError:
        text = f"The helper does not finish within {limit_s:g} seconds"
        return _failed(text, "Run it by hand: it must ask for nothing.", started)
    except ProgramError as error:
        text = f"The helper {error.reason}"
        return _failed(text, "Is there a shell, and does this directory exist?", started)
    said = veil.quote(errors.decode("utf-8", "replace").strip().partition("\n")[0])
    if status != 0:
        text = f"The helper fails with exit status {status}" + (f": {said}" if said else "")
        if status == StrangerError.exit_code:
            return _failed(text, "`pkcc-tray doctor` in that directory says more.", started)
        return _failed(text, "`pkcc-tray switch` writes it again, if pkcc-tray was moved.", started)
    printed = output.decode("utf-8", "replace").strip()
    if not printed:
        return _failed("The helper prints nothing", "Run it by hand: it must print the key.", started)
    if printed != key.reveal():
        text = "The helper prints something else than the profile's key"
        return _failed(text, "Does it see other variables, or another configuration directory?", started)
    return Step("helper", OK, "prints the key", ms=_since(started))


def _failed(text: str, hint: str, started: float) -> Step:
    return Step("helper", FAILED, text, hint, _since(started), NO_KEY)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)
