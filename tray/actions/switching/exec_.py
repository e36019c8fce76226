"""One program with a profile in its environment, and no file touched."""

from __future__ import annotations

import errno
import os
import signal
import sys
from itertools import dropwhile

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import named
from profiles.claude_code.routing_names import HOST_FLAG, OWN_LOGIN
from profiles.profile.rendering import keeps_own_login
from profiles.routes.exec_environment import exec_environment
from tray.actions.policy.required import allowed
from tray.actions.switching.model_notes import advice, other_vendor, overridden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

    from profiles.profile.rendering import Rendered
    from profiles.routes.sources import Source
    from tray.app import App


# By which Claude Code goes on with an earlier conversation.
_GOES_ON = ("-c", "--continue", "-r", "--resume", "--from-pr")


def environment_for(app: App, name: str, command: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...]]:
    """The variables by which that command uses the profile; and notes. Raises PkccError where none would."""
    rendered = allowed(app, name)
    sources = _sources(app)
    _check(app, rendered, sources)
    env = exec_environment(
        rendered,
        app.environ,
        _own_headers(sources),
        lambda reference: app.secrets.resolve(reference).reveal(),
    )
    return env, (
        *advice(rendered),
        *(_vendor(rendered, sources) if _goes_on(command) else []),
        *_beaten(rendered, sources),
        *overridden(sources, rendered, by_exec=True),
    )


def start(command: Sequence[str], env: Mapping[str, str]) -> int:
    """Become that command; on Windows run it: its exit code.

    Raises PkccError with the exit code a shell gives where there is nothing to start: 127 for a command that
    is not there, 126 for one that cannot be run.
    """
    return run_and_wait(command, env) if sys.platform == "win32" else become(command, env)


def _sources(app: App) -> list[Source]:
    from profiles.routes.sources import read_sources

    # Of an `exec` that we may run in ourselves nothing stays in force, so all files are looked at.
    environ = {name: value for name, value in app.environ.items() if name != HOST_FLAG}
    return read_sources(app.locations, app.directory, environ)


def _goes_on(command: Sequence[str]) -> bool:
    """Whether the command is Claude Code, going on with an earlier conversation."""
    from_client_on = dropwhile(lambda word: not os.path.basename(word).startswith("claude"), command)
    return any(word.partition("=")[0] in _GOES_ON for word in from_client_on)


def _vendor(rendered: Rendered, sources: list[Source]) -> list[str]:
    """A sentence where the profile's models are another vendor's than those of sessions here."""
    from profiles.routes.sources import decide

    coming = {f"env.{name}": str(value) for name, value in rendered.env.items()}
    return other_vendor({row.slot: row.value for row in decide(sources)}, coming)


def _check(app: App, rendered: Rendered, sources: list[Source]) -> None:
    from profiles.routes.managed.administrator import holder_of
    from profiles.routes.overrides import decides_route

    managed = [row for row in decides_route(sources) if row.source == "managed"]
    if managed and not holder_of(sources, rendered):
        raise ConflictError(
            f"An administrator's settings decide the route on this machine: {managed[0].path}",
            "exec does not override them: ask the administrator who keeps that file.",
        )
    if keeps_own_login(rendered) and not app.environ.get(OWN_LOGIN):
        raise ConflictError(
            f"{rendered.name!r} keeps Claude Code's own login (key_in: header), which exec cannot hand on",
            f"Set {OWN_LOGIN} to what `claude setup-token` gives, or switch to the profile instead.",
        )


def _own_headers(sources: list[Source]) -> str:
    """The header lines of the user's own file, or else of the shell; never those that a project brings."""
    own = (each.headers for each in sources if each.kind in ("user", "shell") and each.headers_set)
    return next(own, "")


def _beaten(rendered: Rendered, sources: list[Source]) -> list[str]:
    """A sentence for each further variable of the profile's that a settings file sets otherwise."""
    from profiles.claude_code.owned_slots import OWNED_ENV

    found = []
    for name, value in rendered.env.items():
        for source in sources if name not in OWNED_ENV else []:
            held = source.values.get(f"env.{name}")
            if source.kind != "shell" and held is not None and held != str(value):
                found.append(f"{source.path} sets {name} too, and Claude Code uses that one")
                break
    return found


def become(command: Sequence[str], env: Mapping[str, str]) -> NoReturn:
    """Replace this process by the command: terminal, signals, exit code and process id are its own."""
    from profiles.base.programs.given_environment import hand_on_signals, handed_on
    from profiles.base.programs.paths import ProgramError, find_program

    hand_on_signals()
    try:
        program = find_program(command[0], env, base=os.getcwd())
        os.execve(program, list(command), handed_on(env))  # noqa: S606 - the command is the user's to choose
    except ProgramError as error:
        raise _cannot_run(command[0], error.error or FileNotFoundError()) from None
    except OSError as error:
        raise _cannot_run(command[0], error) from None


def run_and_wait(command: Sequence[str], env: Mapping[str, str]) -> int:
    """The exit code of the command, run as a child on our own terminal; Ctrl-C is the child's to answer."""
    from profiles.base.programs.paths import ProgramError
    from profiles.base.programs.run import in_terminal

    before = signal.signal(signal.SIGINT, lambda *_: None)  # a handler of ours, so that the child has its own
    try:
        with in_terminal(command, env, base=os.getcwd()) as child:
            return child.wait()
    except ProgramError as error:
        if error.missing or error.error is not None:
            raise _cannot_run(command[0], error.error or FileNotFoundError()) from None
        problem = PkccError(f"{named('command', command[0])} {error.reason}", error.hint)
        problem.exit_code = 126
        raise problem from None
    finally:
        signal.signal(signal.SIGINT, before)


def _cannot_run(word: str, error: OSError) -> PkccError:
    from profiles.base.text import os_reason

    if isinstance(error, FileNotFoundError | NotADirectoryError):
        problem = PkccError(f"There is no {named('command', word)} to run", "Is it installed, and in PATH?")
        problem.exit_code = 127
    else:
        hint = "Make it executable."
        if error.errno == errno.ENOEXEC:
            hint = "It is no program of this system: name the one that reads it, such as `sh`, before it."
        problem = PkccError(f"The system refuses to run {named('command', word)}: {os_reason(error)}", hint)
        problem.exit_code = 126
    return problem
