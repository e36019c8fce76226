"""trust add, list, remove: further addresses, proxies and certificates that are allowed for a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from tray.actions.keys.trust import add_trust, list_trust, remove_trust
from tray.commands.options import add_profile
from tray.terminal.results import Report, report
from tray.terminal.words.keys import trust_added_lines, trust_lines, trust_removed_lines

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_trust_add(parser: argparse.ArgumentParser) -> None:
    """URL | --proxy URL | --ca FILE, [--profile NAME]."""
    parser.add_argument("url", metavar="URL", nargs="?", help="a base URL that the key may go to as well")
    parser.add_argument("--proxy", metavar="URL", help="a proxy that a settings file may name")
    parser.add_argument("--ca", metavar="FILE", help="a certificate file that a settings file may name")
    _add_profile(parser)


def trust_add(app: App, url: str | None, proxy: str | None, ca: str | None, profile: str | None) -> Report:
    """Allow a profile's key one more address, proxy or certificate file."""
    given = [kind for kind, text in (("url", url), ("proxy", proxy), ("ca", ca)) if text is not None]
    if len(given) != 1:
        raise UsageError(
            "Give one thing to trust: a URL, --proxy or --ca",
            "Such as `pkcc-tray trust add https://gateway.example`.",
        )
    added, notes = add_trust(app, given[0], url or proxy or ca or "", profile)
    return report(added, trust_added_lines, notes=notes)


def arguments_trust_list(parser: argparse.ArgumentParser) -> None:
    """[--profile NAME]."""
    _add_profile(parser)


def trust_list(app: App, profile: str | None) -> Report:
    """What is allowed for a profile's key besides its own gateway."""
    return report(list_trust(app, profile), trust_lines)


def arguments_trust_remove(parser: argparse.ArgumentParser) -> None:
    """ENTRY | --proxy URL | --ca FILE, [--profile NAME]."""
    parser.add_argument(
        "entry", metavar="ENTRY", nargs="?", help="as `trust list` shows it, or the URL that was added"
    )
    parser.add_argument("--proxy", metavar="URL", help="a proxy that was added")
    parser.add_argument("--ca", metavar="FILE", help="a certificate file that was added")
    _add_profile(parser)


def trust_remove(
    app: App, entry: str | None, proxy: str | None, ca: str | None, profile: str | None
) -> Report:
    """Stop trusting something. Raises NotFoundError for what is not trusted."""
    given = [(kind, text) for kind, text in (("", entry), ("proxy", proxy), ("ca", ca)) if text is not None]
    if len(given) != 1:
        raise UsageError(
            "Give one thing: an entry of `trust list`, --proxy or --ca",
            "Such as `pkcc-tray trust remove https://gateway.example`.",
        )
    return report(remove_trust(app, *given[0], profile), trust_removed_lines)


def _add_profile(parser: argparse.ArgumentParser) -> None:
    add_profile(parser, "of which profile (default: the one in use)", "NAME")
