"""Storing profiles and their keys as one step: all of them, or everything is as it was before."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from profiles.base.errors import ConflictError, PkccError
from profiles.profile.encode import encode_profile
from profiles.profile.under_policy import check_storing
from tray.actions.keys.hand_out import key_users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from profiles.base.secret import Secret
    from profiles.profile.schema.model import Profile
    from profiles.undo.doing import Doing
    from tray.app import App


def store_all(
    app: App,
    profiles: Sequence[Profile],
    secrets: dict[str, Secret],
    *,
    step: tuple[str, str],
    replace: bool = False,
    then: Callable[[Doing], None] = lambda _doing: None,
) -> None:
    """Store secrets (by key name) and profiles as one step; `then` is a part of it."""
    action, what = step
    name = profiles[0].name if len(profiles) == 1 else None
    with app.steps.doing(action, what, name) as doing:
        for profile in profiles:
            app.store.check_free(profile.name, allowed=profile.name if replace else None)
        with keys_stored(app, doing, secrets):
            doing.write({profile.name: encode_profile(profile) for profile in profiles})
        then(doing)


@contextmanager
def keys_stored(app: App, doing: Doing, secrets: dict[str, Secret]) -> Iterator[None]:
    """Keys are in the store while a step goes on; where it fails, those that it brought are out again.

    Raises PkccError with none of them stored: also for a name that holds another key.
    """
    new: list[str] = []
    for key_name, secret in secrets.items():
        if app.secrets.where(key_name) is None:
            new.append(key_name)
        elif app.secrets.resolve(f"keyring:{key_name}") != secret:
            raise ConflictError(
                f"There is another key {key_name!r} already", "Choose another name; it stays as it is."
            )
    if new:
        check_storing()
        doing.store_keys(new)
    try:
        for key_name in new:
            app.secrets.put(key_name, secrets[key_name])
        yield
    except PkccError:
        for key_name in new:
            if app.secrets.where(key_name) is not None:
                app.secrets.delete(key_name)
        raise


def check_not_anothers(app: App, secrets: dict[str, Secret]) -> None:
    """Raises ConflictError when profiles use a key of such a name, and it is another one."""
    for key_name, secret in secrets.items():
        users = key_users(app)[0].get(f"keyring:{key_name}", []) if app.secrets.where(key_name) else []
        if users and app.secrets.resolve(f"keyring:{key_name}") != secret:
            raise ConflictError(
                f"There is another key {key_name!r} already, which {', '.join(users)} uses",
                "Choose another name, or give that key with --key-ref.",
            )


def beside_stored(
    app: App, profiles: Sequence[Profile], secrets: dict[str, Secret]
) -> tuple[list[Profile], dict[str, Secret], list[str]]:
    """Profiles and secrets under key names that hold no other key yet: a stored key is never overwritten.

    With it a sentence for each key that got another name.
    """
    from profiles.profile.schema.parse import parse_profile

    names: dict[str, str] = {}
    notes = []
    for key_name, secret in secrets.items():
        names[key_name] = new = free_key_name(app, key_name, secret, {*names.values()})
        if new != key_name:
            notes.append(f"the key is stored as {new!r}: {key_name!r} is another key, and stays as it is")
    if all(old == new for old, new in names.items()):
        return [*profiles], secrets, []
    renamed = []
    for profile in profiles:
        data = _with_references(profile.model_dump(mode="json", exclude_unset=True), names)
        renamed.append(parse_profile(data))
    return renamed, {names[key_name]: secret for key_name, secret in secrets.items()}, notes


def free_key_name(app: App, key_name: str, secret: Secret, taken: set[str]) -> str:
    """The name itself where nothing or this very key is stored under it; else one with a number behind it."""
    number = 1
    name = key_name
    while name in taken or not _is_free(app, name, secret):
        number += 1
        ending = f"-{number}"
        name = key_name[: 64 - len(ending)] + ending
    return name


def _is_free(app: App, name: str, secret: Secret) -> bool:
    if app.secrets.where(name) is None:
        return not any(known.lower() == name.lower() for known in app.secrets.names())
    return app.secrets.resolve(f"keyring:{name}") == secret


def _with_references(data: object, names: dict[str, str]) -> object:
    """Plain data in which each reference to a renamed key has its new name."""
    text = json.dumps(data)
    for old, new in names.items():
        text = text.replace(json.dumps(f"keyring:{old}"), json.dumps(f"keyring:{new}"))
    return json.loads(text)
