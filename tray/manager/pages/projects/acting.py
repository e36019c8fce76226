"""What a project's row does: write again, unpin, open, remove; and all of them written again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from starlette.routing import Route

from tray.actions.more.glance.projects import directory_of_id, glance_at_project
from tray.actions.projects import remove as removing
from tray.actions.projects.register import Change, add_project, write_again
from tray.actions.projects.sync import sync
from tray.manager.answering.form import changing, form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.open_file import opening
from tray.manager.pages.projects.said_after import say
from tray.manager.pages.shell import in_shell
from tray.manager.views.projects.rows import project_row, shown_path, synced_flash

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


@changing
def write(site: Site, session: Session, fields: Form) -> str:
    """Write one project's file as it should be."""
    shown, notes = write_again(site.app, directory_of_id(site.app, fields.text("id")))
    what = "is written again" if shown.written else "is as it should be"
    say(site, session, shown.directory, what, notes)
    return "/projects"


@form
def write_all(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Apply the rules, and write each project whose file is behind."""
    home = look_around(site).home

    def work(job: Job) -> str:
        job.step("Looking for clones, and writing each project’s file")
        job.tell(synced_flash(*sync(job.app, []), home))
        return "/projects"

    return site.jobs.change("Writing all projects again", work, "/projects")


@changing
def follow(site: Site, session: Session, fields: Form) -> str:
    """Take the pin away: it follows the profile in use."""
    directory = directory_of_id(site.app, fields.text("id"))
    _, notes = add_project(site.app, directory, Change(follow=True))
    say(site, session, directory, "follows the profile in use", notes, "Undo")
    return "/projects"


@form
def open_folder(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Open its folder, or its file, with whatever the desktop has for it."""
    project = glance_at_project(site.app, fields.text("id")).project
    target = project.settings_path if fields.text("what") == "file" else project.directory
    if not os.path.exists(target):
        target = project.directory
    return opening(site, target, "/projects")


@page
def confirm(site: Site, session: Session, request: Request) -> Response:
    """What removing it does: nothing is done yet."""
    look = look_around(site)
    found = glance_at_project(site.app, request.path_params["id"])
    row = project_row(look, found, [], paused=False)
    settings = shown_path(found.project.settings_path, look.home)
    return in_shell(
        site,
        session,
        request,
        "projects/remove",
        look,
        row=row,
        settings=settings,
        by_rule=found.project.rule,
    )


@changing
def remove(site: Site, session: Session, fields: Form) -> str:
    """Put back what was in its file, and forget it."""
    directory = directory_of_id(site.app, fields.request.path_params["id"])
    removed, notes = removing.remove(site.app, directory)
    lines = ("its file is as it was before", *notes) if removed.written else notes
    say(site, session, directory, "is no project any more", lines, "Undo")
    return "/projects"


ROUTES = (
    Route("/projects/do/write", write, methods=["POST"]),
    Route("/projects/do/write-all", write_all, methods=["POST"]),
    Route("/projects/do/follow", follow, methods=["POST"]),
    Route("/projects/do/open", open_folder, methods=["POST"]),
    Route("/projects/{id}/remove", confirm, methods=["GET"]),
    Route("/projects/{id}/remove", remove, methods=["POST"]),
)
