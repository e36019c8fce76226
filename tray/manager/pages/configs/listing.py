"""The list of configs, and what opens one of them in the builder."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.routing import Route

from profiles.base.errors import UsageError
from profiles.base.text import counted
from tray.actions.account.configs.opened import configs_here, open_file, open_held, open_saved
from tray.actions.account.configs.workspaces import read_workspace, workspaces
from tray.actions.switching.status import settings_status
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.serving.drafts import Source
from tray.manager.views.configs import listing as views
from tray.manager.views.words import home_short

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tray.actions.account.configs.opened import Opened
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.drafts import ConfigDraft
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """All configs that are known here. Nothing is asked."""
    look = look_around(site)
    return in_shell(
        site,
        session,
        request,
        "configs/list",
        look,
        accounts=views.accounts(look, workspaces(site.app)),
        kept=views.here(look, configs_here(site.app)),
        unsaved=views.unsaved(site.drafts.unsaved()),
    )


@form
def read(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Ask an account for its configs."""
    name = fields.text("profile")
    site.app.store.rendered(name)  # raises where there is none

    def work(job: Job) -> str:
        step = job.step("Reading the configs at Portkey")
        found, notes = read_workspace(job.app, name)
        step.end(f"{counted(len(found.configs), 'config')} read")
        if notes:
            job.tell(Flash("warn", "Not all is known", notes))
        return "/configs"

    return site.jobs.begin("Reading your configs", work, back="/configs")


@form
def new(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Begin a new config."""
    profile = saving_profile(site)
    config = {"strategy": {"mode": "fallback"}, "targets": [{}, {}]}
    return address_of(site.drafts.open("", Source("new", profile=profile), config).address)


@form
def open_one(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Open a config in the builder, or one of the pages that follow it; one with changes is gone on with."""
    kind, which = fields.text("kind"), fields.text("which")
    then = f"/{fields.text('then')}" if fields.text("then") in ("file", "save", "use") else ""
    begun = site.drafts.find(draft_name(kind, which))
    if begun is not None and begun.is_unsaved:
        return address_of(begun.address) + then
    return open_in_builder(site, kind, which, fields.text("profile"), fields.text("name"), then)


def open_in_builder(
    site: Site,
    kind: str,
    which: str,
    profile: str,
    name: str,
    then: str = "",
    instead: ConfigDraft | None = None,
) -> str:
    """Where the builder shows that config; one at Portkey is asked for, at an address that waits for it.

    A draft of it that is not saved goes on, unless it is the one that this is to be shown `instead` of.
    """

    def begun(source: Source, opened: Opened) -> str:
        address = draft_name(source.kind, which)
        return address_of(site.drafts.open(address, source, opened.config, instead=instead).address) + then

    if kind == "file" and which:
        opened = open_file(which)
        short = home_short(which, look_around(site).home)
        return begun(Source("file", which, _any_profile(site, which), short, opened.mark), opened)
    if kind == "held":
        opened = open_held(site.app, which)
        label = site.app.store.rendered(which).label or which
        return begun(Source("held", which, which, f"The config of {label}", opened.mark), opened)
    if kind != "saved" or not which:
        raise UsageError("There is no such config", "Choose one of the list.")
    site.app.store.rendered(profile)

    def work(job: Job) -> str:
        job.step(f"Reading {name or which}")
        opened = open_saved(job.app, profile, which)
        with site.lock:
            return begun(Source("saved", which, profile, name or which, opened.mark), opened)

    return site.jobs.begin(f"Opening {name or which}", work, back="/configs")


def draft_name(kind: str, which: str) -> str:
    """What the draft of a config is called in its address."""
    if kind == "file":
        return f"file-{sha256(which.encode('utf-8', 'surrogateescape')).hexdigest()[:12]}"
    return f"of-{which}" if kind == "held" else which


def saving_profile(site: Site) -> str:
    """A profile whose key could save a config at Portkey, the one in use before others; "" for none."""
    able = [name for found in workspaces(site.app) for name in found.profiles]
    active = settings_status(site.app)[0].active
    return active if active in able else next(iter(able), "")


def _any_profile(site: Site, file: str) -> str:
    """A profile that uses the file, else one that could save it at Portkey."""
    users = next((each.used_by for each in configs_here(site.app) if each.file == file), ())
    return users[0] if users else saving_profile(site)


def address_of(name: str) -> str:
    """Where the builder shows the draft of that name."""
    return f"/configs/{quote(name, safe='')}"


ROUTES = (
    Route("/configs", show, methods=["GET"]),
    Route("/configs/read", read, methods=["POST"]),
    Route("/configs/new", new, methods=["POST"]),
    Route("/configs/open", open_one, methods=["POST"]),
)
