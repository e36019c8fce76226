"""A profile with other fields than it has: all that is wrong with them is said at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError, UsageError
from profiles.claude_code.dialects import gateway_meant
from profiles.profile.config.file import config_of
from tray.actions.describing.describe import shown_fields
from tray.actions.keys.trust import trusted_entry
from tray.actions.profiles.fallbacks import check_fallback

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from profiles.profile.schema.model import Profile
    from tray.app import App

    Problems = list[tuple[str, str]]

_SECRETS = ("extra_headers", "extra_env")


class WrongFieldsError(UsageError):
    """Fields of a profile that cannot be so: each by its path, such as `models.sonnet`, and why."""

    def __init__(self, problems: Problems) -> None:
        told = "; ".join(f"{path}: {text}" if path else text for path, text in problems)
        super().__init__(told, "Nothing was saved.")
        self.problems = problems


def changed_profile(app: App, old: Profile, changes: Mapping[str, object]) -> Profile:
    """The profile with these fields (None: not given); a text that is masked stays what it was.

    Raises WrongFieldsError.
    """
    from profiles.profile.schema.parse import FieldError, parse_profile

    data = {**old.model_dump(mode="json", exclude_unset=True), **_unmasked(old, changes)}
    data = {field: value for field, value in data.items() if value is not None}
    gateway, dialect = data.get("gateway"), data.get("dialect", old.dialect)
    if isinstance(gateway, str):
        data["gateway"] = gateway_meant(gateway, str(dialect))
    problems = [*_name_problems(app, old, str(data["name"])), *_secret_problems(old, data)]
    data["trusted"], wrong = _trusted(app, data.get("trusted", ()))
    problems += wrong
    try:
        new = parse_profile(data, stored=True)
    except FieldError as error:
        raise WrongFieldsError([*problems, *error.problems]) from None
    problems += _elsewhere(app, new)
    if problems:
        raise WrongFieldsError(problems)
    return new


def _unmasked(old: Profile, changes: Mapping[str, object]) -> dict[str, object]:
    """The changes with what was there in the place of each text that is shown masked, and came back so."""
    data: dict[str, Any] = {**changes}
    shown: dict[str, Any] = shown_fields(old)
    for field in _SECRETS:
        if field in data:
            was = getattr(old, field)
            data[field] = {
                name: was[name] if name in was and text == shown[field][name] else text
                for name, text in data[field].items()
            }
    return data


def _trusted(app: App, entries: Sequence[str]) -> tuple[list[str], Problems]:
    """The entries as they are kept, each once; and what is wrong with one."""
    found: dict[str, None] = {}
    for entry in entries:
        kind, _, text = entry.partition(":")
        if kind not in ("url", "proxy", "ca") or not text.strip():
            return [], [("trusted", "each line begins with url:, proxy: or ca:, and says which")]
        try:
            found[trusted_entry(kind, text.strip(), app.directory)] = None
        except PkccError as error:
            return [], [("trusted", f"{error.title}. {error.hint}")]
    return [*found], []


def _name_problems(app: App, old: Profile, name: str) -> Problems:
    try:
        app.store.check_free(name, allowed=old.name)
    except PkccError as error:
        return [("name", error.title)]
    return []


def _secret_problems(old: Profile, data: Mapping[str, object]) -> Problems:
    """What is given as plain text, though its name is a secret's; of before such may be there."""
    from profiles.profile.schema.fields import check_secret_or_text

    found = []
    for field in _SECRETS:
        was: dict[str, str] = getattr(old, field)
        given = data.get(field)
        for name, text in given.items() if isinstance(given, dict) else ():
            try:
                check_secret_or_text(name, text, stored=was.get(name) == text)
            except ValueError as error:
                found.append((field, str(error)))
    return found


def _elsewhere(app: App, new: Profile) -> Problems:
    """What is wrong with what the profile names: another profile, a file."""
    found = []
    try:
        check_fallback(app, new)
    except PkccError as error:
        found.append(("when_unreachable", error.title))
    try:
        config_of(new)
    except PkccError as error:
        found.append(("route.path", error.title))
    return found
