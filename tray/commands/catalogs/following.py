"""catalog list, show, update, diff, accept, rollback, remove, trust, override: what a follower does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import DeclinedError, UsageError
from profiles.base.names import catalog_of
from tray.commands.names import completed
from tray.commands.options import flag, never_empty, pairs, repeatable
from tray.terminal.results import Report, report

if TYPE_CHECKING:
    import argparse
    from typing import Any

    from tray.app import App


def complete_catalogs(parsed_args: argparse.Namespace | None = None, **_: Any) -> dict[str, str]:
    """Names of catalogs, for the shell's completion, such as `{"acme": "https://…"}`."""
    import os

    from profiles.base.locations import find_locations
    from profiles.catalogs.subscriptions import load_subscriptions

    found = load_subscriptions(find_locations(os.environ, getattr(parsed_args, "config_dir", None)))
    return {each.name: each.source for each in found.values()}


def _add_catalog(parser: argparse.ArgumentParser, nargs: str | None = None, help_: str = "") -> None:
    action = parser.add_argument("name", metavar="CATALOG", nargs=nargs, help=help_ or "a catalog's name")
    completed(action, complete_catalogs)


def catalog_list(app: App) -> Report:
    """All catalogs that are followed, with their age and what waits."""
    from tray.actions.catalogs.overview import list_catalogs
    from tray.terminal.words.catalogs.following import list_lines

    return report(list_catalogs(app), list_lines, draw="catalogs")


def arguments_catalog_show(parser: argparse.ArgumentParser) -> None:
    """CATALOG."""
    _add_catalog(parser)


def catalog_show(app: App, name: str) -> Report:
    """One catalog: where it comes from, how it stands, and where each profile of it sends which key."""
    from tray.actions.catalogs.overview import show_catalog
    from tray.terminal.words.catalogs.following import show_lines

    return report(show_catalog(app, name), show_lines)


def arguments_catalog_update(parser: argparse.ArgumentParser) -> None:
    """[CATALOG] [--check] [--unasked]."""
    _add_catalog(parser, "?", "that one alone")
    flag(parser, "--check", "say what is new, and apply nothing")
    flag(parser, "--unasked", "as the tray asks: a version that you went back from stays away")


def catalog_update(app: App, name: str | None, *, check: bool, unasked: bool) -> Report:
    """Ask for new versions; harmless changes apply where that is wanted, the others wait."""
    from tray.actions.catalogs.updating import How, update_catalogs
    from tray.terminal.words.catalogs.following import updated_lines

    done, notes = update_catalogs(app, name, How(apply=not check, unasked=unasked))
    failed = any(each.problem for each in done.catalogs)
    return report(done, updated_lines, notes=notes, exit_code=1 if failed else 0)


arguments_catalog_diff = arguments_catalog_show


def catalog_diff(app: App, name: str) -> Report:
    """What a newer version that waits would change."""
    from tray.actions.catalogs.overview import show_catalog
    from tray.terminal.words.catalogs.following import diff_lines

    return report(show_catalog(app, name), diff_lines)


def arguments_catalog_accept(parser: argparse.ArgumentParser) -> None:
    """CATALOG [--expect sha256:…] [--yes] [--input NAME=ANSWER …]."""
    _add_catalog(parser)
    never_empty(parser, "--expect", "sha256:…", "only the content that `catalog diff` showed")
    flag(parser, "--yes", "do not ask")
    repeatable(parser, "--input", "NAME=ANSWER", "an answer to what it asks")


def catalog_accept(app: App, name: str, *, expect: str, yes: bool, input: list[str]) -> Report:  # noqa: A002
    """Take the version that waits. At a terminal it is shown first; what it asks of you is asked."""
    from tray.actions.catalogs.decide import accept_catalog
    from tray.actions.catalogs.offer import check_hash
    from tray.actions.catalogs.overview import show_catalog
    from tray.commands.catalogs.inputs import answered
    from tray.terminal.words.catalogs.following import accepted_lines, would_change_lines

    check_hash(expect)
    shown = show_catalog(app, name)
    expected = expect.removeprefix("sha256:").lower() or shown.sha256
    if app.interactive and not yes and not expect and shown.newer:
        _sure(would_change_lines(shown), "Take it?")
    asks = shown.asks if shown.newer else shown.content.inputs
    answers = answered(app, asks, pairs("--input", input, "user=jane"))
    done, notes = accept_catalog(app, name, sha256=expected, answers=answers)
    is_first = shown.catalog.serial is None or not shown.newer
    goes_on = (f"`pkcc-tray join {name}` goes on: your key, then its usual profile in use",)
    return report(done, accepted_lines, notes=(*notes, *(goes_on if is_first and not done.applied else ())))


def _sure(lines: list[str], question: str) -> None:
    """Show what it means. Raises DeclinedError for a no."""
    from tray.terminal.prompts import confirm, say

    for line in lines:
        say(line)
    if not confirm(question, default=False):
        raise DeclinedError("Nothing was changed", "What you have goes on.")


arguments_catalog_rollback = arguments_catalog_show


def catalog_rollback(app: App, name: str) -> Report:
    """Put the version before in force, until a newer one is taken."""
    from tray.actions.catalogs.decide import roll_back
    from tray.terminal.words.catalogs.following import rolled_back_lines

    done, notes = roll_back(app, name)
    return report(done, rolled_back_lines, notes=notes)


def arguments_catalog_remove(parser: argparse.ArgumentParser) -> None:
    """CATALOG [--keep-profiles] [--yes]."""
    _add_catalog(parser)
    flag(parser, "--keep-profiles", "keep its profiles as your own, under their plain names")
    flag(parser, "--yes", "do not ask")


def catalog_remove(app: App, name: str, *, keep_profiles: bool, yes: bool) -> Report:
    """Follow it no longer; a profile of it that is in use is switched off first. Your keys stay.

    At a terminal it is said first what that ends, and asked.
    """
    from tray.actions.catalogs.decide import check_removable, remove_catalog
    from tray.actions.catalogs.leaving import ends
    from tray.terminal.words.catalogs.following import removed_lines, would_end_lines

    check_removable(app, name)
    if app.interactive and not yes:
        profiles = () if keep_profiles else [each for each in app.store.names() if catalog_of(each) == name]
        _sure(would_end_lines(name, profiles, ends(app, name)), f"Follow {name} no longer?")
    done, notes = remove_catalog(app, name, keep_profiles=keep_profiles)
    return report(done, removed_lines, notes=notes)


def arguments_catalog_trust(parser: argparse.ArgumentParser) -> None:
    """CATALOG --key RW… [--yes]."""
    _add_catalog(parser)
    parser.add_argument("--key", metavar="RW…", required=True, help="the key that signs it from now on")
    flag(parser, "--yes", "do not ask")


def catalog_trust(app: App, name: str, key: str, *, yes: bool) -> Report:
    """Pin another signing key: only when its publisher told you so another way."""
    from tray.actions.catalogs.decide import check_trusted, trust_key
    from tray.terminal.words.catalogs.following import trusted_lines

    check_trusted(app, name, key)
    if not yes:
        if not app.interactive:
            raise UsageError("Nobody can be asked here", "Add --yes, once its publisher told you that key.")
        from tray.terminal.prompts import confirm

        question = "Did its publisher give you this key another way than by the catalog itself?"
        if not confirm(question, default=False):
            raise DeclinedError("Nothing was changed", "Ask its publisher, by telephone for example.")
    done, notes = trust_key(app, name, key)
    return report(done, trusted_lines, notes=notes)


def arguments_catalog_override(parser: argparse.ArgumentParser) -> None:
    """PROFILE FIELD VALUE | --unset."""
    from tray.commands.names import add_name

    add_name(parser, "profile", "a catalog's profile, such as acme/work")
    parser.add_argument(
        "field", metavar="FIELD", help="api_key, label, key_delivery, models.NAME or metadata.NAME"
    )
    parser.add_argument("value", metavar="VALUE", nargs="?", help="yours, in place of the catalog's")
    flag(parser, "--unset", "the catalog's again")


def catalog_override(app: App, profile: str, field: str, value: str | None, *, unset: bool) -> Report:
    """Have a field of a catalog's profile be yours, where the catalog does not lock it."""
    from tray.actions.catalogs.overriding import override
    from tray.terminal.words.catalogs.following import overridden_lines

    if (value is None) != unset:
        raise UsageError(
            "Give a VALUE, or --unset", "Such as: pkcc-tray catalog override acme/work label Mine"
        )
    done, notes = override(app, profile, field, value)
    return report(done, overridden_lines, notes=notes)
