"""The projects that follow a settings file: all of them change with it, or none.

The settings file is the truth, and what every project must say follows from it. So the journal of a change is
one small file that says "write the projects": made durable before the settings are touched, removed when all
is written. Any command that finds it after a crash writes them again, from whatever the settings say then.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError, UsageError
from profiles.base.locations import home
from profiles.claude_code.process.sessions import running_sessions
from profiles.files.durability import finished
from profiles.files.temporary import remove_temp_files
from profiles.projects.asked_once import all_done, asked_once
from profiles.projects.git.could_commit import ask_git
from profiles.projects.hiding import Hidden, Hiding, settled
from profiles.projects.pending import drop_pending, with_pending, write_pending
from profiles.projects.place import check_place, plain_directories
from profiles.projects.project_file import Look, ProjectFile, written
from profiles.projects.renamed import is_now, missing, moved, new_place
from profiles.projects.settings_above import SettingsAbove, project_memories
from profiles.switching.find_memory import files_for
from profiles.switching.memory.project_registry import Project, load_registry, save_registry
from profiles.switching.outcome import ProjectOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from profiles.files.durability import Writing
    from profiles.projects.git.could_commit import Answer
    from profiles.switching.memory.project_registry import Registry
    from profiles.switching.memory.state import State
    from profiles.switching.memory.state_files import StateFiles
    from profiles.switching.one_file.tools import Tools
    from profiles.switching.outcome import Outcome


class Projects:
    """The projects of one settings file. All but `registry`, `check` and `look` need our lock of it held."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._locations = tools.locations
        self._hiding = Hiding(tools.locations, tools.environ)

    @property
    def _files(self) -> StateFiles:
        return files_for(self._locations)

    def registry(self) -> Registry:
        """What is registered now. Raises PkccError for a damaged file."""
        return load_registry(self._files.projects_path, self._locations.settings_path)

    # A change of the settings, see `ProjectWriter` -------------------------------------------------------

    def begin(self, action: str, renamed: tuple[str, str] | None = None) -> Registry:
        """Make durable that all projects are to be written, because of that action; which they are."""
        registered = self.registry()  # one that cannot be read is reported before anything is written
        write_pending(self._files, action, renamed)
        return registered

    def abandon(self) -> None:
        """Forget that: the change did not happen, so nothing is to be written."""
        drop_pending(self._files)

    def write_all(
        self, state: State, registered: Registry | None = None, *, always: bool = False
    ) -> list[ProjectOutcome]:
        """Write all projects as `state`, that of the settings, has it; those that leave are put back.

        Never raises for one project: what could not be done is said of it, and the others go on.
        """
        for path in (self._files.projects_path, self._files.pending_path):
            remove_temp_files(path)
        registry = with_pending(self._files, self._found_again(registered or self.registry()), state)
        notes: dict[str, str] = {}
        if not registry.paused:
            before, (registry, notes) = registry, self._hiding.hide_new(registry)
            if registry != before:
                save_registry(self._files.projects_path, registry)
        above = self._settings_above(state)._replace(plain=plain_directories(registry.projects.values()))
        work = self._work_on(above, paused=registry.paused, always=always)
        by_directory = all_done(registry.projects.values(), work, self._delete)
        written_all = [by_directory[each]._replace(note=notes.get(each, "")) for each in registry.projects]
        done = [each.directory for each in written_all if not each.problem]
        gone = [directory for directory in done if registry.projects[directory].leaving]
        if gone:
            for directory in gone:
                self._hiding.show(registry.projects[directory])
                registry = registry.without(directory)
            save_registry(self._files.projects_path, registry)
        drop_pending(self._files)
        return written_all

    # One project -----------------------------------------------------------------------------------------

    def check(self, project: Project) -> None:
        """Raises PkccError for what can be no project; ask before anything is done for one, in git too."""
        what = {
            os.path.realpath(home(self._tools.environ)): "your home directory",
            os.path.dirname(project.directory): "the root of the file system",
        }.get(project.directory)
        if what is not None:
            raise UsageError(
                f"{project.directory} is {what}, and no project",
                "Name one project's own directory (`git init` in it, where the repository is all of this).",
            )
        check_place(project, project.settings_path, os.path.realpath(self._locations.settings_path))

    def known(self, directory: str, state: State) -> Project:
        """What is known of a project, a new one where nothing is: what `put` is given is made from this.

        A directory that was renamed is known by what its file carries.
        """
        registry = self._finished(state)
        return self.find_again(registry, [directory]).projects.get(directory, Project(directory))

    def find_again(self, registry: Registry, directories: Iterable[str]) -> Registry:
        """The registry, with those directories in place of registered ones that are gone; written if so."""
        found = registry
        for directory in directories:
            if directory in found.projects:
                continue
            for project in missing(found):
                if is_now(project, directory, project_memories(self._locations)):
                    found = moved(found, project, directory)
                    break
        if found != registry:
            save_registry(self._files.projects_path, found)
        return found

    def put(self, project: Project, state: State) -> Outcome:
        """Register a project, new or changed, and write its file, and the others where that ends a pause.

        Raises PkccError with everything as it was: also where git could commit what must not get there.
        """
        self.check(project)
        before = self._finished(state)
        self.begin("pin" if project.pin else "add")
        hidden = Hidden()
        try:
            registry = before.with_project(project)._replace(paused=before.paused and not project.pin)
            save_registry(self._files.projects_path, registry)
            hidden = self._hiding.hide(project)
            back = registry.paused and project.pin is not None
            file = self._file(project, self._settings_above(state), ask=lambda _: self._hiding.ask(project))
            outcome = finished(file.bring(back=back, shown=not project.exclude))
        except PkccError:
            save_registry(self._files.projects_path, before)
            if hidden.made:
                self._hiding.show(project)
            self.abandon()
            raise
        note = hidden.note if project.exclude else self._hiding.show(project)
        if not hidden.failed:
            save_registry(self._files.projects_path, settled(registry, project))
        if hidden.made or os.path.exists(project.settings_path):
            outcome = outcome._replace(git_note=note)
        if before.paused and not registry.paused:
            outcome = outcome._replace(projects=self.write_all(state))
        drop_pending(self._files)
        return outcome

    def preview(self, project: Project, state: State) -> Outcome:
        """What `put` would write, and all that it would say. Raises PkccError as it does."""
        hidden, answer = self._hiding.foresee(project)
        file = self._file(project, self._settings_above(state), ask=lambda _: answer)
        return file.preview()._replace(git_note=hidden.note)

    def remove(self, project: Project, state: State, *, decline: bool = False) -> Outcome | None:
        """Put back what the user had in a project's file, and forget the project; with `decline` permanently.

        None where the directory is gone. Raises PkccError with the project still registered.
        """
        before = self._finished(state)
        project = project._replace(leaving=True)
        registry = before.with_project(project)
        self.begin("remove")
        save_registry(self._files.projects_path, registry)
        try:
            outcome = None
            if os.path.isdir(project.directory):
                file = self._file(project, self._settings_above(state))
                outcome = finished(file.bring(back=True))._replace(git_note=self._hiding.show(project))
        except PkccError:
            save_registry(self._files.projects_path, before)
            self.abandon()
            raise
        registry = registry.without(project.directory)
        if decline:
            registry = registry._replace(declined=[*registry.declined, project.directory])
        save_registry(self._files.projects_path, registry)
        drop_pending(self._files)
        return outcome

    def look(self, projects: Iterable[Project], state: State, *, paused: bool) -> list[Look]:
        """One look at the files of some projects; writes nothing. Raises PkccError without the settings."""
        above = self._settings_above(state)
        return [self._file(each, above).look(back=paused and each.pin is not None) for each in projects]

    # Parts -----------------------------------------------------------------------------------------------

    def _finished(self, state: State) -> Registry:
        """The registry, after what a killed change left to be done."""
        if os.path.exists(self._files.pending_path):
            self.write_all(state)
        return self.registry()

    def _settings_above(self, state: State) -> SettingsAbove:
        sessions = running_sessions(*self._locations.session_dirs, now=self._tools.clock())
        return SettingsAbove.of(self._locations, state, [each for each in sessions if each.directory])

    def _file(
        self,
        project: Project,
        above: SettingsAbove,
        tools: Tools | None = None,
        ask: Callable[[str], Answer] | None = None,
    ) -> ProjectFile:
        ask = ask or (lambda path: ask_git(path, self._tools.environ))
        return ProjectFile(tools or self._tools, project, above, ask)

    def _work_on(
        self, above: SettingsAbove, *, paused: bool, always: bool
    ) -> Callable[[Project], Writing[ProjectOutcome]]:
        tools = asked_once(self._tools)

        def work(project: Project) -> Writing[ProjectOutcome]:
            back = project.leaving or (paused and project.pin is not None)
            return written(project, self._file(project, above, tools), back=back, always=always)

        return work

    def _delete(self, name: str) -> None:
        self._tools.keeper.forget([f"keyring:{name}"])

    def _found_again(self, registry: Registry) -> Registry:
        """The registry, with its projects at their places where the home that they lie in was renamed."""
        here = self._locations.settings_path
        if registry.settings_path == here:
            return registry
        places = {new_place(project.directory, registry.settings_path, here) for project in missing(registry)}
        found = self.find_again(registry, filter(os.path.isdir, places))
        return found._replace(settings_path=here)
