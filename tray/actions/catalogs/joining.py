"""The end of `join`: a key for the catalog's profiles, and its default in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import ConflictError, PkccError
from profiles.catalogs.kept.looking import look_at_all
from profiles.catalogs.managed import managed_names, managed_subscriptions
from profiles.catalogs.signature import parse_key
from profiles.profile.under_policy import check_storing
from tray.actions.catalogs.managed import subscribe_managed
from tray.actions.catalogs.offer import Added, check_expected
from tray.actions.catalogs.overriding import override_all
from tray.actions.catalogs.overview import show_catalog, source_of_subscription
from tray.actions.catalogs.updating import update_catalogs

if TYPE_CHECKING:
    from profiles.base.secret import Secret
    from tray.actions.catalogs.described import DescribedProfile
    from tray.actions.catalogs.offer import Wanted
    from tray.app import App


class OwnKey(NamedTuple):
    """A person's own: a reference, or a key that is to be stored; neither: as the catalog says."""

    reference: str | None = None
    secret: Secret | None = None


class Joined(NamedTuple):
    """What is followed now, and how far its default profile is."""

    name: str
    serial: int
    profiles: tuple[str, ...]
    profile: str
    key: str
    has_key: bool
    switched: bool
    is_suggested: bool


def follow_managed(app: App, wanted: Wanted) -> tuple[Added, tuple[str, ...]] | None:
    """The same where an administrator decides about that source: without a question. None where none does."""
    address = wanted.checked().address
    name = next((each.name for each in managed_subscriptions() if each.source == address), None)
    if name is None:
        return None
    subscribe_managed(app)
    return _up_to_date(app, name, wanted)


def follow_again(app: App, wanted: Wanted, typed: str) -> tuple[Added, tuple[str, ...]] | None:
    """The same of one that is followed from there already, or by the name that was typed; None otherwise.

    Raises UsageError for an option that cannot be, ConflictError where it is followed by another key than the
    one that is wanted.
    """
    wanted.check_options()
    if typed in managed_names():
        subscribe_managed(app)
        return _up_to_date(app, typed, wanted)
    followed = {each.subscription.name: each for each in look_at_all(app.locations) if each.accepted}
    source = None if typed in followed else wanted.checked()
    for name, each in followed.items():
        known = each.subscription
        if wanted.name not in ("", name):
            continue
        if typed != name and source_of_subscription(known) != source:
            continue
        if wanted.key and parse_key(wanted.key).text not in known.keys:
            raise ConflictError(
                f"You follow {known.name} from there already, by another signing key",
                f"If the new one is right: `pkcc-tray catalog trust {known.name} --key …`.",
            )
        return _up_to_date(app, known.name, wanted)
    return None


def _up_to_date(app: App, name: str, wanted: Wanted) -> tuple[Added, tuple[str, ...]]:
    """A catalog that is followed, brought up to date; where that fails, as it was accepted, and why.

    Raises PkccError where what holds then is not the content that is wanted.
    """
    done, notes = update_catalogs(app, name)
    failed = next((each for each in done.catalogs if each.problem), None)
    if failed is not None and failed.serial is None:
        raise PkccError(failed.problem, failed.hint)
    why = () if failed is None else (f"{failed.problem}. {failed.hint}",)
    added = as_it_is(app, name)
    check_expected(
        wanted.expect,
        added.origin.sha256,
        f"What you follow as {name} is not what was expected",
        f"You did not switch. Look: `pkcc-tray catalog show {name}`, `pkcc-tray catalog diff {name}`.",
    )
    return added, (*notes, *why)


def as_it_is(app: App, name: str) -> Added:
    """A catalog that is followed, with what this person said of it."""
    shown = show_catalog(app, name)
    return Added(name, shown.content.serial, shown.catalog.updates, shown.origin, shown.content)


def default_profile(added: Added) -> DescribedProfile:
    """The profile that is switched to: the catalog's default, else its first."""
    profiles = added.content.profiles
    return next((each for each in profiles if each.name == added.content.default), profiles[0])


def try_reference(app: App, reference: str) -> None:
    """Ask a catalog's keeper for a key, and drop it. Raises PkccError in words that say what to do."""
    app.secrets.resolve(reference)


def finish_joining(app: App, added: Added, key: OwnKey, *, switch: bool) -> tuple[Joined, tuple[str, ...]]:
    """Keep the key, have all profiles at its host use it, and switch. Raises PkccError; it stays added."""
    from tray.actions.switching.switch import switch as switch_to

    profile = default_profile(added)
    reference = key.reference or profile.key
    notes: tuple[str, ...] = ()
    if key.secret is not None:
        reference = f"keyring:{profile.name}"
        check_storing()
        app.secrets.put(profile.name, key.secret)
    if key.reference or key.secret:
        meant = [
            each.name
            for each in added.content.profiles
            if each.host == profile.host
            and each.key != reference
            and (key.reference or not each.is_suggested or each.name == profile.name)
        ]
        notes = override_all(app, meant, "api_key", reference) if meant else ()
    has_key = _is_there(app, reference)
    switch = switch and (has_key or key.reference is not None)
    if switch:
        notes = (*notes, *switch_to(app, profile.name, dry_run=False)[1])
    names = tuple(each.name for each in added.content.profiles)
    suggested = profile.is_suggested and reference == profile.key
    joined = Joined(added.name, added.serial, names, profile.name, reference, has_key, switch, suggested)
    return joined, notes


def _is_there(app: App, reference: str) -> bool:
    try:
        try_reference(app, reference)
    except PkccError:
        return False
    return True
