"""All profiles at a glance, as a window lists them: route, models, metadata, and whether the key is there."""

from __future__ import annotations

import json

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.secret_markers import has_secret, mask
from profiles.base.text import printable
from profiles.claude_code.credential_lines import address_of, normal_address
from profiles.files.read import file_mark
from profiles.policy.in_force import policy_in_force
from profiles.policy.values import NOTHING_FORCED
from profiles.portkey.header_names import METADATA
from profiles.profile.catalog_terms import withdrawn_among
from profiles.profile.config.names import kept_names, path_of, short_hint
from profiles.profile.rendering import mark_of
from profiles.profile.schema.model_advice import retiring
from profiles.profile.together.order import read_order
from profiles.profile.under_policy import why_refused
from tray.actions.describing.describe import describe, models_in_order

if TYPE_CHECKING:
    from profiles.portkey.retired_models import Retirement
    from profiles.profile.rendering import Rendered
    from tray.app import App


class Glanced(NamedTuple):
    """A profile's row.

    `key` is the `reference` that leads to its key as it may be shown, `key_is_there` None where only reading
    would tell; `retires` is the first of its models that is retired or will be. `problem` and `remedy`: why
    it cannot be used, "" otherwise; `refused`: why an administrator does not allow it. `mark`: see
    `rendering.mark_of`. `withdrawn`: why its publisher wants it used no more.
    """

    name: str
    label: str
    route: str = ""
    gateway: str = ""
    dialect: str = ""
    models: tuple[tuple[str, str], ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    key: str = ""
    reference: str = ""
    key_stored_in: str | None = None
    key_is_there: bool | None = None
    key_in_file: bool = False
    retires: Retirement | None = None
    problem: str = ""
    remedy: str = ""
    favourite: bool = False
    mark: str = ""
    refused: str = ""
    withdrawn: str = ""


class Glances:
    """The rows of all profiles. Those of unchanged files are remembered, so that a thousand take some ms."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._names_mark: tuple[int, int, int] | None = None
        self._config_names: dict[str, str] = {}
        self._policy = NOTHING_FORCED  # by which the rows were judged
        self._known: dict[str, tuple[tuple[int, int, int] | None, Glanced]] = {}

    def read(self) -> tuple[Glanced, ...]:
        """Every profile, in the person's own order. No key is read."""
        app = self._app
        mark = file_mark(path_of(app.locations))
        if mark != self._names_mark:
            self._names_mark, self._config_names, self._known = mark, kept_names(app.locations), {}
        if (policy := policy_in_force()) != self._policy:
            self._policy, self._known = policy, {}
        known, self._known = self._known, {}
        keys: dict[str, tuple[str | None, bool | None]] = {}
        found = []
        order = read_order(app.locations)
        favourites = frozenset(order.favourites)
        names = order.arranged(app.store.names())
        gone = withdrawn_among(app.locations, names)
        for name in names:
            mark = file_mark(app.store.path_of(name))
            kept = known.get(name)
            row = kept[1] if kept is not None and kept[0] is not None and kept[0] == mark else self._row(name)
            # What is wrong may be in another file that it names, and a model retires without a change of any.
            self._known[name] = (None if row.problem or row.retires else mark, row)
            if row.reference not in keys:
                keys[row.reference] = _key(app, row.reference)
            where, is_there = keys[row.reference]
            if not row.problem:
                row = row._replace(key_stored_in=where, key_is_there=is_there)
            found.append(row._replace(favourite=name in favourites, withdrawn=gone.get(name, "")))
        return tuple(found)

    def _row(self, name: str) -> Glanced:
        try:
            rendered = self._app.store.rendered(name, self._policy)
        except PkccError as error:
            return Glanced(name, name, problem=error.title, remedy=error.hint)
        return _glanced(rendered, self._config_names)._replace(refused=why_refused(self._policy, rendered))


def _key(app: App, reference: str) -> tuple[str | None, bool | None]:
    """Where the key lies, and whether it is there."""
    if not reference:
        return None, None
    scheme, _, target = reference.partition(":")
    where = app.secrets.where(target) if scheme in ("keyring", "vault") else None
    return where, app.secrets.present(reference)


def _glanced(rendered: Rendered, names: dict[str, str]) -> Glanced:
    described = describe(rendered, names)
    retired = retiring(rendered)
    return Glanced(
        rendered.name,
        described.label or rendered.name,
        short_hint(rendered, names),
        normal_address(address_of(rendered.env)),
        rendered.dialect,
        tuple(models_in_order(rendered).items()),
        _metadata(rendered),
        described.key,
        rendered.key_ref,
        key_in_file=not rendered.helper,
        retires=retired[0][2] if retired else None,
        mark=mark_of(rendered),
    )


def _metadata(rendered: Rendered) -> tuple[tuple[str, str], ...]:
    text = dict(rendered.headers).get(METADATA, "")
    try:
        pairs = json.loads(text) if text and not has_secret(text) else {}
    except ValueError:
        pairs = {}
    return tuple((printable(str(name)), printable(mask(str(value)))) for name, value in pairs.items())
