"""Our own command, asked in a process of its own: the HTTP client (18 MiB) is not to stay in the tray."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from profiles.base.programs.paths import ProgramError
from profiles.base.programs.run import run
from profiles.files.json_documents import json_or_none

if TYPE_CHECKING:
    from tray.app import App

LIMIT_S = 30.0
_log = logging.getLogger("pkcc-tray")


def own_answer(app: App, *words: str, limit_s: float = LIMIT_S) -> dict[str, Any] | None:
    """The `data` that `pkcc-tray WORDS --json` answers with, whatever it found; None where it has none.

    Waits for it, for so long at most: not for the worker. It has the tray's own environment and directory,
    and no terminal. A command that needs a key may have a locked keyring ask its user: look first
    (`app.secrets.backends.keyring_is_open()`).
    """
    try:
        ran = run(app.own_argv(*words, "--json"), app.environ, limit_s, directory=app.directory)
    except (ProgramError, TimeoutError) as error:
        _log.info("no answer of `%s`: %s", words[0], type(error).__name__)
        return None
    answer = json_or_none(ran.output)
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        _log.info("no answer of `%s`: it ended with %d", words[0], ran.code)
        return None
    return data
