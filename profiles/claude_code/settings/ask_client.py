"""What the installed Claude Code itself says of settings files. Effects: runs it, in a home of its own.

It is asked about copies to which one wrong value was added, so that it leaves each of them out: it then names
all that is wrong, and nothing of them takes effect. So no helper, hook or sandbox is started and no request
sent, whatever they say. Its answer counts only where it names the added value.

Seen with client 2.1.197 to 2.1.332. What an administrator laid down it would apply, and run: nobody may ask
where there is any.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.locations import CLAUDE_DIR, SETTINGS_FILE
from profiles.base.text import others_words
from profiles.claude_code.process import BARE, SETTINGS_OPTION
from profiles.claude_code.process.run_apart import CONFIG, PROJECT, run_apart
from profiles.claude_code.settings.project_root import LOCAL_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from profiles.claude_code.settings.parse import Settings

WORDS = (BARE, "-p", "--verbose", "--input-format", "stream-json", "--output-format", "stream-json")
QUESTION = '{"type": "control_request", "request_id": "1", "request": {"subtype": "get_settings"}}\n'
PLACES = {
    "user": (CONFIG, SETTINGS_FILE),
    "project": (PROJECT, CLAUDE_DIR, SETTINGS_FILE),
    # Not in its place: of a file there the client asks git whether it is tracked.
    "local": (PROJECT, LOCAL_FILE),
}
# Keys that take nothing but text; of equal keys the last counts, so one that the file has is no use.
_TEXTS = ("$schema", "outputStyle", "language", "agent", "model")
_LONGEST = 300  # characters of what it says


class _Error(NamedTuple):
    file: str
    path: str
    message: str


def ask_client(
    program: str, environ: Mapping[str, str], files: Mapping[str, Settings], limit_s: float
) -> dict[str, str]:
    """What is wrong with the user's, project's and local file: `model: Expected string, …`; "" for nothing.

    A kind of which nothing is known is left out: all, where it does not answer, or not as was seen.
    """
    added = {kind: key for kind, settings in files.items() if (key := _key_not_in(settings))}
    copies = {PLACES[kind]: _copy(files[kind], key) for kind, key in added.items()}
    words = (*WORDS, SETTINGS_OPTION, LOCAL_FILE) if "local" in added else WORDS
    output = run_apart(program, words, environ, limit_s, given=QUESTION, files=copies) if added else b""
    found: dict[str, list[_Error]] = {kind: [] for kind in added}
    for error in _errors(output):
        for kind in added:
            if error.file.replace("\\", "/").endswith("/".join(PLACES[kind])):
                found[kind].append(error)
    return {
        kind: others_words("; ".join(_words(error) for error in rows if error.path != added[kind]), _LONGEST)
        for kind, rows in found.items()
        if added[kind] in (error.path for error in rows)
    }


def _key_not_in(settings: Settings) -> str:
    return next((key for key in _TEXTS if settings.root.find(key) is None), "")


def _copy(settings: Settings, key: str) -> bytes:
    """The text with a wrong value in front, and without its variables: those can be of any type."""
    text, root, env = settings.text, settings.root, settings.env
    if env is not None:
        text = f"{text[: env.start]}{{}}{text[env.end :]}"
    comma = "," if root.members else ""
    return f'{text[: root.start + 1]}"{key}": null{comma}{text[root.start + 1 :]}'.encode("utf-8", "replace")


def _errors(output: bytes) -> Iterator[_Error]:
    """What its answer names; nothing where it is none that we know."""
    for line in output.splitlines():
        if b'"control_response"' in line:
            with suppress(ValueError, TypeError, KeyError, RecursionError):
                for error in json.loads(line)["response"]["response"]["errors"]:
                    yield _Error(*(str(error[name]) for name in _Error._fields))


def _words(error: _Error) -> str:
    return f"{error.path}: {error.message}" if error.path else error.message
