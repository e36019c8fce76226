"""The configs that are saved at Portkey: all of them, the versions of one, one as it is, one beside ours."""

from __future__ import annotations

from difflib import get_close_matches

from profiles.base.errors import NotFoundError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.files.hand_edited import write_hand_edited
from profiles.files.json_documents import readable
from profiles.gateway.account.known import Problem, rows_in
from profiles.gateway.account.problems import UNREADABLE
from profiles.portkey.config.explaining.difference import ConfigChange, differences, masked, veiled
from profiles.portkey.config.limits import bounded
from tray.actions.account.amounts import in_utc, moment_in
from tray.actions.account.ask import AccountError, account_of, asked_at, notes_on
from tray.actions.account.configs.new_file import place_for
from tray.actions.account.configs.users import users_by_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.gateway.account.account import Account
    from profiles.gateway.account.known import Known
    from profiles.gateway.account.records.offered import SavedConfig
    from tray.actions.account.configs.own_config import OwnConfig
    from tray.app import App


_LISTED_S = 60.0  # seconds that a list lasts in which what may be meant is looked for


class SavedRow(NamedTuple):
    """A saved config; `used_by` are the profiles here that name it."""

    id: str
    name: str
    status: str
    default: bool
    changed_at: str | None
    used_by: tuple[str, ...]


class SavedConfigs(NamedTuple):
    """The configs of a profile's workspace, and when that was known."""

    profile: str
    asked_at: str
    whole: bool
    configs: tuple[SavedRow, ...]


class VersionRow(NamedTuple):
    """One version of a saved config."""

    version: str
    status: str
    changed_at: str | None
    changed_by: str


class Versions(NamedTuple):
    """A saved config's versions, the newest first."""

    profile: str
    id: str
    versions: tuple[VersionRow, ...]


class Pulled(NamedTuple):
    """A saved config; `secrets` are the paths of what is dots in it, `file` is where it was written."""

    profile: str
    id: str
    file: str | None
    config: object
    secrets: tuple[str, ...]


class Compared(NamedTuple):
    """What a saved config would become if the file's were saved."""

    file: str
    id: str
    equal: bool
    changes: tuple[ConfigChange, ...]


def list_saved(app: App, profile: str) -> tuple[SavedConfigs, tuple[str, ...]]:
    """The configs by their names; and notes. Raises AccountError where they cannot be listed."""
    with account_of(app, app.store.rendered(profile)) as account:
        listed, secrets = account.configs(), account.place.revealed()
    if isinstance(listed, Problem):
        raise AccountError(listed)
    return listed_configs(app, profile, listed, secrets), notes_on([listed])


def listed_configs(
    app: App, profile: str, listed: Known[tuple[SavedConfig, ...]], secrets: Sequence[str]
) -> SavedConfigs:
    """The rows of a list of configs, by their names; what holds one of `secrets` is not shown."""
    users = users_by_id(app)
    rows = [
        SavedRow(
            id=veiled(each.slug, secrets),
            name=veiled(each.name, secrets),
            status=veiled(each.status, secrets),
            default=each.is_default,
            changed_at=in_utc(moment_in(each.updated_at)),
            used_by=users.get(each.slug, ()),
        )
        for each in listed.value
    ]
    rows.sort(key=lambda row: (row.name.lower(), row.id))
    return SavedConfigs(profile, asked_at(listed), listed.whole, tuple(rows))


def versions_of(app: App, profile: str, config_id: str) -> tuple[Versions, tuple[str, ...]]:
    """Its versions; and notes. Raises AccountError where they cannot be listed."""
    with account_of(app, app.store.rendered(profile)) as account:
        listed, secrets = account.versions(config_id), account.place.revealed()
        if isinstance(listed, Problem):
            raise absent(account, config_id, listed)
    rows = [
        VersionRow(
            version=veiled(each.id, secrets),
            status=veiled(each.status, secrets),
            changed_at=in_utc(moment_in(each.updated_at)),
            changed_by=veiled(each.updated_by, secrets),
        )
        for each in sorted(listed.value, key=lambda each: each.updated_at, reverse=True)
    ]
    return Versions(profile, config_id, tuple(rows)), notes_on([listed])


def pull(app: App, profile: str, config_id: str, version: str | None) -> tuple[object, Pulled]:
    """The config as Portkey has it, secrets and all, and as it may be shown. Raises AccountError."""
    with account_of(app, app.store.rendered(profile)) as account:
        config = _config(account, config_id, version)
        shown, secrets = masked(config, account.place.revealed())
    return config, Pulled(profile, config_id, None, shown, secrets)


def write_pulled(pulled: Pulled, config: object, output: str, *, force: bool) -> Pulled:
    """Write it into a file of mode 0600. Raises ConflictError over one that is there, unless `force`."""
    path = place_for(output, force=force)
    write_hand_edited(path, readable(config))
    return pulled._replace(file=path)


def compare(app: App, profile: str, own: OwnConfig, config_id: str) -> tuple[Compared, tuple[str, ...]]:
    """What would change at Portkey; and notes. Raises AccountError."""
    with account_of(app, app.store.rendered(profile)) as account:
        changes = differences(_config(account, config_id, None), own.config, account.place.revealed())
    notes = [
        f"{place} is {reference} here: what it leads to was not compared"
        for place, reference in own.referred.items()
    ]
    return Compared(own.file, config_id, not changes, changes), tuple(notes)


def _config(account: Account, config_id: str, version: str | None) -> object:
    config = _any_config(account, config_id, version)
    if not bounded(config):
        raise AccountError(UNREADABLE)
    return config


def _any_config(account: Account, config_id: str, version: str | None) -> object:
    if version is None:
        found = account.config(config_id)
        if isinstance(found, Problem):
            raise absent(account, config_id, found)
        return found.value
    versions = account.versions(config_id)
    if isinstance(versions, Problem):
        raise absent(account, config_id, versions)
    config = next((each.config for each in versions.value if each.id == version), None)
    if config is None:
        raise NotFoundError(
            f"{config_id} has no such version", f"`pkcc-tray config list --versions {config_id}` lists them."
        )
    return config


def absent(account: Account, config_id: str, problem: Problem) -> PkccError:
    """The problem as an error; where it is that there is no such config, with the one that may be meant."""
    if problem.kind != "absent":
        return AccountError(problem)
    known = {each.slug: each.name for each in rows_in(account.configs(_LISTED_S))}
    near = get_close_matches(config_id, known, 1)
    if not near:
        return NotFoundError(problem.title, problem.hint)
    meant = veiled(f"{near[0]} ({known[near[0]]})", account.place.revealed())
    return NotFoundError(problem.title, f"Did you mean {meant}?")
