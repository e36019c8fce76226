"""The places for keys: a vault is made, a key moves from one to the other, new ones are put elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from profiles.base.errors import ConflictError, PkccError, UsageError
from profiles.base.locations import PASSPHRASE_VARIABLE
from profiles.base.secret import Secret
from tray.actions.keys.places import key_places
from tray.actions.keys.stored import make_vault, move_key
from tray.actions.more.preference import set_preferences
from tray.manager.access.sessions import Flash
from tray.manager.answering.form import form
from tray.manager.answering.page import page
from tray.manager.look_around import look_around
from tray.manager.pages.shell import in_shell
from tray.manager.views.fields import FieldError
from tray.manager.views.words import STORES, home_short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from tray.manager.access.sessions import Session
    from tray.manager.answering.form import Form
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site


@page
def show(site: Site, session: Session, request: Request) -> Response:
    """How a vault can be opened: one is made by the form."""
    if key_places(site.app).vault.condition != "missing":
        return RedirectResponse("/keys", 303)
    return _shown(site, session, request)


def _shown(site: Site, session: Session, request: Request, errors: Sequence[FieldError] = ()) -> Response:
    look, places = look_around(site), key_places(site.app)
    return in_shell(
        site,
        session,
        request,
        "keys/vault",
        look,
        errors=errors,
        outcome="The vault was not made",
        folder=home_short(places.directory, look.home),
        given=bool(site.app.environ.get(PASSPHRASE_VARIABLE)),
        asks_where=not places.fixed and places.for_new == "keyring",
    )


@form
def make(site: Site, session: Session, fields: Form) -> str | Response:
    """Make the vault."""
    unlock = fields.text("unlock")
    if unlock not in ("key-file", "passphrase", "environment"):
        return _shown(site, session, fields.request, [FieldError("unlock", "Choose how it is opened")])
    passphrase: Secret | None = None
    errors: list[FieldError] = []
    if unlock == "passphrase" and not site.app.environ.get(PASSPHRASE_VARIABLE):
        passphrase, errors = _passphrase(fields)
    if not errors:
        try:
            _, notes = make_vault(site.app, unlock, passphrase)  # type: ignore[arg-type]
        except ConflictError:
            raise  # there is one: nothing in the form is wrong
        except PkccError as error:
            errors = [FieldError.of("unlock", error)]
    if errors:
        return _shown(site, session, fields.request, errors)
    if fields.is_ticked("from_now_on"):
        set_preferences(site.app, {"new_keys": "vault"})
    session.tell(Flash("ok", "The vault is made", notes))
    return "/keys"


def _passphrase(fields: Form) -> tuple[Secret | None, list[FieldError]]:
    """What was typed twice: as it is, spaces too."""
    first, again = fields.as_typed("passphrase"), fields.as_typed("again")
    if not first:
        return None, [FieldError("passphrase", "Type a passphrase")]
    if first != again:
        return None, [FieldError("again", "The two passphrases differ. Type both again")]
    return Secret(first), []


@form
def choose(site: Site, session: Session, fields: Form) -> str:
    """Have new keys go to one of the places."""
    place = fields.text("place")
    if place not in STORES:
        raise UsageError("There is no such place", "Choose one of the two.")
    set_preferences(site.app, {"new_keys": "auto" if place == "keyring" else place})
    session.tell(
        Flash("ok", f"New keys go into {STORES[place]}", ("Those that are stored stay where they are.",))
    )
    return "/keys"


@form
def move(site: Site, session: Session, fields: Form) -> str:  # noqa: ARG001
    """Have the other place hold a key."""
    name = fields.text("name")
    before = site.app.secrets.where(name)

    def work(job: Job) -> str:
        moved = move_key(job.app, name, "vault" if before == "keyring" else "keyring")
        place = STORES[moved.stored_in]
        job.tell(
            Flash("ok", f"The key {name} lies in {place} now", ("Profiles find it there by themselves.",))
        )
        return "/keys"

    return site.jobs.change(f"Moving the key {name}", work, "/keys")


ROUTES = (
    Route("/keys/vault", show, methods=["GET"]),
    Route("/keys/vault", make, methods=["POST"]),
    Route("/keys/place", choose, methods=["POST"]),
    Route("/keys/move", move, methods=["POST"]),
)
