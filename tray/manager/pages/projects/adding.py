"""Adding a project: what is to be known of its folder is said before, and beside the field what is wrong."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse
from starlette.routing import Route

from profiles.base.errors import PkccError, UsageError
from tray.actions.projects.foresee import foresee, session_roots
from tray.actions.projects.register import add_project
from tray.manager.answering.form import changing
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.projects.project_fields import refused, typed_change
from tray.manager.pages.projects.said_after import say
from tray.manager.pages.shell import in_shell
from tray.manager.views.drawing import draw
from tray.manager.views.fields import FieldError, Fields
from tray.manager.views.projects.one import git_words, profile_options, team_options, team_words
from tray.manager.views.projects.rows import Words, in_words, shown_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.actions.projects.foresee import Foreseen
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.site import Site


@page
def answer(site: Site, session: Session, request: Request) -> Response:  # noqa: ARG001
    """What is to be known of the folder that is being typed: a part of the page, for a script."""
    home = look_around(site).home
    try:
        shown = _said(foresee(site.app, _directory(request.query_params.get("value", ""))), home)
    except PkccError as error:
        shown = {"said": [Words("none", in_words(f"{error.title}.", home))], "team": []}
    return HTMLResponse(draw("projects/foreseen.html", **shown, fields=Fields(None, ())))


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The empty form."""
    return _shown(site, session, request)


@changing
def add(site: Site, session: Session, fields: Form) -> str | Response:
    """Register it, and write its file; or look at the folder first, where that was asked."""
    try:
        found = foresee(site.app, _directory(fields.pasted("directory")))
    except PkccError as error:
        return _shown(site, session, fields.request, [FieldError("directory", _told(site, error))])
    if fields.is_ticked("look"):
        return _shown(site, session, fields.request, found=found)
    if found.is_known:
        known = FieldError("directory", "This is a project already: change it from the list of projects")
        return _shown(site, session, fields.request, [known])
    change, errors = typed_change(fields, found.project, found.wishes)
    if errors:
        return _shown(site, session, fields.request, errors, found)
    try:
        _, notes = add_project(site.app, found.project.directory, change)
    except PkccError as error:
        return _shown(site, session, fields.request, [refused(error, look_around(site).home)], found)
    say(site, session, found.project.directory, "is a project now", notes, "Undo")
    return "/projects"


def _directory(typed: str) -> str:
    """The folder that was typed. Raises UsageError for what a page cannot know the place of."""
    typed = typed.strip()
    if not typed:
        raise UsageError("Choose the folder of a project, such as ~/src/web")
    if "\0" in typed or not os.path.isabs(os.path.expanduser(typed)):
        raise UsageError("Begin it with / or ~/, such as ~/src/web")
    return typed


def _told(site: Site, error: PkccError) -> str:
    return in_words(f"{error.title}. {error.hint}" if error.hint else error.title, look_around(site).home)


def _said(found: Foreseen, home: str) -> dict[str, Any]:
    said = [git_words(found.git.standing, in_words(found.git.reason, home))]
    if found.git.standing == "open":
        said = [
            Words(
                "none", "Git does not ignore the file yet. The tick below has it do so, in this clone alone."
            )
        ]
    folder = shown_path(found.project.directory, home)
    if found.is_main:
        said.insert(
            0, Words("none", f"Claude Code reads the settings of the repository’s main folder: {folder}.")
        )
    if found.is_known:
        said.insert(0, Words("warn", "This is a project already."))
    words = team_words(found.wishes, in_words(found.team_problem, home))
    return {"said": [*said, *([words] if words else [])], "team": team_options(found.wishes)}


def _shown(
    site: Site,
    session: Session,
    request: Request,
    errors: Sequence[FieldError] = (),
    found: Foreseen | None = None,
) -> Response:
    look = look_around(site)
    return in_shell(
        site,
        session,
        request,
        "projects/add",
        look,
        errors=errors,
        outcome="The project was not added",
        suggested=[(shown_path(each, look.home), "Running session") for each in session_roots(site.app)],
        options=profile_options(look.profiles, None),
        **({"said": [], "team": []} if found is None else _said(found, look.home)),
    )


ROUTES = (
    Route("/projects/add", show, methods=["GET"]),
    Route("/projects/add", add, methods=["POST"]),
    Route("/projects/add/answer", answer, methods=["GET"]),
)
