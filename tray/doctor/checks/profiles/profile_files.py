"""The profiles: whether they can be read, by whom, and what is worth knowing about each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.files.in_the_way.obstacles import obstacle_to_reading
from profiles.files.json_documents import UPDATE
from profiles.profile.rendering import same_profile
from profiles.profile.schema.model import Profile
from profiles.profile.together.fallback import FIELD as FALLBACK
from profiles.profile.together.fallback import fallback_of
from profiles.undo.journal import journal_files, load_journal
from tray.doctor.checks.keys import open_to_others
from tray.doctor.finding import note, problem, warning
from tray.doctor.remedies import RETIRED, RETIRING, edited, with_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from profiles.profile.rendering import Rendered
    from tray.doctor.context import Context
    from tray.doctor.finding import Finding


def broken_profiles(context: Context) -> Iterator[Finding]:
    """Profiles that cannot be read, and files that are none though they lie among them."""
    for name, profile in context.profiles.items():
        if not isinstance(profile, Profile):
            active = name == context.active
            why = "It cannot be switched to" + (", nor its helper asked for a key." if active else ".")
            fixes = _way_to_text(context, context.app.store.path_of(name), profile)
            yield (problem if active else warning)("profile-broken", profile.title, why, *fixes)
    yield from _odd_files(context)


def journal(context: Context) -> Iterator[Finding]:
    """What is kept of what was done to profiles, without which none can be changed."""
    files = journal_files(context.locations)
    try:
        load_journal(files)
    except PkccError as error:
        why = "Until it is put aside no profile can be changed, and nothing undone."
        aside = context.shell("mv", files.journal, f"{files.journal}.damaged")
        yield problem("journal-damaged", error.title, why, "" if error.hint == UPDATE else aside, error.hint)


def _way_to_text(context: Context, path: str, error: PkccError) -> tuple[str, str]:
    """The command by which the user gets at a profile's text; there may be none to edit."""
    shut = obstacle_to_reading(path)
    if shut is not None:
        return shut.command, ""
    is_text = os.path.isfile(path)
    return context.ours("edit", os.path.basename(path).removesuffix(".json")) if is_text else "", error.hint


def _odd_files(context: Context) -> Iterator[Finding]:
    try:
        entries = os.listdir(context.locations.profiles_dir)
    except OSError:
        return
    names = {f"{name}.json" for name in context.profiles}
    odd = sorted(entry for entry in entries if entry.endswith(".json") and entry not in names)
    if odd:
        what = f"These files are not named as a profile can be: {', '.join(map(repr, odd))}"
        advice = f"Rename them in {context.locations.profiles_dir}: letters, digits, '.', '_' and '-'."
        yield warning("profile-name", what, "They are ignored.", advice=advice)
    lower: dict[str, list[str]] = {}
    for name in context.profiles:
        lower.setdefault(name.lower(), []).append(name)
    for twins in lower.values():
        if len(twins) > 1:
            what = f"{' and '.join(twins)} differ only in case"
            why = "On other systems they are one file."
            yield warning("profile-name", what, why, context.ours("rename", twins[-1], f"{twins[-1]}-2"))


def open_profiles(context: Context) -> Iterator[Finding]:
    """Profiles that others may change or read."""
    own, catalogs = context.locations.profiles_dir, context.locations.catalogs_dir
    paths = [own, catalogs, *map(context.app.store.path_of, context.profiles)]
    why = "Anyone who can change a profile decides where your key goes."
    found = list(open_to_others(context, problem, "profile-mode", paths, why, 0o022))
    why = "They name routes, and hold no key."
    yield from found or open_to_others(context, note, "profile-mode", paths, why)


def advice(context: Context) -> Iterator[Finding]:
    """What is worth knowing about each profile that is valid all the same."""
    from profiles.gateway.account.names import is_managed
    from profiles.gateway.check.kept_checks import found_an_account
    from profiles.profile.advice import advise_otherwise
    from profiles.profile.config.file import config_of
    from profiles.profile.render import render
    from profiles.profile.rendering import mark_of
    from profiles.profile.schema.model_advice import retiring

    for name, profile in context.profiles.items():
        if not isinstance(profile, Profile):
            continue
        try:
            config = config_of(profile)
            rendered = render(profile, config)
        except PkccError as error:
            why = "The profile cannot be switched to."
            what = f"{name}: {error.title}"
            yield problem("profile-config", what, why, advice=error.hint, profile=name)
            continue
        for field, model, found in retiring(rendered):
            successor = with_field(context, name, f"models.{field}", found.successor)
            what, why = f"{name}: {model} {found.text}", RETIRED if found.is_past else RETIRING
            kind = warning if found.is_past else note
            yield kind("retired-model", what, why, *successor, profile=name)
        found_it = found_an_account(context.locations, name, mark_of(rendered))
        managed = found_it or is_managed(context.locations, rendered)
        for text in advise_otherwise(profile, rendered, config, managed=managed):
            why = "It may not work as hoped."
            yield note("profile-advice", f"{name}: {text}", why, *edited(context, name), profile=name)
        yield from _edited_since(context, name, rendered)
        named = profile.when_unreachable
        if named is not None and fallback_of(context.app.store, name) is None:
            what = f"{name}: {FALLBACK} names {named!r}, which is no other profile here"
            why = "Nothing is offered while its gateway is unreachable."
            unset = with_field(context, name, FALLBACK, "--unset")
            yield note("profile-advice", what, why, *unset, profile=name)


def _edited_since(context: Context, name: str, rendered: Rendered) -> Iterator[Finding]:
    reading = context.reading
    if name != context.active or reading is None or same_profile(reading.state.current.rendered, rendered):
        return
    what = f"{name} was edited since it was switched to"
    why = "The settings still carry it as it was."
    yield warning("profile-edited", what, why, context.ours("switch", name), profile=name)
