"""The profiles: whether they can be read, by whom, and what is worth knowing about each."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.errors import PkccError
from profiles.model import Profile
from profiles.rendering import same_profile
from tray.doctor.finding import Finding
from tray.doctor.keys import open_to_others

if TYPE_CHECKING:
    from profiles.rendering import Rendered
    from tray.doctor.context import Context
    from tray.doctor.finding import Severity


def broken_profiles(context: Context) -> list[Finding]:
    """Profiles that cannot be read, and files that are none though they lie among them."""
    found = []
    for name, profile in context.profiles.items():
        if not isinstance(profile, Profile):
            severity: Severity = "problem" if name == context.active else "warning"
            why = "It cannot be switched to" + (
                ", nor its helper asked for a key." if severity == "problem" else "."
            )
            edit = context.ours("edit", name)
            found.append(Finding("profile-broken", severity, profile.title, why, edit, profile.hint))
    return found + _odd_files(context)


def _odd_files(context: Context) -> list[Finding]:
    try:
        entries = os.listdir(context.locations.profiles_dir)
    except OSError:
        return []
    names = {f"{name}.json" for name in context.profiles}
    odd = sorted(entry for entry in entries if entry.endswith(".json") and entry not in names)
    found = []
    if odd:
        what = f"No profile can be called as these files are: {', '.join(map(repr, odd))}"
        why = "They are passed over."
        advice = f"Rename them in {context.locations.profiles_dir}: letters, digits, '.', '_' and '-'."
        found.append(Finding("profile-name", "warning", what, why, "", advice))
    lower: dict[str, list[str]] = {}
    for name in context.profiles:
        lower.setdefault(name.lower(), []).append(name)
    for twins in lower.values():
        if len(twins) > 1:
            what = f"{' and '.join(twins)} differ only in case"
            why = "On other systems they are one file."
            found.append(
                Finding("profile-name", "warning", what, why, "", "Rename one of them in its file's name.")
            )
    return found


def open_profiles(context: Context) -> list[Finding]:
    """Profiles that others may change or read."""
    directory = context.locations.profiles_dir
    paths = [directory, *(os.path.join(directory, f"{name}.json") for name in context.profiles)]
    why = "Who can change a profile decides where your key goes."
    found = open_to_others(context, "profile-mode", "problem", paths, why, 0o022)
    return found or open_to_others(
        context, "profile-mode", "note", paths, "They name routes, and hold no key."
    )


def advice(context: Context) -> list[Finding]:
    """What is worth telling about each profile that is valid all the same."""
    from profiles.advice import advise_otherwise, retired_models
    from profiles.rendering import render
    from profiles.store import config_of

    found = []
    for name, profile in context.profiles.items():
        if not isinstance(profile, Profile):
            continue
        edit = context.ours("edit", name)
        try:
            config = config_of(profile)
            rendered = render(profile, config)
        except PkccError as error:
            why = "The profile cannot be switched to."
            found.append(Finding("profile-config", "problem", f"{name}: {error.title}", why, "", error.hint))
            continue
        for field, model, when in retired_models(profile):
            alone = profile.dialect != "messages" and len(profile.models.model_dump(exclude_none=True)) == 1
            unset = context.ours("set", name, f"models.{field}", "--unset")
            what, why = (
                f"{name}: {model} {when}",
                "It is sent all the same, and refused where it is really gone.",
            )
            found.append(
                Finding(
                    "retired-model", "warning", what, why, edit if alone else unset, "Or name a newer one."
                )
            )
        sentences = advise_otherwise(profile, rendered, config)
        why = "It may not work as hoped."
        found += [Finding("profile-advice", "note", f"{name}: {text}", why, edit) for text in sentences]
        found += _edited_since(context, name, rendered)
    return found


def _edited_since(context: Context, name: str, rendered: Rendered) -> list[Finding]:
    reading = context.reading
    if name != context.active or reading is None or same_profile(reading.state.current.rendered, rendered):
        return []
    what = f"{name} was edited since it was switched to"
    why = "The settings still carry it as it was."
    return [Finding("profile-edited", "warning", what, why, context.ours("switch", name))]
