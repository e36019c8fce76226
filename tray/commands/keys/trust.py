"""trust add, list, remove: further addresses, proxies and certificates that a profile's key may meet."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, NotFoundError, UsageError
from profiles.profile.store import encode_profile
from tray.commands.names import complete_profiles
from tray.terminal.results import Result

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from tray.app import App


_IN_CLEAR = "it is plain http, so the key would go there unencrypted"


def arguments_trust_add(parser: argparse.ArgumentParser) -> None:
    """URL | --proxy URL | --ca FILE, [--profile NAME]."""
    parser.add_argument("url", metavar="URL", nargs="?", help="a base URL that the key may go to as well")
    parser.add_argument("--proxy", metavar="URL", help="a proxy that a settings file may name")
    parser.add_argument("--ca", metavar="FILE", help="a certificate file that a settings file may name")
    _add_profile(parser)


def trust_add(app: App, url: str | None, proxy: str | None, ca: str | None, profile: str | None) -> Result:
    """Let a profile's key meet one more address, proxy or certificate file."""
    given = [kind for kind, text in (("url", url), ("proxy", proxy), ("ca", ca)) if text is not None]
    if len(given) != 1:
        raise UsageError(
            "Give one thing to trust: a URL, --proxy or --ca",
            "Such as `pkcc-tray trust add https://gateway.example`.",
        )
    entry = _entry(given[0], url or proxy or ca or "", app.directory)
    name = _profile(app, profile)
    step = ("trust add", f"trust add {entry} for {name}")
    trusted = _change(app, name, step, lambda known: known if entry in known else [*known, entry])
    notes = [_IN_CLEAR] if given == ["url"] and _is_readable(entry.removeprefix("url:")) else []
    return Result("trust_added", {"name": name, "added": entry, "trusted": trusted}, tuple(notes))


def _is_readable(url: str) -> bool:
    """Whether a key that goes there crosses a network without encryption."""
    from urllib.parse import urlsplit

    from profiles.profile.fields import LOOPBACK

    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def arguments_trust_list(parser: argparse.ArgumentParser) -> None:
    """[--profile NAME]."""
    _add_profile(parser)


def trust_list(app: App, profile: str | None) -> Result:
    """What a profile's key may meet besides its own gateway."""
    from profiles.profile.rendering import base_url_of

    name = _profile(app, profile)
    rendered = app.store.rendered(name)
    return Result(
        "trusted", {"name": name, "gateway": base_url_of(rendered), "trusted": list(rendered.trusted)}
    )


def arguments_trust_remove(parser: argparse.ArgumentParser) -> None:
    """ENTRY | --proxy URL | --ca FILE, [--profile NAME]."""
    parser.add_argument(
        "entry", metavar="ENTRY", nargs="?", help="as `trust list` shows it, or what was added"
    )
    parser.add_argument("--proxy", metavar="URL", help="a proxy that was added")
    parser.add_argument("--ca", metavar="FILE", help="a certificate file that was added")
    _add_profile(parser)


def trust_remove(
    app: App, entry: str | None, proxy: str | None, ca: str | None, profile: str | None
) -> Result:
    """Stop trusting something. Raises NotFoundError for what is not trusted."""
    given = [(kind, text) for kind, text in (("", entry), ("proxy", proxy), ("ca", ca)) if text is not None]
    if len(given) != 1:
        raise UsageError(
            "Give one thing: an entry of `trust list`, --proxy or --ca",
            "Such as `pkcc-tray trust remove https://gateway.example`.",
        )
    kind, text = given[0]
    name = _profile(app, profile)
    known = app.store.load(name).trusted
    wanted = {text} if not kind else {_entry(kind, text, app.directory)}
    gone = [each for each in known if each in wanted or (not kind and each.partition(":")[2] in wanted)]
    if not gone:
        raise NotFoundError(
            f"The profile {name!r} does not trust that", f"`pkcc-tray trust list --profile {name}` shows all."
        )
    step = ("trust remove", f"trust remove {gone[0]} of {name}")
    trusted = _change(app, name, step, lambda now: [each for each in now if each not in gone])
    return Result("trust_removed", {"name": name, "removed": gone, "trusted": trusted})


def _add_profile(parser: argparse.ArgumentParser) -> None:
    action = parser.add_argument(
        "--profile", metavar="NAME", help="of which profile (default: the active one)"
    )
    action.completer = complete_profiles  # type: ignore[attr-defined]


def _profile(app: App, name: str | None) -> str:
    name = name if name is not None else app.switcher.read().state.current.active
    if name is None:
        raise ConflictError("No profile is active", "Name one: `--profile NAME`.")
    return name


def _entry(kind: str, text: str, directory: str) -> str:
    """The entry as a profile keeps it. Raises UsageError for what cannot be compared exactly."""
    from profiles.profile.fields import check_trusted

    if kind == "ca":
        text = os.path.normpath(os.path.join(directory, os.path.expanduser(text)))
    entry = f"{kind}:{text.rstrip('/') if kind != 'ca' else text}"
    try:
        check_trusted([entry])
    except ValueError:
        raise UsageError(
            "That is not a plain URL" if kind != "ca" else "That is not a path",
            "It must be like https://gateway.example/v1: no login, no query, no odd character.",
        ) from None
    return entry


def _change(
    app: App, name: str, step: tuple[str, str], change: Callable[[list[str]], list[str]]
) -> list[str]:
    """Change what a profile trusts, as one step: its action and its words."""
    with app.steps.doing(*step, name) as doing:
        profile = app.store.load(name)
        profile = profile.model_copy(update={"trusted": change(profile.trusted)})
        doing.write({name: encode_profile(profile)})
    return profile.trusted
