"""Whether there is a profile already of what an import without a name would make."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, PkccError

if TYPE_CHECKING:
    from profiles.base.secret import Secret
    from profiles.profile.schema.model import Profile
    from tray.actions.profiles.importing.plan import Made
    from tray.app import App

# Of one's own choice, or a name.
_NOT_COMPARED = {"name", "api_key", "key_delivery", "key_in", "trusted", "when_unreachable"}


def said_here(app: App) -> dict[str, str]:
    """The stored profiles by what they say, wherever their keys lie; no key is read."""
    found = {}
    for name in app.store.names():
        with suppress(PkccError):  # one that cannot be read is none that is known
            found[said_by(app.store.load(name))] = name
    return found


def said_by(profile: Profile) -> str:
    """What a profile says but for its name and its keys: equal for two that do the same."""
    return _text(profile, _references(profile))


def refuse_known(app: App, made: Made) -> None:
    """Raises ConflictError where a stored profile has that route and that key; one with a name is wanted."""
    if not made.unnamed:
        return
    (profile,) = made.profiles
    for name in app.store.names():
        with suppress(PkccError):  # one that cannot be read, or whose key cannot, is none that is known
            if _is_same(app, profile, made.secrets, app.store.load(name)):
                break
    else:
        return
    raise ConflictError(
        f"{made.path}: there is a profile of it already, {name!r}",
        f"Nothing was imported. `pkcc-tray switch {name}` puts it in use, --name makes another one of it.",
    )


def _is_same(app: App, profile: Profile, secrets: dict[str, Secret], stored: Profile) -> bool:
    """Whether two profiles are the same, wherever their keys lie and however those get to Claude Code."""
    ours, theirs = _references(profile), _references(stored)
    if len(ours) != len(theirs) or _text(profile, ours) != _text(stored, theirs):
        return False
    for reference, its in zip(ours, theirs, strict=True):
        found = secrets.get(reference.removeprefix("keyring:"))
        if found is not None and not (its.startswith("keyring:") and app.secrets.resolve(its) == found):
            return False
    return True


def _references(profile: Profile) -> list[str]:
    from profiles.importing.bundles import rendering_of

    return list(dict.fromkeys([profile.api_key, *rendering_of(profile).references()]))


def _text(profile: Profile, references: list[str]) -> str:
    """What a profile says, with a number for each secret."""
    text = json.dumps(profile.model_dump(mode="json", exclude=_NOT_COMPARED), sort_keys=True)
    for number, reference in enumerate(references):
        text = text.replace(json.dumps(reference), str(number))
    return text
