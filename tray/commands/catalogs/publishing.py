"""catalog new, check, sign: what a publisher does; nothing is sent anywhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.base.names import check_name
from tray.commands.names import complete_profiles, completed
from tray.commands.options import flag
from tray.terminal.results import Report, report

if TYPE_CHECKING:
    import argparse

    from tray.app import App


def arguments_catalog_new(parser: argparse.ArgumentParser) -> None:
    """DIR [--from NAME …] [--name N] [--title T] [--key RW…] and so on."""
    parser.add_argument("directory", metavar="DIR", help="where it goes, such as a git repository")
    of = parser.add_argument(
        "--from", dest="origins", metavar="NAME", action="append", default=[],
        help="a profile of yours that goes in, the first one as the default (repeatable)",
    )  # fmt: skip
    completed(of, complete_profiles)
    parser.add_argument("--name", metavar="N", help="its name, such as acme: its profiles are acme/…")
    parser.add_argument("--title", metavar="T", help="what people read, such as 'Acme AI gateway'")
    parser.add_argument("--contact", metavar="C", help="whom people ask, such as ai@acme.example")
    parser.add_argument("--key", metavar="RW…", help="the minisign public key that signs it")
    parser.add_argument("--expires", metavar="DAY", help="a new one will be there before, such as 2027-02-28")
    flag(parser, "--force", "even over a catalog that is there")


def catalog_new(
    app: App,
    directory: str,
    origins: list[str],
    name: str | None,
    title: str | None,
    contact: str | None,
    key: str | None,
    expires: str | None,
    *,
    force: bool,
) -> Report:
    """Write a catalog of your own profiles. Keys never go in, and what else stays at home is told."""
    from profiles.catalogs.drafting import About
    from tray.actions.catalogs.publishing.draft import draft_catalog, place_for_new, write_new
    from tray.terminal.words.catalogs.publishing import new_lines

    file = place_for_new(directory, force=force)
    origins = origins or _ask_profiles(app)
    asks_key = app.interactive and name is None and key is None
    told = _told(app, name, title, contact)
    about = About(*told, expires or "", _asked_key() if asks_key else _public_key(key))
    draft = draft_catalog(app, about, origins)
    return report(write_new(draft, file), new_lines, notes=draft.notes)


def _public_key(key: str | None) -> str:
    """The key as it is listed, "" for none. Raises UsageError for what is no key."""
    from profiles.catalogs.signature import SignatureError, parse_key

    try:
        return parse_key(key).text if key else ""
    except SignatureError as error:
        raise UsageError(f"The public key {error.title}", error.hint) from None


def _asked_key() -> str:
    """The key by which it will be signed, "" for none yet: listed later, the catalog is signed twice."""
    from tray.terminal.prompts import ask_valid

    question = "Public key that signs it, the line RW… of your .pub (empty: none yet)"
    return ask_valid(question, _public_key)


def _ask_profiles(app: App) -> list[str]:
    names = app.store.names()
    if not names:
        raise UsageError(
            "There are no profiles yet", "`pkcc-tray add` makes one; a catalog is made of those."
        )
    if not app.interactive:
        raise UsageError("No profile is named", "Say which go in: --from NAME, once for each.")
    from tray.terminal.prompts import ask_valid, say

    say(f"Your profiles: {', '.join(names)}")

    def known(answer: str) -> str:
        for each in answer.replace(",", " ").split():
            app.store.load(each)
        return answer

    said = ask_valid("Which go in, the default first", known, " ".join(names), required=True)
    return said.replace(",", " ").split()


def _told(app: App, name: str | None, title: str | None, contact: str | None) -> tuple[str, str, str]:
    """Name, title and contact: as given, else asked for at a terminal. Raises UsageError without a name."""
    if name is None and not app.interactive:
        raise UsageError("The catalog has no name yet", "Such as: --name acme")
    if not app.interactive:
        return check_name(name or ""), title or "", contact or ""
    from tray.terminal.prompts import ask, ask_valid

    name = (
        check_name(name)
        if name
        else ask_valid("Name of the catalog, such as acme", check_name, required=True)
    )
    title = ask("Title that people read", name) if title is None else title
    contact = ask("Whom they ask, such as ai@acme.example (empty: nobody)") if contact is None else contact
    return name, title, contact


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the catalog: pkcc-catalog.json, or its directory")


def _catalog_file(given: str) -> str:
    from profiles.catalogs.format.model import FILE

    path = os.path.abspath(os.path.expanduser(given))
    return os.path.join(path, FILE) if os.path.isdir(path) else path


def arguments_catalog_check(parser: argparse.ArgumentParser) -> None:
    """FILE [--against OLD] [--key RW…]."""
    _add_file(parser)
    parser.add_argument("--against", metavar="OLD", help="the version that is published now")
    parser.add_argument("--key", metavar="RW…", help="the public key that it must be signed by")


def catalog_check(app: App, file: str, against: str | None, key: str | None) -> Report:
    """Every problem with its place, with exit code 1; and what the changes will ask of people."""
    from tray.actions.catalogs.publishing.check import check_catalog
    from tray.terminal.words.catalogs.publishing import checked_lines

    old = _catalog_file(against) if against is not None else None
    checked, notes = check_catalog(_catalog_file(file), old, key)
    return report(checked, checked_lines, notes=notes, exit_code=1 if checked.problems else 0)


def arguments_catalog_sign(parser: argparse.ArgumentParser) -> None:
    """FILE --minisign-key K."""
    _add_file(parser)
    parser.add_argument("--minisign-key", metavar="K", required=True, help="a minisign secret key file")


def catalog_sign(app: App, file: str, minisign_key: str) -> Report:
    """Write the signature beside the catalog. The password is asked for, or comes on standard input."""
    from tray.actions.catalogs.publishing.sign import key_file_bytes, sign_catalog
    from tray.terminal.prompts import ask_hidden, read_piped_secret
    from tray.terminal.words.catalogs.publishing import signed_lines

    key_file, has_password = key_file_bytes(minisign_key)
    password = ""
    if has_password:
        asked = app.interactive
        password = ask_hidden("Password of the signing key") if asked else read_piped_secret().rstrip("\r\n")
    signed, notes = sign_catalog(_catalog_file(file), key_file, password)
    return report(signed, signed_lines, notes=notes)
