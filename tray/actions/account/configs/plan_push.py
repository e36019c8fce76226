"""What saving a config of ours would change at Portkey, and what is there now. Changes nothing."""

from __future__ import annotations

from profiles.base.errors import ConflictError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.gateway.account.known import Known, Problem, rows_in
from profiles.gateway.asking.at_once import AtOnce
from profiles.portkey.config.explaining.difference import ConfigChange, differences
from tray.actions.account.ask import AccountError, account_of
from tray.actions.account.configs.own_config import with_secrets
from tray.actions.account.configs.saved import absent
from tray.actions.account.configs.users import users_by_id, users_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.gateway.account.account import Account
    from profiles.gateway.account.records.offered import SavedConfig
    from tray.actions.account.configs.own_config import OwnConfig
    from tray.actions.account.configs.users import Users
    from tray.app import App

_IN_USE = ("", "active")  # a config's status


class Meant(NamedTuple):
    """What is to be saved as what: `id` that of a saved config, `name` a name; both "" for the file's own.

    `secrets_allowed` sends the secrets in it, too.
    """

    profile: str
    own: OwnConfig
    id: str = ""
    name: str = ""
    secrets_allowed: bool = False


class There(NamedTuple):
    """A saved config as it was seen, None where the key may not read it, and its versions' ids."""

    config: Mapping[str, object] | None
    versions: frozenset[str]


class Plan(NamedTuple):
    """What a push would do: `id` is "" for a new config, `changes` are those of one that is there.

    `config` holds secrets where those were allowed: it is for Portkey alone. `renames` says that it would be
    called `name`, `is_known` that one of our profiles names it, or that the person did.
    """

    meant: Meant
    id: str
    name: str
    config: Mapping[str, object]
    there: There | None
    changes: tuple[ConfigChange, ...]
    users: Users
    renames: bool
    is_known: bool
    notes: tuple[str, ...]

    @property
    def saves(self) -> bool:
        """Whether something would be saved: not where all is there already."""
        return not self.id or bool(self.changes) or self.renames or self.is_blind

    @property
    def is_blind(self) -> bool:
        """Whether there is a config that the key may not read."""
        return self.there is not None and self.there.config is None


def plan_push(app: App, meant: Meant) -> Plan:
    """What would be saved, and what of what is there would change. Raises PkccError."""
    config = with_secrets(app, meant.own, allowed=meant.secrets_allowed)
    users = users_of_file(app, meant.own.file, meant.profile)
    name = meant.name or meant.own.name
    new = Plan(meant, meant.id, name, config, None, (), users, False, True, meant.own.notes)
    with account_of(app, app.store.rendered(meant.profile)) as account:
        if meant.id:
            renames = bool(meant.name) and _name_of(account, meant.id) != meant.name
            return _with_changes(account, new._replace(renames=renames))
        found, notes = find_by_name(account, name)
        if found is None:
            return new._replace(notes=(*new.notes, *notes))
        is_known = bool(meant.name) or found.slug in users_by_id(app)
        return _with_changes(account, new._replace(id=found.slug, is_known=is_known))


def _with_changes(account: Account, plan: Plan) -> Plan:
    there, notes = look(account, plan.id)
    changes = () if there.config is None else differences(there.config, plan.config, account.place.revealed())
    return plan._replace(there=there, changes=changes, notes=(*plan.notes, *notes))


def _name_of(account: Account, config_id: str) -> str:
    """What a saved config is called; "" where that is not known."""
    return next((each.name for each in rows_in(account.configs()) if each.slug == config_id), "")


def find_by_name(account: Account, name: str) -> tuple[SavedConfig | None, tuple[str, ...]]:
    """The saved config of that name; None for none, and with a note where the key may not list them.

    Raises ConflictError for several. One that is archived is nobody's to use.
    """
    listed = account.configs()
    problem = listed if isinstance(listed, Problem) else listed.problem
    if problem is not None and problem.kind != "right":
        raise AccountError(problem)
    if isinstance(listed, Problem):
        what = f"whether one is named {name!r} already, and a new one's id, are not known"
        return None, (f"{listed.title}: {what}. {listed.hint}",)
    named = [each for each in listed.value if each.name == name and each.status in _IN_USE]
    if len(named) > 1:
        ids = ", ".join(each.slug for each in named)
        raise ConflictError(f"Several configs are named {name!r}: {ids}", "Say which with --id.")
    return (named[0] if named else None), ()


def look(account: Account, config_id: str) -> tuple[There, tuple[str, ...]]:
    """The config as it is now. One that the key may not read is not known, which a note says."""
    with AtOnce(2) as pool:
        asked = pool.submit(account.versions, config_id)
        config = account.config(config_id)
        versions = asked.result()
    ids = frozenset(each.id for each in rows_in(versions))
    if isinstance(config, Known):
        return There(config.value, ids), ()
    if config.kind != "right":
        raise absent(account, config_id, config)
    return There(None, ids), (f"{config.title}: what {config_id} is now is not known. {config.hint}",)
