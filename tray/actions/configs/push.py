"""A config of ours is saved at Portkey: what that would change first, then the change, then who names it.

Portkey replaces whatever is there. So what was seen is looked at again right before: where somebody else has
changed it since, nothing is done.
"""

from __future__ import annotations

from profiles.base.at_once import AtOnce
from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.gateway.account.known import Known, Problem
from tray.actions.account.ask import AccountError, account_of
from tray.actions.configs.own_config import with_secrets
from tray.actions.configs.users import have_name, users_by_id, users_of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from profiles.gateway.account.account import Account
    from profiles.gateway.account.records.offered import SavedConfig
    from profiles.portkey.config_difference import ConfigChange
    from tray.actions.configs.own_config import OwnConfig
    from tray.actions.configs.users import Users
    from tray.app import App


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

    `config` holds secrets where those were allowed: it is for Portkey alone. `is_known` says that one of our
    profiles names it, or that the person did.
    """

    meant: Meant
    id: str
    name: str
    config: Mapping[str, object]
    there: There | None
    changes: tuple[ConfigChange, ...]
    users: Users
    is_known: bool
    notes: tuple[str, ...]

    @property
    def is_blind(self) -> bool:
        """Whether there is a config that the key may not read."""
        return self.there is not None and self.there.config is None


class Pushed(NamedTuple):
    """A config that is saved; `profiles` name it from now on, and `version` is null where nothing changed."""

    id: str
    name: str
    profile: str
    created: bool
    version: str | None
    changes: tuple[ConfigChange, ...]
    profiles: tuple[str, ...]


def plan_push(app: App, meant: Meant) -> Plan:
    """What would be saved, and what of what is there would change. Changes nothing. Raises PkccError."""
    config = with_secrets(app, meant.own, allowed=meant.secrets_allowed)
    users = users_of_file(app, meant.own.file, meant.profile)
    name = meant.name or meant.own.name
    with account_of(app, app.store.rendered(meant.profile)) as account:
        if meant.id:
            return _plan_change(account, meant, _Target(meant.id, meant.name, True), config, users)
        found, notes = _find_by_name(account, name)
        if found is None:
            return Plan(meant, "", name, config, None, (), users, True, notes)
        is_known = bool(meant.name) or found.slug in users_by_id(app)
        return _plan_change(account, meant, _Target(found.slug, name, is_known), config, users)


class _Target(NamedTuple):
    id: str
    name: str
    is_known: bool


def _plan_change(
    account: Account, meant: Meant, target: _Target, config: Mapping[str, object], users: Users
) -> Plan:
    from profiles.portkey.config_difference import differences

    there, notes = _look(account, target.id)
    secrets = [secret.reveal() for secret in account.place.secrets]
    changes = () if there.config is None else differences(there.config, config, secrets)
    return Plan(meant, target.id, target.name, config, there, changes, users, target.is_known, notes)


def _find_by_name(account: Account, name: str) -> tuple[SavedConfig | None, tuple[str, ...]]:
    """The saved config of that name; None for none. Raises ConflictError for several."""
    listed = account.configs()
    problem = listed if isinstance(listed, Problem) else listed.problem
    if problem is not None and problem.kind != "right":
        raise AccountError(problem)
    if isinstance(listed, Problem):
        what = f"whether one is named {name!r} already, and a new one's id, are not known"
        return None, (f"{listed.title}: {what}. {listed.hint}",)
    named = [each for each in listed.value if each.name == name]
    if len(named) > 1:
        ids = ", ".join(each.slug for each in named)
        raise ConflictError(f"Several configs are named {name!r}: {ids}", "Say which with --id.")
    return (named[0] if named else None), ()


def _look(account: Account, config_id: str) -> tuple[There, tuple[str, ...]]:
    """The config as it is now. One that the key may not read is not known, which a note says."""
    with AtOnce(2) as pool:
        asked = pool.submit(account.versions, config_id)
        config = account.config(config_id)
        versions = asked.result()
    ids = frozenset(each.id for each in versions.value) if isinstance(versions, Known) else frozenset()
    if isinstance(config, Known):
        return There(config.value, ids), ()
    if config.kind != "right":
        raise AccountError(config)
    return There(None, ids), (f"{config.title}: what {config_id} is now is not known. {config.hint}",)


def push(app: App, plan: Plan, tell: Callable[[str], None]) -> tuple[Pushed, tuple[str, ...]]:
    """Save it, then have the profiles name it; `tell` hears the id in between. Raises PkccError.

    Raises ConflictError, with nothing changed, where what is there is not what the plan saw.
    """
    version: str | None = None
    config_id = plan.id
    notes: list[str] = []
    with account_of(app, app.store.rendered(plan.meant.profile)) as account:
        if not plan.id:
            config_id, version = _create(account, plan)
        elif plan.there and (plan.changes or plan.is_blind or (plan.meant.id and plan.meant.name)):
            version = _change(account, plan, plan.there, notes)
    if version is not None:
        tell(f"Saved at Portkey: {config_id}")
    profiles = plan.users.same
    if profiles:
        try:
            notes += have_name(app, profiles, config_id, ("config push", f"config push {config_id}"))
        except PkccError as error:
            raise _half_done(plan, config_id, error) from None
    notes += [
        f"{name} uses that file with another key, and goes on doing so: "
        f"`pkcc-tray config push {plan.meant.own.file} --profile {name}` saves it there too"
        for name in plan.users.others
    ]
    created = not plan.id
    done = Pushed(config_id, plan.name, plan.meant.profile, created, version, plan.changes, profiles)
    return done, (*plan.notes, *notes)


def _create(account: Account, plan: Plan) -> tuple[str, str]:
    """The id and the version of a config newly saved."""
    if _find_by_name(account, plan.name)[0] is not None:
        raise _meanwhile(f"somebody has saved a config named {plan.name!r}")
    created = account.create_config(plan.name, plan.config)
    if isinstance(created, Problem):
        raise _not_saved(created)
    slug = account.slug_of(created.value)
    if isinstance(slug, str) and slug:
        return slug, created.value.version
    reason = f": {slug.title}" if isinstance(slug, Problem) else ": it is not in the list yet"
    edition = account.place.edition
    raise PkccError(
        f"{plan.name!r} is saved at Portkey ({created.value.id}), but its pc-… id is not known{reason}",
        f"Look it up at {edition.place('Configs')}; `{_again(plan, 'pc-…')}` has the profile name it.",
    )


def _change(account: Account, plan: Plan, seen: There, notes: list[str]) -> str:
    """The version that the change made."""
    now, _ = _look(account, plan.id)
    if now.config != seen.config or (now.versions and seen.versions and now.versions != seen.versions):
        raise _meanwhile(f"somebody has changed {plan.id}")
    changed = account.update_config(plan.id, config=plan.config, name=plan.meant.name or None)
    if isinstance(changed, Problem):
        raise _not_saved(changed)
    versions = account.versions(plan.id)
    if isinstance(versions, Known) and seen.versions:
        between = {each.id for each in versions.value} - seen.versions - {changed.value}
        notes += [
            f"somebody else saved version {each} in the same moment: "
            f"`pkcc-tray config pull {plan.id} --version {each}` shows it"
            for each in sorted(between)
        ]
    return changed.value


def _meanwhile(what: str) -> ConflictError:
    return ConflictError(
        f"While you looked at the difference {what}: nothing was changed",
        "Run the command again: it shows what is there now.",
    )


def _not_saved(problem: Problem) -> PkccError:
    """Where nothing answered it may be saved all the same."""
    if problem.kind != "no_answer" or problem.status:
        return AccountError(problem)
    title = f"{problem.title}. Whether the config is saved is not known"
    again = "Run the command again: it finds what is saved, and saves nothing twice."
    return AccountError(problem._replace(title=title, hint=again))


def _half_done(plan: Plan, config_id: str, error: PkccError) -> PkccError:
    title = f"{config_id} is saved at Portkey, but no profile was changed: {error.title}"
    return type(error)(title, f"{error.hint} Then `{_again(plan, config_id)}` does the rest.".lstrip())


def _again(plan: Plan, config_id: str) -> str:
    file = f"{plan.meant.own.file} " if plan.meant.own.file else ""
    return f"pkcc-tray config push {file}--profile {plan.meant.profile} --id {config_id}"
