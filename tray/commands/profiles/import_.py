"""import: profiles from settings, a shell's exports, another switcher's store, or a bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import DeclinedError
from profiles.base.names import check_name
from profiles.importing.bundles import rendering_of
from profiles.portkey.header_names import CONFIG, PROVIDER
from tray.actions.describing.describe import written_by
from tray.actions.profiles.importing.addresses import check_addresses, strange_addresses, trust_notes
from tray.actions.profiles.importing.known import refuse_known
from tray.actions.profiles.importing.plan import Wanted, plan_import
from tray.actions.profiles.importing.store import (
    imported,
    missing_keys,
    replaced_by,
    store_import,
    with_free_keys,
)
from tray.commands.asking.key_place import ensure_place
from tray.commands.options import flag, repeatable
from tray.commands.profiles.import_places import find_place
from tray.terminal.prompts import ask_secret, ask_valid, confirm, say
from tray.terminal.results import Report, report
from tray.terminal.words.columns import slot_lines
from tray.terminal.words.profiles import imported_lines

if TYPE_CHECKING:
    import argparse

    from profiles.base.secret import Secret
    from tray.actions.profiles.importing.plan import Made
    from tray.actions.profiles.importing.store import Imported
    from tray.app import App


def arguments_import(parser: argparse.ArgumentParser) -> None:
    """[FILE] [--from KIND] [--name NAME] [--only NAME] [--prefix P] [--provider P] [--config ID] …."""
    from profiles.importing.sources import KINDS

    add = parser.add_argument
    add(
        "file",
        metavar="FILE",
        nargs="?",
        help="settings, a bundle, a shell's start file, a .env file, another switcher's store "
        "(default: Claude Code's settings, or what is found where such things lie)",
    )
    add("--from", dest="origin", choices=KINDS, help="what FILE is; for a store also where it always lies")
    add("--name", metavar="NAME", help="the new profile's name (default: from its route)")
    repeatable(parser, "--only", "NAME", "of a store: only this one")
    add("--prefix", metavar="P", default="", help="put P before each new name")
    add("--provider", metavar="P", help="the @slug for what names neither provider nor config")
    add("--config", metavar="ID", help="the saved config, pc-…, for what names neither provider nor config")
    add(
        "--gateway",
        metavar="URL",
        help="the gateway, in place of the one there: portkey, airs, or a base URL",
    )
    flag(parser, "--allow-plain-http", "accept http beyond this machine (the key goes unencrypted)")
    flag(parser, "--replace", "replace profiles of the same name")
    flag(
        parser,
        "--helper",
        "from settings: a switch names a helper there, not the key (at a terminal it is asked)",
    )
    flag(parser, "--address", "also where a key that is here would go to a new address")
    flag(parser, "--dry-run", "show what would be made, and make nothing")
    flag(parser, "--yes", "do not ask before it is made")


def import_(
    app: App,
    file: str | None,
    origin: str | None,
    name: str | None,
    only: list[str],
    prefix: str,
    provider: str | None,
    config: str | None,
    gateway: str | None,
    *,
    allow_plain_http: bool,
    replace: bool,
    helper: bool,
    dry_run: bool,
    yes: bool,
    address: bool = False,
) -> Report:
    """Make profiles of what is found. Secrets go to the key store; commands found are never run or kept."""
    from profiles.importing.candidate import Answers

    route = {header: text for header, text in ((PROVIDER, provider), (CONFIG, config)) if text}
    answers = Answers(route, gateway or "", allow_plain_http, helper)
    wanted = Wanted(check_name(name) if name else None, only, prefix, answers)
    path, kind, elsewhere = find_place(app, file, origin)
    own = path == app.locations.settings_path
    made = plan_import(app.store, path, kind, wanted, own=own)
    refuse_known(app, made)
    asked = app.interactive and not dry_run and not yes
    if asked and own and made.kind == "settings":
        made = plan_import(app.store, path, kind, _ask_how(app, made, wanted, replace=replace), own=own)
    replaced = replaced_by(app, made, replace=replace)
    if asked:
        _show(app, made, imported(made, replaced, dry_run=True))
        made = made._replace(secrets=made.secrets | _ask_missing(app, made), notes=[])
    made = with_free_keys(app, made, replace=replace)
    told = made.notes + [note for each in made.profiles for note in trust_notes(app, each, made.secrets)]
    if asked:
        _confirm(app, made, told, address=address)
        told = []
    elif not (address or dry_run):  # here too: before anybody is asked for a place for keys
        check_addresses(app, made.profiles, made.secrets)
    in_force: list[str] = []
    if not dry_run:
        if made.secrets:
            ensure_place(app)
        in_force = store_import(app, made, replaced, replace=replace, own_addresses=address or asked)
    missing = [] if dry_run else missing_keys(app, made.profiles)
    absent = [f"no key {key!r} here yet: `pkcc-tray key set {key}`" for key in missing]
    notes = (*told, *absent, *in_force, *([elsewhere] if elsewhere else []))
    return report(imported(made, replaced, missing, dry_run=dry_run), imported_lines, notes=notes)


def _ask_how(app: App, made: Made, wanted: Wanted, *, replace: bool) -> Wanted:
    """Under which name the person wants their own settings, and whether the key leaves the file."""
    from profiles.importing.recognise_candidate import may_use_helper

    (profile,) = made.profiles

    def free(name: str) -> str:
        named = made._replace(profiles=[profile.model_copy(update={"name": check_name(name)})])
        replaced_by(app, named, replace=replace)
        return name

    name = wanted.name or ask_valid("Name of the profile", free, profile.name, required=True)
    helper = wanted.answers.helper
    if not helper and profile.name in made.secrets and profile.delivery == "settings":
        usual = may_use_helper(profile.dialect, profile.key_in)
        helper = confirm("Keep the key out of the settings, from the first switch on?", default=usual)
    return wanted._replace(name=name, answers=wanted.answers._replace(helper=helper))


def _show(app: App, made: Made, planned: Imported) -> None:
    """What would be made, and how, before it is: the words of a dry run, and what one profile will write."""
    for line in report(planned, imported_lines).lines():
        say(line)
    if len(made.profiles) == 1:
        rendered = rendering_of(made.profiles[0])
        say("What a switch to it will write into Claude Code's settings:")
        for line in slot_lines(written_by(rendered, app.switcher.helper_command(rendered))):
            say(line)
    _say(made.notes)


def _say(notes: list[str]) -> None:
    for note in notes:
        say(f"Note: {note}")


def _confirm(app: App, made: Made, notes: list[str], *, address: bool) -> None:
    """Raises DeclinedError for a no."""
    _say(notes)
    strange = any(strange_addresses(app, profile, made.secrets) for profile in made.profiles)
    if not confirm("Import it?", default=address or not strange):
        raise DeclinedError("Nothing was imported", "`pkcc-tray import` starts again.")


def _ask_missing(app: App, made: Made) -> dict[str, Secret]:
    found = {}
    for name in missing_keys(app, made.profiles):
        if name in made.secrets:
            continue
        secret = ask_secret(f"Key {name} (Enter: later; it is not shown)", f"The key {name!r}")
        if secret is not None:
            found[name] = secret
    return found
