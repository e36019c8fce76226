"""Asking a person at the terminal. Questions go to standard error, so that output can be piped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError, UsageError
from tray.terminal.wrapping import fitted

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from profiles.base.secret import Secret

    T = TypeVar("T")


def ask(
    question: str,
    default: str = "",
    *,
    required: bool = False,
    complete: Callable[[str], list[str]] | None = None,
) -> str:
    """The answer to a question, one line of text; `default` for an empty one.

    `complete` returns what Tab makes of what was typed so far.
    """
    shown = f" [{default}]" if default else ""
    while True:
        answer = _read_line(f"{question}{shown}: ", complete).strip() or default
        if answer or not required:
            return answer
        say("  Please give a value (Ctrl-C stops, nothing is changed).")


def ask_valid(
    question: str,
    check: Callable[[str], str],
    default: str = "",
    *,
    required: bool = False,
    complete: Callable[[str], list[str]] | None = None,
) -> str:
    """One line of text that `check` (which raises PkccError) accepts; asked again until it does."""
    while True:
        answer = ask(question, default, required=required, complete=complete)
        if not answer:
            return answer
        try:
            return check(answer)
        except PkccError as error:
            say(f"  {error.title}. {error.hint}")


def confirm(question: str, *, default: bool) -> bool:
    """Whether the person answers yes; asked again until it is yes or no."""
    while True:
        answer = ask(f"{question} ({'Y/n' if default else 'y/N'})").lower()
        if not answer:
            return default
        if answer in ("y", "yes", "n", "no"):
            return answer[0] == "y"
        say("  Please type y or n.")


def ask_hidden(question: str) -> str:
    """A secret, of which no character is shown, only that there are some."""
    from tray.terminal.keyboard.hidden_line import hidden_line

    try:
        return hidden_line(f"{question}: ")
    except EOFError:
        raise input_ended() from None


def ask_secret(question: str, what: str) -> Secret | None:
    """A key, typed without being shown, asked for until it is one; None for an empty answer."""
    from profiles.base.secret_checks import check_secret

    while True:
        text = ask_hidden(question)
        if not text:
            return None
        try:
            return check_secret(text, what)
        except UsageError as error:
            say(f"  {error.title}. {error.hint}")


def read_piped_secret(limit: int = 64 * 1024) -> str:
    """The secret on standard input. Raises UsageError when there is none to read."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "No key on standard input", "Pipe it in, for example: `pass show portkey | pkcc-tray …`."
        )
    _accept_any_bytes()
    return _read(lambda: sys.stdin.read(limit))


def read_piped(limit: int) -> bytes:
    """What standard input holds. Raises UsageError when it is more than `limit`, or cannot be read."""
    data = _read(lambda: sys.stdin.buffer.read(limit + 1))
    if len(data) > limit:
        raise UsageError("Standard input does not end where it should", "Pipe in one file, as it is.")
    return data


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except OSError as error:  # one that was opened for writing (`nohup`)
        from profiles.base.text import os_reason

        raise UsageError(
            f"Standard input cannot be read: {os_reason(error)}", "Pipe into it what is to be read."
        ) from None


def say(text: str) -> None:
    """Print a line for the person, not for the next program."""
    sys.stderr.write(fitted(text, sys.stderr) + "\n")
    sys.stderr.flush()


def _read_line(prompt: str, complete: Callable[[str], list[str]] | None = None) -> str:
    _accept_any_bytes()
    if sys.stdin.isatty() and sys.stdout.isatty():
        from tray.terminal.keyboard.line_editing import edited_line

        line = edited_line(prompt, complete)
    else:
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline()
    if not line:
        raise input_ended()
    return line


def input_ended() -> UsageError:
    """The error for an input that is over before everything was answered."""
    say("")  # the prompt still stands on the line
    return UsageError("The input ended before everything was answered", "Nothing was changed.")


def _accept_any_bytes() -> None:
    # Bytes that are no text become a character that every check refuses, instead of a traceback.
    # (Once: after the first reading a stream refuses.)
    if hasattr(sys.stdin, "reconfigure") and sys.stdin.errors != "replace":
        sys.stdin.reconfigure(errors="replace")
