"""Making `acme/work` of what is accepted: profiles and rules as files in today's formats."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.hashing import digest
from profiles.catalogs.kept.made import changed_since, hash_of, record_of, recorded
from profiles.catalogs.kept.own_part import (
    inputs_of,
    own_profile,
    pairs_of_entry,
    unanswered,
    withdrawn_words,
)
from profiles.files.atomic_replace import remove_private, write_private
from profiles.files.directories import remove_empty
from profiles.files.json_documents import readable
from profiles.files.read import read_bytes
from profiles.files.refusals import writing_failed
from profiles.portkey.addresses import host_of
from profiles.profile.encode import encode_profile

if TYPE_CHECKING:
    from profiles.catalogs.format.model import Catalog
    from profiles.catalogs.kept.contents import Contents
    from profiles.catalogs.kept.owed import Debt
    from profiles.catalogs.subscriptions import Subscription

_VERSION = 1


class Made(NamedTuple):
    """Which profiles were changed or are gone, a sentence on each that could not be made; and the rules.

    `debt`: what the settings owe by that, where it was a change.
    """

    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    rules_changed: bool = False
    debt: Debt | None = None


def make_profiles(contents: Contents, subscription: Subscription, catalog: Catalog) -> Made:
    """Write what differs, remove what the catalog no longer has. What cannot be made stays as it was.

    A profile whose key would go where nobody accepted it is not made: that holds even if all before failed.
    """
    unfit = unanswered(catalog, subscription.inputs)
    wanted: dict[str, bytes] = {}
    problems: list[str] = []
    stays = set()
    for entry in catalog.profiles:
        name = f"{subscription.name}/{entry.name}"
        lacking = [asked for asked in inputs_of(entry) if asked in unfit]
        if lacking:
            problems.append(f"{name} waits for your answer to: {catalog.inputs[lacking[0]].ask}")
            continue
        try:
            profile = own_profile(subscription, entry)
            pairs = pairs_of_entry(subscription, entry, host_of(profile.base_url))
            unknown = [host for reference, host in pairs if (reference, host) not in subscription.pairs]
            if unknown:
                problems.append(f"{name} would send a key where you have not accepted it: {unknown[0]}")
                stays.add(entry.name)
                continue
            wanted[entry.name] = encode_profile(profile)
        except PkccError as error:
            problems.append(error.title)
            stays.add(entry.name)
    changed = [name for name, data in wanted.items() if _write(_path(contents, name), data)]
    gone = [name for name in _there(contents) if name not in wanted and name not in stays]
    for name in gone:
        remove_private(_path(contents, name))
    rules_changed = _write(contents.rules_path, _rules(subscription, catalog))
    _write(contents.terms_path, _terms(subscription, catalog))
    before = recorded(contents.directory)[1]
    hashes = {name: hash_of(data) for name, data in wanted.items()}
    hashes |= {name: before[name] for name in _there(contents) if name in stays and name in before}
    write_private(contents.made_path, record_of(mark_of(subscription, catalog), hashes))
    return Made(
        tuple(f"{subscription.name}/{name}" for name in changed),
        tuple(f"{subscription.name}/{name}" for name in gone),
        tuple(problems),
        rules_changed,
    )


def is_made(contents: Contents, subscription: Subscription, catalog: Catalog) -> bool:
    """Whether the profiles are those of this content and of the person's own part, as they were made."""
    mark, _ = recorded(contents.directory)
    beside = (
        (contents.rules_path, _rules(subscription, catalog)),
        (contents.terms_path, _terms(subscription, catalog)),
    )
    return (
        mark == mark_of(subscription, catalog)
        and not changed_since(contents.directory)
        and all(read_bytes(path) == data for path, data in beside)
    )


def mark_of(subscription: Subscription, catalog: Catalog) -> str:
    """The same for the same content, answers and overrides."""
    return digest(repr((catalog, subscription)).encode("utf-8", "surrogatepass"), size=16)


def remove_made(contents: Contents) -> None:
    """Remove all files of a catalog. Raises PkccError for one that stays: it would go on counting."""

    def unreadable(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise writing_failed(error.filename, error)

    for directory, folders, names in os.walk(contents.directory, topdown=False, onerror=unreadable):
        links = (name for name in folders if os.path.islink(os.path.join(directory, name)))
        for name in (*names, *links):
            remove_private(os.path.join(directory, name))
        remove_empty(directory, contents.directory)


def _path(contents: Contents, name: str) -> str:
    return os.path.join(contents.profiles_dir, f"{name}.json")


def _there(contents: Contents) -> list[str]:
    with suppress(OSError):
        return [
            name.removesuffix(".json") for name in os.listdir(contents.profiles_dir) if name.endswith(".json")
        ]
    return []


def _write(path: str, data: bytes) -> bool:
    """Write where that is something new; whether it was."""
    if read_bytes(path) == data:
        return False
    write_private(path, data)
    return True


def _terms(subscription: Subscription, catalog: Catalog) -> bytes:
    locked = {
        entry.name: [
            key
            for key in entry.fields.get("metadata", {})
            if "metadata" in entry.locked or f"metadata.{key}" in entry.locked
        ]
        for entry in catalog.profiles
    }
    told = {name: keys for name, keys in locked.items() if keys}
    withdrawn = {each.name: withdrawn_words(subscription.name, each) for each in catalog.withdrawn}
    required = list(catalog.required_metadata)
    said = {"required": required, "locked": told, "withdrawn": withdrawn, "expires": catalog.expires}
    return readable({"version": _VERSION, **said})


def _rules(subscription: Subscription, catalog: Catalog) -> bytes:
    rules = [
        {
            "remote": rule.remote,
            **({"profile": f"{subscription.name}/{rule.profile}"} if rule.profile else {}),
            **({"metadata": rule.metadata} if rule.metadata else {}),
        }
        for rule in catalog.rules
    ]
    return readable({"version": _VERSION, "rules": rules})
