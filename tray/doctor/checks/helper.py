"""The program that hands Claude Code the key: whose it is, whether it is there, and how fast it answers."""

from __future__ import annotations

import os
import stat
from time import monotonic as clock
from typing import TYPE_CHECKING

from profiles.base.names import catalog_of
from profiles.base.programs.command_line import words_in
from profiles.base.programs.paths import ProgramError, which
from profiles.base.programs.run import run
from profiles.base.secret_references.managers import manager_of
from profiles.base.text import printable
from profiles.claude_code.own_command import COMMAND, is_own_helper, own_command_in, profile_in
from profiles.claude_code.owned_slots import HELPER_KEY, variable_of
from profiles.claude_code.settings.masked import mask_value
from tray.doctor.checks.guard import refused_here
from tray.doctor.finding import note, problem, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context, Value
    from tray.doctor.finding import Finding

_SLOW_S = 1.0
_LIMIT_S = 3.5
_HOLDS_IT_UP = "Look at what holds the key: a command, a passphrase, a keyring that is slow to answer."


def helper_program(context: Context) -> Iterator[Finding]:
    """A helper that is gone, another installation's, a stranger's, or one that others can change."""
    value = context.values.get(HELPER_KEY)
    if value is None:
        return
    program = program_of(value.text, context)
    if program is None or not os.access(program, os.X_OK):
        yield _gone(context, value)
        return
    if value.source == "user" and not value.text.startswith(context.switcher.helper_prefix):
        yield _anothers(context, value.text)
    yield from _not_there(context, value.text)
    yield from _writable_by_others(context, program)


def _not_there(context: Context, command: str) -> Iterator[Finding]:
    """A profile of a catalog that the helper is to hand out a key for, and that is not here (yet)."""
    name = profile_in(command) or ""
    if catalog_of(name) and name not in context.app.store.names():
        what = f"The helper hands out no key: there is no profile {printable(name)} here yet"
        why = (
            "Claude Code sends requests without a key. A switch fetches its catalog, or says what is lacking."
        )
        yield problem("helper-fails", what, why, context.ours("switch", name))


def program_of(command: str, context: Context) -> str | None:
    """The program that a command of the settings runs; the shell where that is the shell's own business."""
    try:
        words = words_in(command, windows=context.platform == "win32")
    except ValueError:
        words = []
    word = words[0] if words else ""
    if not word or "=" in word or any(char in word for char in "$`(){};|&<>"):
        return which("sh", context.environ) or "/bin/sh"
    if os.path.isabs(os.path.expanduser(word)):
        path = os.path.expanduser(word)
        return path if os.path.exists(path) else None
    return which(word, context.environ)


def _gone(context: Context, value: Value) -> Finding:
    what = f"apiKeyHelper names a program that is not there: {_shown(value.text)}"
    why = "Claude Code gets no key, and sends requests without one."
    if value.source == "managed":
        advice = f"Install that program, or ask who keeps {value.path} to name the one that is there."
        return problem("managed-helper-gone", what, why, advice=advice)
    if context.active is None or value.source != "user":
        advice = f"Take {HELPER_KEY} out of {value.path}, or install that program again."
        return problem("helper-gone", what, why, advice=advice)
    # Other values that were changed by something else are for the user to look at first.
    drifted = context.reading is not None and bool(context.reading.changes)
    fix = None if drifted else lambda: context.app.switcher.restore()
    return problem("helper-gone", what, why, context.ours("restore"), fix=fix)


def _anothers(context: Context, command: str) -> Finding:
    shown, restore = _shown(command), context.ours("restore")
    if context.active is None and is_own_helper(command):
        what = f"The settings belong to another pkcc-tray: {shown}"
        why = "Two of them on one settings file put back each other's values."
        return warning("helper-anothers", what, why, f"{own_command_in(command)} off")
    if context.active is None:
        what = f"apiKeyHelper is a command of your own, or of another program: {shown}"
        return note("helper-foreign", what, "A switch sets it aside, and `off` puts it back.")
    if is_own_helper(command):
        what = f"apiKeyHelper names another installation of pkcc-tray: {shown}"
        why = "Its keys are looked for where that one keeps them, and go when it is uninstalled."
        return warning("helper-anothers", what, why, restore)
    what = f"apiKeyHelper was changed to a command of another program: {shown}"
    why = "That program decides which key is sent, and it runs with all your rights."
    return problem("helper-foreign", what, why, restore)


def _shown(command: str) -> str:
    return mask_value(HELPER_KEY, command)


def _writable_by_others(context: Context, program: str) -> Iterator[Finding]:
    real = os.path.realpath(program)
    if not context.private_modes(real):
        return
    open_paths = [path for path in (real, os.path.dirname(real)) if _open_to_write(path)]
    if open_paths:
        what = f"Others can change the program that hands out your key: {', '.join(open_paths)}"
        why = "Anyone who changes it gets the key, and runs as you."
        yield problem("helper-writable", what, why, context.change_modes("go-w", *open_paths))


def _open_to_write(path: str) -> bool:
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX:
        return False  # as in /tmp: others cannot replace what is not theirs
    by_group = status.st_mode & stat.S_IWGRP and status.st_gid not in (0, os.getgid())
    return bool(status.st_mode & stat.S_IWOTH or by_group)


def helper_speed(context: Context) -> Iterator[Finding]:
    """Our own helper, run as Claude Code runs it: what it prints is looked at by nobody."""
    command = context.text(HELPER_KEY)
    name = command.removeprefix(context.switcher.helper_prefix)
    if name == command or not context.app.store.is_rendered(name):
        return  # not ours; or it would write something down that is not written yet
    manager = manager_of(context.app.store.rendered(name).key_ref)
    if manager is not None and manager.may_ask:
        return  # such as for a fingerprint
    if context.stored.locked:
        return  # the keyring would ask; `keys.keyring` says so
    if name == context.active and any(refused_here(context)):
        return  # that says so, with what repairs it; asked, the helper would raise an alarm
    argv = [*context.helper_argv, *COMMAND, name]
    began, failed = clock(), ("", "")
    try:
        ran = run(argv, _as_the_client_has_it(context), _LIMIT_S, directory=context.directory)
        failed = _said(ran.errors) if ran.code else failed
    except TimeoutError:
        failed = (" in time", _HOLDS_IT_UP)
    except ProgramError as error:
        failed = (f": it {error.reason}", error.hint)
    took = clock() - began
    if any(failed):
        what = f"The helper hands out no key{failed[0]}"
        why = "Claude Code waits for it, then sends requests without a key."
        yield problem("helper-fails", what, why, advice=failed[1])
    elif took > _SLOW_S:
        what = f"The helper takes {took:.1f} seconds to hand out the key"
        why = "Claude Code waits for it before a session's first request."
        yield warning("helper-slow", what, why, advice=_HOLDS_IT_UP)


def _as_the_client_has_it(context: Context) -> dict[str, str]:
    """The environment of a helper: the user's own settings are in force in it."""
    files = [source.values for source in context.sources if source.kind == "user"]
    return context.environ | {
        variable_of(slot): value for values in files for slot, value in values.items() if slot[:4] == "env."
    }


def _said(errors: bytes) -> tuple[str, str]:
    """What our own command says is wrong, and what to do, from its two lines on standard error."""
    text = errors.decode("utf-8", "replace").strip()
    title, _, hint = text.rpartition("Error: ")[2].partition("\n")  # notes may stand before it
    return f": {title}", hint.strip()
