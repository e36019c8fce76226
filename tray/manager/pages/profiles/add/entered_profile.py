"""A profile of what was entered, and what is wrong with it, each on the page that it was entered on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.claude_code.dialects import gateway_meant
from profiles.portkey.editions import PORTKEY
from tray.actions.profiles.add import checked_profile, draft_of, prepare_profile, wrong_fields
from tray.actions.profiles.adding.entered import LATER, UNNAMED, data_of
from tray.actions.profiles.adding.place import place_data
from tray.manager.access.sessions import Refused
from tray.manager.views.fields import FieldError

if TYPE_CHECKING:
    from profiles.base.secret import Secret
    from profiles.profile.rendering import Rendered
    from tray.actions.profiles.add import NewProfile
    from tray.actions.profiles.adding.entered import Entered, KeyAnswer
    from tray.app import App
    from tray.manager.access.sessions import Session
    from tray.manager.pages.profiles.add.draft import Draft

# The first part of a field's path in a profile → page, field there, what it is called there.
_FIELDS = {
    "gateway": ("/add", "url", "Gateway address"),
    "api_key": ("/add", "source", "Key"),
    "route": ("/add/route", "kind", "Route"),
    "models": ("/add/models", "model-sonnet", "Model"),
    "label": ("/add/details", "label", "Name"),
    "name": ("/add/details", "name", "Short name"),
    "metadata": ("/add/details", "metadata", "Metadata"),
    "trace_id": ("/add/details", "trace", "Trace id"),
    "extra_headers": ("/add/details", "headers", "Header"),
    "extra_env": ("/add/details", "env", "Variable"),
    "vertex": ("/add/details", "project", "Project or region"),
    "key_delivery": ("/add/details", "delivery", "Delivery"),
    "key_in": ("/add/details", "delivery", "Delivery"),
    "dialect": ("/add/details", "dialect", "API format"),
}


class Wrong(NamedTuple):
    """What is wrong, and the page it was entered on."""

    path: str
    error: FieldError


def refuse(session: Session, path: str, *errors: FieldError) -> str:
    """Have the page at that path say what is wrong: its address."""
    session.refuse(Refused(path, "There is a problem", errors))
    return path


def place_of_key(key: KeyAnswer) -> Rendered:
    """Where the account is asked. Raises PkccError for a key or gateway that cannot be."""
    return draft_of(place_data(UNNAMED, key.base_url("messages"), key.reference(UNNAMED)))


def gateway_url(key: KeyAnswer) -> str:
    """The base URL of the gateway that was chosen."""
    return gateway_meant(key.base_url("messages") or PORTKEY.name, "messages")


def wrong_in_draft(draft: Draft) -> list[Wrong]:
    """What is wrong in what was entered. Raises PkccError for a config file that cannot be read."""
    return wrong_in(data_of(draft.entered(), draft.secret)[0])


def wrong_in(data: dict[str, object]) -> list[Wrong]:
    """What is wrong in a profile's data, said on the pages it was entered on."""
    found = []
    for path, why in wrong_fields(data):
        page, field, called = _FIELDS.get(path.partition(".")[0], ("/add/details", "", ""))
        says_itself = not why.startswith(("must ", "is ", "has ", "holds "))
        text = f"{why[:1].upper()}{why[1:]}" if says_itself else f"{called} {why}"
        found.append(Wrong(page, FieldError(field, text)))
    return found


def new_profile(app: App, entered: Entered, secret: Secret | None) -> NewProfile:
    """The profile, ready to be stored. Raises PkccError where something of it is wrong."""
    data, secrets, notes = data_of(entered, secret)
    new = prepare_profile(app, checked_profile(data), secrets)
    return new._replace(notes=(*notes, *new.notes))


def has_key(draft: Draft) -> bool:
    """Whether a key was given, or is stored: without one nothing can be asked."""
    return draft.key.source not in ("", LATER) and not draft.lacks_key
