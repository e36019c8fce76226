"""One project: how its file stands, what something else changed there, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from profiles.base.errors import PkccError
from tray.actions.more.glance.projects import glance_at_project
from tray.actions.projects.overview import one_project
from tray.actions.projects.register import TeamWishes, add_project, team_wishes
from tray.actions.projects.rules import all_rules
from tray.manager.answering.form import changing
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.projects.project_fields import refused, typed_change
from tray.manager.pages.projects.said_after import say
from tray.manager.pages.shell import in_shell
from tray.manager.views.profiles.overview import compared, written_rows
from tray.manager.views.projects.one import git_words, profile_options, team_options, team_words
from tray.manager.views.projects.rows import in_words, project_row, shown_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from profiles.switching.memory.project_registry import Project
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site
    from tray.manager.views.fields import FieldError


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The project that the address names."""
    return _shown(site, session, request)


@changing
def change(site: Site, session: Session, fields: Form) -> str | Response:
    """Have it say what was typed; its file is written at once."""
    project = glance_at_project(site.app, fields.request.path_params["id"]).project
    wishes, _ = _wishes(project)
    wanted, errors = typed_change(fields, project, wishes)
    if errors:
        return _shown(site, session, fields.request, errors)
    try:
        _, notes = add_project(site.app, project.directory, wanted)
    except PkccError as error:
        return _shown(site, session, fields.request, [refused(error, look_around(site).home)])
    say(site, session, project.directory, "is changed", notes, "Undo")
    return "/projects"


def _shown(site: Site, session: Session, request: Request, errors: Sequence[FieldError] = ()) -> Response:
    look = look_around(site)
    found = glance_at_project(site.app, request.path_params["id"])
    project = found.project
    shown, notes = one_project(site.app, project.directory)
    wishes, problem = _wishes(project)
    words = team_words(wishes, in_words(problem, look.home))
    rules = [rule.path for rule in all_rules(site.app).rules]
    return in_shell(
        site,
        session,
        request,
        "projects/one",
        look,
        errors=errors,
        outcome="The project was not changed",
        row=project_row(look, found, rules, paused=False),
        alarming=found.is_alarming,
        compared=compared(found.changes),
        facts=[git_words(str(shown.git))] * (found.condition != "missing") + [words] * (words is not None),
        notes=[in_words(note, look.home) for note in notes],
        settings=shown_path(project.settings_path, look.home),
        written=written_rows(shown.writes) if isinstance(shown.writes, dict) else [],
        metadata=tuple(project.metadata.items()),
        exclude=project.exclude,
        by_rule=project.rule,
        options=profile_options(look.profiles, project),
        team=team_options(wishes),
    )


def _wishes(project: Project) -> tuple[TeamWishes, str]:
    """What the team asks for, or why its file cannot be read."""
    try:
        return team_wishes(project), ""
    except PkccError as error:
        return TeamWishes(project.team), error.title


ROUTES = (
    Route("/projects/{id}", show, methods=["GET"]),
    Route("/projects/{id}", change, methods=["POST"]),
)
