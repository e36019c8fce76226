"""Step 5: all of it once more, its test, what would be written; then it is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import PkccError
from profiles.base.secret import Secret
from profiles.gateway.check.kept_checks import keep_checks
from tray.actions.account.ask import remember_place
from tray.actions.keys.places import asks_passphrase, key_places
from tray.actions.more.preference import is_open, preferences
from tray.actions.profiles.add import add_profile
from tray.actions.profiles.adding.entered import NEW
from tray.actions.switching.diff import difference_from_unsaved
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.pages.profiles.add.draft import draft_in, forget_draft
from tray.manager.pages.profiles.add.entered_profile import gateway_url, has_key, new_profile, refuse
from tray.manager.pages.profiles.add.trial import test, to_review
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError
from tray.manager.views.profiles.add import words
from tray.manager.views.profiles.overview import changed_rows

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from profiles.profile.rendering import Rendered
    from tray.actions.profiles.add import NewProfile
    from tray.app import App
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.pages.profiles.add.draft import Draft
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site
    from tray.manager.views.profiles.overview import Compared

_USAGE = "usage"  # the preference
_EXPIRED = "The key was kept for 30 minutes, which are over: paste it again"


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """What was entered, what came of its test, and what a switch to it would write."""
    draft = draft_in(site, session)
    if draft.details is None or not draft.key.source:
        return RedirectResponse("/add/details" if draft.key.source else "/add", 303)
    if draft.lacks_key:
        return RedirectResponse(refuse(session, "/add", FieldError("key", _EXPIRED)), 303)
    new = new_profile(site.app, draft.entered(), draft.secret)
    key = _key_words(site.app, draft, new)
    rows, problem = _compared(site.app, new.rendered)
    draft.is_reviewed = True
    check = draft.checked
    return in_shell(
        site,
        session,
        request,
        "profiles/add/review",
        step=5,
        label=draft.details.label,
        entered=words.entered(draft.entered(), gateway_url(draft.key), key),
        rows=rows,
        problem=problem,
        notes=new.notes,
        tested=[] if check is None else words.tested(check.found.steps, new.profile.api_key, key),
        can_test=has_key(draft),
        asks_usage=_asks_usage(site.app, draft),
        asks_passphrase=_asks_passphrase(site.app, draft),
    )


def _key_words(app: App, draft: Draft, new: NewProfile) -> str:
    scheme, _, name = new.profile.api_key.partition(":")
    place = app.secrets.where(name) if scheme == "keyring" else ""
    return words.key_words(draft.key, name, place or key_places(app).for_new)


def _asks_passphrase(app: App, draft: Draft) -> bool:
    return draft.key.source == NEW and asks_passphrase(app, key_places(app), "")


def _compared(app: App, rendered: Rendered) -> tuple[list[Compared], str]:
    """What a switch would change, or why nothing can be written."""
    try:
        return changed_rows(difference_from_unsaved(app, rendered).changes), ""
    except PkccError as error:
        return [], f"{error.title}. {error.hint}"


def _asks_usage(app: App, draft: Draft) -> bool:
    """Asked once, and only where the account tells budgets."""
    return draft.offer is not None and bool(draft.offer.budgets) and is_open(app, _USAGE)


@form
def save(site: Site, session: Session, fields: Form) -> str:
    """Store the profile and its key, and switch to it where that was asked for."""
    draft = draft_in(site, session)
    if draft.details is None or draft.lacks_key:
        return "/add/review"
    switch = fields.text("switch") == "1"
    label, without_key = draft.details.label, not has_key(draft)
    entered, secret, offer, check = draft.entered(), draft.secret, draft.offer, draft.checked
    passphrase = Secret(fields.as_typed("passphrase")) if _asks_passphrase(site.app, draft) else None
    usage = fields.is_ticked(_USAGE) if _asks_usage(site.app, draft) else None

    def work(job: Job) -> str:
        if passphrase is not None:
            try:
                job.app.secrets.backends.vault().unlock(passphrase)
            except PkccError as error:
                return refuse(session, "/add/review", FieldError("passphrase", error.title))
        job.step("Storing the profile and its key")
        new = new_profile(job.app, entered, secret)
        if offer is not None:  # first: the advice on what is stored goes by it
            remember_place(job.app, offer.place, new.rendered)
        _, notes = add_profile(job.app, new, without_key=without_key, switch=switch)
        if check is not None:
            keep_checks(job.app.locations, [check])
        if usage is not None:
            preferences(job.app, _USAGE, "on" if usage else "off")
        forget_draft(session)
        title = f"{label} is saved and in use" if switch else f"{label} is saved"
        lines = ("New sessions use it at once.", *notes) if switch else notes
        job.tell(Flash("ok", title, lines, "Undo the switch" if switch else "Undo"))
        return "/"

    title = "Saving and switching" if switch else "Saving"
    return site.jobs.change(title, work, "/add/review")


@form
def test_now(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Test the key and the route, once more or for the first time."""
    draft = draft_in(site, session)
    draft.checked = None
    return test(site, draft) if draft.details is not None else to_review(site, session, draft)


ROUTES = (
    Route("/add/review", show, methods=["GET"]),
    Route("/add/save", save, methods=["POST"]),
    Route("/add/test", test_now, methods=["POST"]),
)
