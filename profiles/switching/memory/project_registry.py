"""The projects that follow one settings file: one JSON file beside what is remembered of that file.

Machine-local like the displaced values: absolute paths, and of no use without them.
"""

from __future__ import annotations

import json
import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.settings.project_root import local_settings, project_root
from profiles.files.atomic_replace import remove_private, write_private
from profiles.files.json_documents import compact, read_document

if TYPE_CHECKING:
    from typing import Any, NotRequired, TypedDict

    class _Plain(TypedDict):
        settings_path: str
        paused: bool
        projects: list[dict[str, object]]
        declined: list[str]
        settled: NotRequired[dict[str, str]]


_VERSION = 1


class Team(NamedTuple):
    """What was trusted of a `.pkcc.toml`: its digest then, the profile it wants, its metadata."""

    digest: str
    profile: str | None
    metadata: dict[str, str]


class Project(NamedTuple):
    """One registered project. `profile` is its pin, None to follow the active one.

    `rule`: the path of the rule that made it. `exclude`: git is to ignore its file, in this clone alone.
    `excluded`: an earlier version put a line for that which is not marked as ours. `leaving`: it is being
    removed.
    """

    directory: str
    profile: str | None = None
    metadata: dict[str, str] = {}  # noqa: RUF012 - never changed in place
    team: Team | None = None
    rule: str | None = None
    excluded: bool = False
    leaving: bool = False
    exclude: bool = True

    @property
    def pin(self) -> str | None:
        """The profile it is pinned to: the user's own choice before the team's."""
        return self.profile or (self.team.profile if self.team else None)

    @property
    def all_metadata(self) -> dict[str, str]:
        """The team's metadata with the user's own over it."""
        return {**(self.team.metadata if self.team else {}), **self.metadata}

    @property
    def settings_path(self) -> str:
        """The file that carries it."""
        return local_settings(self.directory)


class Registry(NamedTuple):
    """`paused` since `off`: no pin counts. `declined`: what rules must not bring back.

    `settled`: directory → the repository in which it was settled whether git sees the project's file.
    """

    settings_path: str
    paused: bool = False
    projects: dict[str, Project] = {}  # noqa: RUF012 - by directory; never changed in place
    declined: list[str] = []  # noqa: RUF012
    settled: dict[str, str] = {}  # noqa: RUF012

    def metadata_at(self, directory: str) -> dict[str, str]:
        """What the project that a directory lies in adds to a profile's own; nothing where none is there."""
        project = self.projects.get(project_root(os.path.realpath(directory)))
        return {} if project is None else project.all_metadata

    def with_project(self, project: Project) -> Registry:
        """The registry with that project, new or changed."""
        declined = [each for each in self.declined if each != project.directory]
        return self._replace(projects={**self.projects, project.directory: project}, declined=declined)

    def without(self, directory: str) -> Registry:
        """The registry without that project."""
        projects, settled = dict(self.projects), dict(self.settled)
        projects.pop(directory, None)
        settled.pop(directory, None)
        return self._replace(projects=projects, settled=settled)

    def renamed(self, old: str, new: str) -> Registry:
        """The registry with a profile's new name in every pin."""

        def project(known: Project) -> Project:
            team = known.team
            if team is not None and team.profile == old:
                team = team._replace(profile=new)
            return known._replace(profile=new if known.profile == old else known.profile, team=team)

        return self._replace(projects={key: project(known) for key, known in self.projects.items()})


def load_registry(path: str, settings_path: str) -> Registry:
    """The registry; an empty one without a file. Raises PkccError for one that is damaged or newer."""
    remedy = "Move it away, and register your projects again (`pkcc-tray project add`)."
    return read_document(path, _VERSION, _decode, remedy) or Registry(settings_path)


def save_registry(path: str, registry: Registry) -> None:
    """Write it durably; an empty one goes, so that a switch without projects has nothing to read."""
    if registry == Registry(registry.settings_path):
        if os.path.exists(path):
            write_private(path, _encode(registry))  # durably empty, before it goes
            remove_private(path)
        return
    write_private(path, _encode(registry))


def project_text(project: Project | None) -> str | None:
    """One project as text, equal for equal projects."""
    return None if project is None else compact(plain_project(project)).decode()


def project_of(text: str | None) -> Project | None:
    """The project that such a text is of. Raises ValueError, TypeError or KeyError for another shape."""
    return None if text is None else _project(json.loads(text))


def plain_project(project: Project) -> dict[str, object]:
    """One project as plain JSON data."""
    return {**project._asdict(), "team": project.team and project.team._asdict()}


def _encode(registry: Registry) -> bytes:
    plain = {
        "version": _VERSION,
        **registry._asdict(),
        "projects": [plain_project(project) for project in registry.projects.values()],
    }
    return compact(plain)


def _decode(plain: _Plain) -> Registry:
    projects = {project.directory: project for project in map(_project, plain["projects"])}
    return Registry(
        plain["settings_path"],
        bool(plain["paused"]),
        projects,
        [*plain["declined"]],
        {**plain.get("settled", {})},
    )


def _project(plain: dict[str, object]) -> Project:
    fields: dict[str, Any] = {**plain}
    if fields["team"] is not None:
        fields["team"] = Team(**fields["team"])
    project = Project(**fields)
    texts = [*project.all_metadata.items()]
    if not os.path.isabs(project.directory) or not all(
        isinstance(part, str) for pair in texts for part in pair
    ):
        raise ValueError("of another shape")
    return project
