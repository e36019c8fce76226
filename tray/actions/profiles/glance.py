"""All profiles at a glance, as a window lists them: route, models, metadata, and whether the key is there."""

from __future__ import annotations

import json

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import has_secret, mask
from profiles.base.text import printable
from profiles.claude_code.credential_lines import address_of, normal_address
from profiles.portkey.header_names import METADATA
from profiles.profile.config_names import kept_names, short_hint
from profiles.profile.model_advice import retiring
from profiles.profile.rendering import models_of
from tray.actions.describe import describe

if TYPE_CHECKING:
    from profiles.portkey.retired_models import Retirement
    from profiles.profile.rendering import Rendered
    from tray.app import App


class Glanced(NamedTuple):
    """A profile's row.

    `key` is the reference that leads to its key, `key_is_there` None where only reading would tell; `retires`
    is the first of its models that is retired or will be. `problem` and `remedy`: why it cannot be used, ""
    otherwise.
    """

    name: str
    label: str
    route: str = ""
    gateway: str = ""
    dialect: str = ""
    models: tuple[tuple[str, str], ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    key: str = ""
    key_stored_in: str | None = None
    key_is_there: bool | None = None
    key_in_file: bool = False
    retires: Retirement | None = None
    problem: str = ""
    remedy: str = ""


def glance_at_profiles(app: App) -> tuple[Glanced, ...]:
    """Every profile, in the order of their names. No key is read."""
    names = kept_names(app.locations)
    keys: dict[str, tuple[str | None, bool | None]] = {}
    found = []
    for name in app.store.names():
        try:
            rendered = app.store.rendered(name)
        except PkccError as error:
            found.append(Glanced(name, name, problem=error.title, remedy=error.hint))
            continue
        if rendered.key_ref not in keys:
            keys[rendered.key_ref] = _key(app, rendered.key_ref)
        found.append(_glanced(rendered, names, *keys[rendered.key_ref]))
    return tuple(found)


def _key(app: App, reference: str) -> tuple[str | None, bool | None]:
    """Where the key lies, and whether it is there."""
    scheme, _, target = reference.partition(":")
    where = app.secrets.where(target) if scheme in ("keyring", "vault") else None
    return where, app.secrets.present(reference)


def _glanced(
    rendered: Rendered, names: dict[str, str], stored_in: str | None, is_there: bool | None
) -> Glanced:
    described = describe(rendered, names)
    retired = retiring(rendered)
    return Glanced(
        rendered.name,
        described.label or rendered.name,
        short_hint(rendered, names),
        normal_address(address_of(rendered.env)),
        rendered.dialect,
        _models(rendered),
        _metadata(rendered),
        described.key,
        stored_in,
        is_there,
        not rendered.helper,
        retired[0][2] if retired else None,
    )


def _models(rendered: Rendered) -> tuple[tuple[str, str], ...]:
    """The models that the profile names, the one that sessions begin with first, then by their size."""
    found = models_of(rendered)
    first = [field for field in ("setting", "default", "opus", "sonnet", "haiku", "fable") if field in found]
    return tuple((field, found[field]) for field in dict.fromkeys([*first, *found]))


def _metadata(rendered: Rendered) -> tuple[tuple[str, str], ...]:
    text = dict(rendered.headers).get(METADATA, "")
    try:
        pairs = json.loads(text) if text and not has_secret(text) else {}
    except ValueError:
        pairs = {}
    return tuple((printable(str(name)), printable(mask(str(value)))) for name, value in pairs.items())
