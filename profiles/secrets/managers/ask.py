"""The key that a reference to a manager of secrets leads to, from the manager's own program.

No shell, no input, a limit in time and size. What the program says of an error is not shown, since it may
hold the secret; and it is started in the home directory, since some (`ksm`, `infisical`) read a file of the
current one, which is a project's.
"""

from __future__ import annotations

import os

from profiles.base.errors import PkccError, SecretUnavailableError, UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.programs.command_line import shown_line
from profiles.base.programs.paths import ProgramError, which
from profiles.base.programs.run import run
from profiles.base.secret_checks import check_secret
from profiles.base.secret_references.managers import manager_of
from profiles.secrets.external import MAX_BYTES
from profiles.secrets.managers.printed import text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.programs.run import Ran
    from profiles.base.secret import Secret
    from profiles.base.secret_references.manager_row import Manager
    from profiles.base.secret_references.parse import Reference


def ask_manager(reference: Reference, environ: Mapping[str, str]) -> Secret:
    """The secret that a reference leads to. Raises SecretUnavailableError, with what to do by hand."""
    manager = manager_of(str(reference))
    assert manager is not None  # noqa: S101 - it was parsed by its row
    if not manager.programs:
        return _credential(manager, reference, environ)
    name = program_of(manager, environ)
    if name is None:
        raise SecretUnavailableError(*missing(manager))
    home = _home(environ)
    arguments = manager.arguments(_at_home(reference.parts, home))
    whose, by_hand = manager.programs[name], shown_line([name, *arguments])
    try:
        ran = run([name, *arguments], environ, manager.limit_s, most=MAX_BYTES, directory=home)
    except ProgramError as error:
        raise SecretUnavailableError(f"{whose} gave no key: `{name}` {error.reason}", error.hint) from None
    except TimeoutError:
        raise SecretUnavailableError(
            f"{whose} gave no key within {manager.limit_s:g} seconds",
            f"Is it reached, and does it ask something? Try: `{by_hand}`",
        ) from None
    _check_end(manager, name, ran, by_hand)
    try:
        return check_secret(text_in(manager, reference.parts, ran.output), f"What {whose} gave")
    except PkccError as error:
        raise SecretUnavailableError(error.title, f"See what lies there: `{by_hand}`") from None


def program_of(manager: Manager, environ: Mapping[str, str]) -> str | None:
    """The name of the manager's program that is installed, such as `bao`; None where none is."""
    return next((name for name in manager.programs if which(name, environ)), None)


def missing(manager: Manager) -> tuple[str, str]:
    """What is said where none of its programs is installed, and what to do."""
    names = " or ".join(f"`{name}`" for name in manager.programs)
    return f"{manager.title}: {names} is not installed", "Install it, or add its directory to PATH."


def _check_end(manager: Manager, name: str, ran: Ran, by_hand: str) -> None:
    whose = manager.programs[name]
    if len(ran.output) > MAX_BYTES:
        raise SecretUnavailableError(
            f"{whose} gave more than 64 kB, which is no key", "Check what the reference names."
        )
    if ran.code:
        meaning, help_ = _meaning(manager, ran)
        raise SecretUnavailableError(
            f"{whose} gave no key (exit {ran.code}: {meaning})",
            f"{help_.format(program=name)}, then: `{by_hand}`",
        )


def _meaning(manager: Manager, ran: Ran) -> tuple[str, str]:
    """What its failure means, and what helps; by its own words where the table knows them."""
    for text, said in manager.complaints.items():
        if text.encode() in ran.errors:
            return said
    return manager.meanings.get(ran.code, "not signed in, no right, or no such name"), manager.sign_in


def _credential(manager: Manager, reference: Reference, environ: Mapping[str, str]) -> Secret:
    """The first line of a file that systemd laid there for this unit."""
    from profiles.secrets.external import read_file

    name, directory = reference.parts["name"], environ.get("CREDENTIALS_DIRECTORY", "")
    if not os.path.isabs(directory):
        raise SecretUnavailableError(
            "$CREDENTIALS_DIRECTORY is not set, where systemd lays credentials",
            f"{manager.sign_in.format(name=name)}.",
        )
    try:
        return read_file(os.path.join(directory, name), environ)
    except UsageError as error:
        raise SecretUnavailableError(error.title, error.hint) from None
    except SecretUnavailableError as error:
        raise SecretUnavailableError(error.title, f"{manager.sign_in.format(name=name)}.") from None


def _home(environ: Mapping[str, str]) -> str:
    home = environ.get("HOME") or environ.get("USERPROFILE") or os.path.expanduser("~")
    return home if os.path.isdir(home) else os.path.abspath(os.sep)


def _at_home(parts: Mapping[str, str], home: str) -> dict[str, str]:
    """The parts, with `~/` as the home directory: only a file's path can begin so."""
    return {
        name: os.path.join(home, text[2:]) if text.startswith("~/") else text for name, text in parts.items()
    }
