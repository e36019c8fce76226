"""The composition root: one object that knows where everything is and builds the rest when asked."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cached_property

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import Locations, find_locations, working_directory
from profiles.claude_code.own_command import circumstances, helper_argv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.base.secret import Secret
    from profiles.profile.store import ProfileStore
    from profiles.projects.projects import Projects
    from profiles.routes.guard.asker import Asker
    from profiles.secrets.store import SecretStore
    from profiles.switching.one_file.tools import Tools
    from profiles.switching.switcher import Switcher
    from profiles.undo.steps import Steps

COMMAND_LINE, TRAY, MANAGER = "command line", "tray", "manager"  # who asks for what is done


class Terminal(NamedTuple):
    """How a person at a terminal is asked for a passphrase, and how they hear that a keyring asks them."""

    ask_hidden: Callable[[str], Secret] | None = None
    on_question: Callable[[], None] = lambda: None


NO_TERMINAL = Terminal()


class App:
    """What the commands need. `interactive` when a person sits at the terminal and can be asked."""

    def __init__(
        self,
        locations: Locations,
        environ: Mapping[str, str],
        *,
        interactive: bool,
        directory: str,
        wants_json: bool = False,
        one_file: bool = False,
        asker: Asker | None = None,
        terminal: Terminal = NO_TERMINAL,
    ) -> None:
        self.locations = locations
        self.environ = environ
        self.interactive = interactive
        self.directory = directory
        self.wants_json = wants_json
        self.one_file = one_file  # the user named a settings file: no target is served beside it
        self.asker = asker  # of `key print`: who asks for the key; None for a person
        self.terminal = terminal
        self.who = COMMAND_LINE  # asks for what is done
        self._part_of = ""  # the step that is under way

    @classmethod
    def start(
        cls,
        environ: Mapping[str, str],
        config_dir: str | None,
        settings_path: str | None,
        *,
        wants_json: bool,
        asker: Asker | None = None,
        terminal: Terminal = NO_TERMINAL,
    ) -> App:
        """The app for this process; with `wants_json` nobody is asked. Raises PkccError without a home."""
        locations = find_locations(environ, config_dir, settings_path)
        interactive = not wants_json and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
        return cls(
            locations,
            environ,
            interactive=interactive,
            directory=working_directory(),
            wants_json=wants_json,
            one_file=settings_path is not None,
            asker=asker,
            terminal=terminal,
        )

    @cached_property
    def store(self) -> ProfileStore:
        """The store of the profiles."""
        from profiles.profile.store import ProfileStore

        return ProfileStore(self.locations)

    @cached_property
    def secrets(self) -> SecretStore:
        """The store of the keys."""
        from profiles.secrets.store import SecretStore

        ask = self.terminal.ask_hidden if self.interactive else None
        return SecretStore(self.locations, self.environ, ask, on_question=self.terminal.on_question)

    @cached_property
    def switcher(self) -> Switcher:
        """The switcher: it changes the settings, and the projects that follow them."""
        return self._switcher(self.locations)

    @cached_property
    def projects(self) -> Projects:
        """The projects that follow the settings."""
        return self._projects(self.locations)

    def switcher_at(self, settings_path: str) -> Switcher:
        """The switcher for another settings file."""
        return self._switcher(self.locations._replace(settings_path=settings_path))

    def _switcher(self, locations: Locations) -> Switcher:
        from profiles.switching.memory.state import Stamp
        from profiles.switching.switcher import Switcher

        tools = self._tools(locations)
        if locations.settings_path.startswith("\\\\"):
            from profiles.claude_code.wsl import command_line_in

            join = command_line_in(locations.settings_path) or tools.helper.join
            tools = tools._replace(helper=tools.helper._replace(join=join))
        return Switcher(tools, lambda: self._projects(locations), Stamp(self._part_of, self.who))

    def _tools(self, locations: Locations) -> Tools:
        from profiles.switching.displaced_secrets import Keeper
        from profiles.switching.one_file.tools import Helper, Tools

        return Tools(locations, self.store, Keeper(self.secrets), Helper(self.helper_argv()), self.environ)

    @cached_property
    def steps(self) -> Steps:
        """The object that does several things as one step, and takes steps back."""
        from profiles.undo.steps import Steps

        return Steps(self.locations, self.store, self.secrets, self)

    def within(self, part_of: str) -> App:
        """The same app inside a step: what it does to settings files is a part of that one."""
        return self._but(_part_of=part_of)

    def all_switchers(self) -> list[Switcher]:
        """What changes each settings file that was ever switched from here, this process's own first."""
        from profiles.switching.find_memory import known_settings

        others = [path for path in known_settings(self.locations) if path != self.locations.settings_path]
        return [self.switcher, *map(self.switcher_at, others)]

    def projects_of(self, switcher: Switcher) -> Projects:
        """The projects that follow the settings file which that one changes."""
        return self._projects(self.locations._replace(settings_path=switcher.settings_path))

    def _projects(self, locations: Locations) -> Projects:
        from profiles.projects.projects import Projects

        return Projects(self._tools(locations))

    def is_own_project_file(self, path: str) -> bool:
        """Whether that settings file is a registered project's, and says what it was made to say."""
        try:
            registry = self.projects.registry()
            projects = [project for project in registry.projects.values() if project.settings_path == path]
            looks = self.projects.look(projects, self.switcher.read().state, paused=registry.paused)
        except PkccError:
            return False
        return any(look.condition in ("ok", "refused") for look in looks)

    def finish_interrupted(self) -> None:
        """Finish what a killed command left: a step, the projects of a change. Else looks for three files."""
        from profiles.switching.find_memory import files_for

        if os.path.exists(os.path.join(self.locations.state_dir, "journal.pending")):
            with suppress(PkccError):
                self.steps.resume()
        if os.path.exists(files_for(self.locations).pending_path):
            with suppress(PkccError):  # the next command tries it again
                self.switcher.resume()
        if os.path.exists(os.path.join(self.locations.state_dir, "catalogs.pending")):
            from profiles.catalogs.kept.acceptance import catalogs_locked_and_resumed

            with suppress(PkccError), catalogs_locked_and_resumed(self.locations, limit_s=0):
                pass

    def owes_catalogs(self) -> bool:
        """Whether settings are to carry profiles of a catalog that they lack: one look."""
        return os.path.exists(os.path.join(self.locations.state_dir, "catalogs.owed"))

    def take_out_blanks(self) -> bool:
        """Take out the blanks that no session needs; whether some are left. One look where none are."""
        from profiles.switching.find_memory import with_blanks

        own, paths = self.locations.settings_path, with_blanks(self.locations)
        left = [(self.switcher if path == own else self.switcher_at(path)).sweep() for path in paths]
        return any(left)

    def helper_argv(self) -> list[str]:
        """Our own command as another program can call it from anywhere: absolute, with our own directory."""
        return helper_argv(self.locations)

    def own_argv(self, *words: str) -> list[str]:
        """The same with those words, about the settings file that this one is about."""
        chosen = ["--settings", self.locations.settings_path] if self.one_file else []
        return [*self.helper_argv(), *words, *chosen]

    def circumstances(self) -> str:
        """What else a change depends on: equal in two processes that would do the very same."""
        return circumstances(self.locations, self.environ)

    def apart(self, environ: Mapping[str, str] | None = None) -> App:
        """An app of its own, for a thread that waits: nothing of this one's is used there."""
        made = App(
            self.locations,
            self.environ if environ is None else environ,
            interactive=False,
            directory=self.directory,
            one_file=self.one_file,
            terminal=self.terminal,
        )
        made.who = self.who
        return made

    def standing_in(self, directory: str) -> App:
        """The same app for a command that was given in another directory."""
        return self._but(directory=directory, who=COMMAND_LINE)

    def asking_nobody(self) -> App:
        """The same app for what no person waits for: no keyring opens a window for it."""
        return self._but(secrets=self.secrets.asking_nobody())

    def at(self, settings_path: str) -> App:
        """The same app for another settings file, and for that one alone."""
        return self._but(locations=self.locations._replace(settings_path=settings_path), one_file=True)

    def _but(self, **changed: object) -> App:
        """The same app, keys and all, with these attributes; what was made of the others is made anew."""
        from copy import copy  # costs `switch` more than the rest of this module

        other = copy(self)
        for made in ("switcher", "projects", "steps"):
            other.__dict__.pop(made, None)
        other.__dict__.update(changed)
        return other
