"""catalog add and join: a catalog is shown before anyone says yes; join goes on to a key and a switch."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import DeclinedError, UsageError
from tray.commands.catalogs.inputs import answered, check_given
from tray.commands.options import flag, never_empty, pairs, repeatable
from tray.terminal.results import Report, report

if TYPE_CHECKING:
    import argparse

    from tray.actions.catalogs.offer import Added, Offer, Wanted
    from tray.app import App


def arguments_catalog_add(parser: argparse.ArgumentParser, beside: str = "") -> None:
    """SOURCE, what it must be, what it is called here, and answers to what it asks."""
    add = parser.add_argument
    add("source", metavar="SOURCE", help=f"an https …/catalog.json, a git repository, or a directory{beside}")
    add("--name", metavar="N", help="what it is called here (default: its own name)")
    add("--ref", metavar="R", default="", help="of a git repository: its branch or tag")
    add("--file", metavar="F", default="", help="of a repository or directory: the file's path in it")
    never_empty(parser, "--key", "RW…", "its publisher's minisign key: nothing else is taken")
    never_empty(parser, "--expect", "sha256:…", "take exactly this content")
    add("--updates", choices=("auto", "ask"), help="whether harmless changes apply by themselves")
    repeatable(parser, "--input", "NAME=ANSWER", "an answer to what the catalog asks")
    flag(parser, "--yes", "do not ask: goes with --key or --expect")


def catalog_add(app: App, source: str, *, yes: bool, input: list[str], **options: str | None) -> Report:  # noqa: A002
    """Fetch a catalog, show it, and follow it after a yes."""
    from tray.actions.policy.required import expired_notes
    from tray.terminal.words.catalogs.joining import added_lines

    added, notes = _add(app, _wanted(source, options), input, yes=yes)
    return report(added, added_lines, notes=(*notes, *expired_notes(added.name, added.content.expires)))


def arguments_join(parser: argparse.ArgumentParser) -> None:
    """As `catalog add`, and [--key-ref REF | --key-stdin] [--no-switch]."""
    arguments_catalog_add(parser, "; or the name of one that you follow")
    key = parser.add_mutually_exclusive_group()
    key.add_argument("--key-ref", metavar="REF", help="where your key lies, such as env:PORTKEY_API_KEY")
    flag(key, "--key-stdin", "read your Portkey key from standard input")
    flag(parser, "--no-switch", "do not switch to its default profile")


def join(
    app: App,
    source: str,
    *,
    yes: bool,
    input: list[str],  # noqa: A002
    key_ref: str | None,
    key_stdin: bool,
    no_switch: bool,
    **options: str | None,
) -> Report:
    """Follow a catalog, have a key for it, and switch to its default profile."""
    from tray.actions.catalogs.joining import finish_joining, follow_again
    from tray.actions.policy.required import expired_notes
    from tray.commands.catalogs.own_key import chosen_key, given_key
    from tray.terminal.words.catalogs.joining import joined_lines

    if key_stdin and not yes:
        raise UsageError("--key-stdin needs --yes: standard input answers no questions", "Add --yes.")
    wanted = _wanted(source, options)
    given = given_key(key_ref, from_stdin=key_stdin)  # what is wrong with it is said before anything is added
    again = follow_again(app, wanted, source)
    added, notes = _answered(app, again, input) if again else _add(app, wanted, input, yes=yes)
    key = given or chosen_key(app, added)
    joined, more = finish_joining(app, added, key, switch=not no_switch)
    if not joined.switched:  # else the switch has said it
        more = (*more, *expired_notes(added.name, added.content.expires))
    return report(joined, joined_lines, notes=(*notes, *more))


def _wanted(source: str, options: dict[str, str | None]) -> Wanted:
    from tray.actions.catalogs.offer import Wanted

    # `mine` is the directory beside us, as it is to `catalog sign mine`.
    if "/" not in source and os.path.isdir(source):
        source = os.path.abspath(source)
    return Wanted(source, **{name: value or "" for name, value in options.items()})


def _add(app: App, wanted: Wanted, inputs: list[str], *, yes: bool) -> tuple[Added, tuple[str, ...]]:
    from tray.actions.catalogs.joining import follow_managed
    from tray.actions.catalogs.offer import accept_offer, look_at

    managed = follow_managed(app, wanted)
    if managed is not None:
        return _answered(app, managed, inputs)
    given = _pairs(inputs)
    offer = look_at(app, wanted, may_ask=app.interactive)  # what is wrong there is said first
    check_given(offer.content.inputs, given)
    if not app.interactive:
        _check_said(wanted, yes=yes)
    elif not yes:
        _confirm(offer)
    return accept_offer(app, offer, answered(app, offer.content.inputs, given))


def _pairs(inputs: list[str]) -> dict[str, str]:
    return pairs("--input", inputs, "user=jane")


def _answered(
    app: App, followed: tuple[Added, tuple[str, ...]], inputs: list[str]
) -> tuple[Added, tuple[str, ...]]:
    """What was followed already, with answers to what it asks: given, known, or asked for here."""
    from tray.actions.catalogs.decide import answer_inputs
    from tray.actions.catalogs.joining import as_it_is

    added, notes = followed
    said = answer_inputs(app, added.name, answered(app, added.content.inputs, _pairs(inputs)))
    return (added, notes) if said is None else (as_it_is(app, added.name), said)


def _check_said(wanted: Wanted, *, yes: bool) -> None:
    """Raises UsageError where nobody says yes, or nothing says whose catalog it must be."""
    if not yes:
        raise UsageError(
            "Nobody can be asked here whether to follow it",
            "Add --yes, and --key with its publisher's key (or --expect sha256:…).",
        )
    if not (wanted.key or wanted.expect):
        raise UsageError(
            "--yes alone does not say whose catalog it must be",
            "Add --key with its publisher's key, or --expect sha256:… (`pkcc-tray catalog check` prints it).",
        )


def _confirm(offer: Offer) -> None:
    """Show it. Raises DeclinedError for a no."""
    from tray.terminal.prompts import confirm, say
    from tray.terminal.words.catalogs.described import described_lines
    from tray.terminal.words.catalogs.joining import offer_rows

    for line in described_lines(offer.content, offer.origin, offer_rows(offer)):
        say(line)
    say("")
    if not confirm(f"Follow {offer.content.name}?", default=False):
        raise DeclinedError(
            "Nothing was added", "If you are not sure, ask the person who gave you its address."
        )
