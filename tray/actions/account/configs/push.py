"""A config of ours is saved at Portkey, and then the profiles that used it name its id.

Portkey replaces whatever is there. So what was seen is looked at again right before: where somebody else has
changed it since, nothing is done.
"""

from __future__ import annotations

from profiles.base.errors import ConflictError, PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.programs.command_line import shown_line
from profiles.gateway.account.known import Problem
from tray.actions.account.ask import AccountError, account_of
from tray.actions.account.configs.plan_push import find_by_name, look
from tray.actions.account.configs.users import have_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from profiles.gateway.account.account import Account
    from profiles.portkey.config.explaining.difference import ConfigChange
    from tray.actions.account.configs.plan_push import Plan, There
    from tray.app import App


class Pushed(NamedTuple):
    """A config that is saved; `profiles` name it from now on, and `version` is null where nothing changed."""

    id: str
    name: str
    profile: str
    created: bool
    version: str | None
    changes: tuple[ConfigChange, ...]
    profiles: tuple[str, ...]


def push(app: App, plan: Plan, tell: Callable[[str], None]) -> tuple[Pushed, tuple[str, ...]]:
    """Save it, then have the profiles name it; `tell` hears the id in between. Raises PkccError.

    Raises ConflictError, with nothing changed, where what is there is not what the plan saw.
    """
    version: str | None = None
    config_id = plan.id
    notes: tuple[str, ...] = ()
    with account_of(app, app.store.rendered(plan.meant.profile)) as account:
        if not plan.id:
            config_id, version = _create(account, plan)
        elif plan.there and plan.saves:
            version, notes = _change(account, plan, plan.there)
    profiles = plan.users.same
    if profiles:
        if version is not None:
            tell(f"Saved at Portkey: {config_id}")
        try:
            notes += have_name(app, profiles, config_id)
        except PkccError as error:
            raise _half_done(plan, config_id, error) from None
    notes += tuple(
        f"{name} uses that file with another key, and goes on doing so: "
        f"{_again(plan, profile=name)} saves it there too"
        for name in plan.users.others
    )
    created = not plan.id
    done = Pushed(config_id, plan.name, plan.meant.profile, created, version, plan.changes, profiles)
    return done, notes


def _create(account: Account, plan: Plan) -> tuple[str, str]:
    """The id and the version of a config newly saved."""
    if find_by_name(account, plan.name)[0] is not None:
        raise _meanwhile(f"somebody has saved a config named {plan.name!r}")
    created = account.create_config(plan.name, plan.config)
    if isinstance(created, Problem):
        raise _not_saved(created)
    slug = account.slug_of(created.value)
    if isinstance(slug, str) and slug and _can_be_named(slug):
        return slug, created.value.version
    reason = f": {slug.title}" if isinstance(slug, Problem) else ": the list has none for it yet"
    edition = account.place.edition
    raise PkccError(
        f"{plan.name!r} is saved at Portkey ({created.value.id}), but its pc-… id is not known{reason}",
        f"Look it up at {edition.place('Configs')}; {_again(plan, '--id', 'ID')} has the profile name it.",
    )


def _can_be_named(slug: str) -> bool:
    """Whether it is an id that a profile can name, and that a script can go on with."""
    from profiles.profile.schema.fields import check_identifier

    try:
        check_identifier(slug)
    except ValueError:
        return False
    return True


def _change(account: Account, plan: Plan, seen: There) -> tuple[str, tuple[str, ...]]:
    """The version that the change made; and notes."""
    now, _ = look(account, plan.id)
    if now.config != seen.config or (now.versions and seen.versions and now.versions != seen.versions):
        raise _meanwhile(f"somebody has changed {plan.id}")
    changed = account.update_config(plan.id, config=plan.config, name=plan.name if plan.renames else None)
    if isinstance(changed, Problem):
        raise _not_saved(changed)
    versions = account.versions(plan.id)
    if isinstance(versions, Problem) or not seen.versions:
        return changed.value, ()
    between = {each.id for each in versions.value} - seen.versions - {changed.value}
    return changed.value, tuple(
        f"somebody else saved version {each} in the same moment: "
        f"`pkcc-tray config pull {plan.id} --version {each}` shows it"
        for each in sorted(between)
    )


def _meanwhile(what: str) -> ConflictError:
    return ConflictError(
        f"In the meantime {what}: nothing was saved",
        "Run the command again: it compares with what is there now.",
    )


def _not_saved(problem: Problem) -> PkccError:
    """Where no answer came that says otherwise, it may be saved all the same."""
    if problem.kind not in ("no_answer", "no_gateway") or 300 <= problem.status < 500:
        return AccountError(problem)
    title = f"{problem.title}. Whether the config is saved is not known"
    again = "Run the command again: it finds what is saved, and saves nothing twice."
    return AccountError(problem._replace(title=title, hint=again))


def _half_done(plan: Plan, config_id: str, error: PkccError) -> PkccError:
    title = f"{config_id} is saved at Portkey, but no profile was changed: {error.title}"
    return type(error)(title, f"{error.hint} Then {_again(plan, '--id', config_id)} does the rest.".lstrip())


def _again(plan: Plan, *words: str, profile: str = "") -> str:
    """The same push as a command line, with more words to it, or for another profile."""
    file = [plan.meant.own.file] if plan.meant.own.file else []
    line = ["pkcc-tray", "config", "push", *file, "--profile", profile or plan.meant.profile, *words]
    return f"`{shown_line(line)}`"
