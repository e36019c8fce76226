"""A key goes in: a missing one, a new one, one in place of another; tested first where that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from starlette.routing import Route

from profiles.base.errors import ConflictError, PkccError, SecretUnavailableError
from profiles.base.secret import Secret
from profiles.base.secret_checks import check_key_name, check_secret
from profiles.base.secret_names import may_be_key
from tray.actions.keys.hand_out import key_users
from tray.actions.keys.places import asks_passphrase, key_places
from tray.actions.keys.stored import store_key, stored_name
from tray.actions.keys.try_key import gateway_for, try_key
from tray.manager.access.sessions import Flash, Refused
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError
from tray.manager.views.keys.entering import console_of, elsewhere_words, stored_words, unavailable
from tray.manager.views.keys.listing import place_words
from tray.manager.views.words import host_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from profiles.gateway.check.kept_key_tests import KeyTest
    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


class _Target(NamedTuple):
    """The key that is to get a value: `name` as it was called, `key` as it is stored; "" for a new one."""

    name: str
    key: str
    back: str


class _Entry(NamedTuple):
    """What was sent: `path` is the page that says so where it comes to nothing."""

    target: _Target
    path: str
    secret: Secret
    passphrase: Secret | None
    tests: bool


def _target(request: Request, site: Site) -> _Target:
    name = request.path_params.get("name", "")
    if not name:
        return _Target("", "", "/keys")
    if request.url.path.endswith("/enter"):
        return _Target(name, stored_name(site.app, name), "/")
    return _Target(name, check_key_name(name), "/keys")


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """The form."""
    return _shown(site, session, request)


def _shown(site: Site, session: Session, request: Request, errors: Sequence[FieldError] = ()) -> Response:
    look = look_around(site)
    try:
        target = _target(request, site)
    except ConflictError:
        name = request.path_params["name"]
        row = look.profile(name)
        title, what = elsewhere_words(look.label(name), "" if row is None else row.key)
        return in_shell(site, session, request, "keys/elsewhere", look, title=title, what=what, name=name)
    places = key_places(site.app)
    reference = f"keyring:{target.key}"
    gateway = gateway_for(site.app, reference)
    return in_shell(
        site,
        session,
        request,
        "keys/enter",
        look,
        errors=errors,
        outcome="The key was not stored" if errors else "There is a problem",
        key=target.key,
        back=target.back,
        users=[look.label(name) for name in key_users(site.app)[0].get(reference, [])],
        stored=bool(target.key) and site.app.secrets.where(target.key) is not None,
        host=host_of(gateway),
        console=console_of(gateway),
        places=places,
        place=place_words(places),
        asks_passphrase=asks_passphrase(site.app, places, target.key),
        held=session.held(request.url.path) is not None,
    )


@form
def send(site: Site, session: Session, fields: Form) -> str | Response:
    """Store the key; where the test is wanted, only if the gateway takes it."""
    here = fields.request.url.path
    errors: list[FieldError] = []
    target = _named(session, fields, _target(fields.request, site), errors)
    secret = _typed(session, fields, errors)
    passphrase = _passphrase(site, fields, target.key, errors)
    if secret is not None:
        session.hold(here, secret)
    if errors or secret is None:
        return _shown(site, session, fields.request, errors)
    path = here if fields.request.path_params else f"/keys/{target.key}/replace"  # its name is known then
    session.hold(path, secret)
    tests = fields.is_ticked("test") and not fields.is_ticked("anyway")
    entry = _Entry(target, path, secret, passphrase, tests)
    title = f"{'Testing' if tests else 'Storing'} the key {target.key}"
    return site.jobs.change(title, lambda job: _carried_out(site, session, job, entry), path)


def _named(session: Session, fields: Form, target: _Target, errors: list[FieldError]) -> _Target:
    """The key that is meant: of a new one its name was typed, which gets into addresses, so no key may."""
    if target.key:
        return target
    name = fields.text("name")
    if not name:
        errors.append(FieldError("name", "Give the key a name"))
    elif may_be_key(name) or Secret(name) in (
        Secret(fields.pasted("key")),
        session.held(fields.request.url.path),
    ):
        fields.texts("name").clear()
        errors.append(FieldError("name", "That looks like a key: choose a short name, such as work"))
    else:
        try:
            return target._replace(name=name, key=check_key_name(name))
        except PkccError as error:
            errors.append(FieldError.of("name", error))
    return target


def _typed(session: Session, fields: Form, errors: list[FieldError]) -> Secret | None:
    """The key that was pasted, or that is kept from a try before."""
    text = fields.pasted("key")
    if not text:
        kept = session.held(fields.request.url.path)
        if kept is None:
            errors.append(FieldError("key", "Paste your Portkey API key"))
        return kept
    try:
        return check_secret(text, "The key")
    except PkccError as error:
        errors.append(FieldError.of("key", error))
    return None


def _passphrase(site: Site, fields: Form, key: str, errors: list[FieldError]) -> Secret | None:
    """The vault's passphrase, as it was typed, where one is asked for."""
    if not asks_passphrase(site.app, key_places(site.app), key):
        return None
    text = fields.as_typed("passphrase")
    if not text:
        errors.append(FieldError("passphrase", "Type the passphrase of the vault"))
    return Secret(text)


def _carried_out(site: Site, session: Session, job: Job, entry: _Entry) -> str:
    """The page to go on to: that of the form, where the key was refused."""
    target = entry.target
    if entry.passphrase is not None:
        try:
            job.app.secrets.backends.vault().unlock(entry.passphrase)
        except PkccError as error:
            session.refuse(Refused(entry.path, "The key was not stored", (("passphrase", error.title),)))
            return entry.path
    test = _test(session, job, entry) if entry.tests else None
    if entry.tests and test is None:
        return entry.path
    job.step("Storing it")
    try:
        stored, notes = store_key(job.app, target.name, target.key, entry.secret, test)
    except SecretUnavailableError as error:
        job.tell(unavailable(error, key_places(job.app)))
        return entry.path
    session.let_go()
    users = key_users(job.app)[0].get(f"keyring:{target.key}", [])
    title, lines = stored_words(stored, notes, users)
    job.tell(Flash("ok", title, lines))
    site.tell_changed()
    return target.back


def _test(session: Session, job: Job, entry: _Entry) -> KeyTest | None:
    """What a test of the key has found; None where the gateway does not take it, which its page then says."""
    key = entry.target.key
    reference = f"keyring:{key}"
    host = host_of(gateway_for(job.app, reference))
    step = job.step(f"Asking {host}")
    test = try_key(job.app, reference, entry.secret)
    if test.verdict in ("accepted", "not_looked_at"):
        step.end(f"{host} accepts it" if test.verdict == "accepted" else f"{host} does not look at keys")
        return test
    step.end(kind="bad")
    there = job.app.secrets.where(key) is not None
    why = f"{test.text.partition('. It says: ')[0]}{'. The old one is still in place' if there else ''}"
    outcome = "The key was not replaced" if there else "The key was not stored"
    session.refuse(Refused(entry.path, outcome, (("key", why),)))
    return None


ROUTES = (
    Route("/keys/new", show, methods=["GET"]),
    Route("/keys/new", send, methods=["POST"]),
    Route("/keys/{name:path}/enter", show, methods=["GET"]),
    Route("/keys/{name:path}/enter", send, methods=["POST"]),
    Route("/keys/{name:path}/replace", show, methods=["GET"]),
    Route("/keys/{name:path}/replace", send, methods=["POST"]),
)
