"""What a person adds to a catalog: answers, overrides, and where each key then goes. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from profiles.base.errors import ConflictError, UsageError
from profiles.base.text import named
from profiles.catalogs.format.entries import hosts_beyond
from profiles.catalogs.format.patterns import fits
from profiles.catalogs.format.texts import filled, inputs_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from profiles.catalogs.format.model import Catalog, Entry, Input, Withdrawn
    from profiles.catalogs.subscriptions import Subscription
    from profiles.profile.schema.model import Profile

_SINGLE = ("label", "api_key", "key_delivery")
_GROUPS = ("models", "metadata")
FIELDS = (*_SINGLE, *(f"{group}.NAME" for group in _GROUPS))


def check_answer(catalog: Catalog, name: str, answer: str) -> str:
    """The answer itself. Raises UsageError where the catalog asks no such thing, or it does not fit."""
    asked = catalog.inputs.get(name)
    if asked is None:
        known = ", ".join(catalog.inputs) or "nothing"
        raise UsageError(f"{catalog.name} does not ask for {named('input', name)}", f"It asks for: {known}.")
    if not fits(asked.pattern, answer):
        raise UsageError(
            f"That is no answer to: {asked.ask}",
            f"It must fit {asked.pattern}" if asked.pattern else "It must be some text on one line.",
        )
    return answer


def unanswered(catalog: Catalog, answers: Mapping[str, str]) -> list[str]:
    """The inputs that some profile needs and that have no answer, or one that fits no more."""
    asked = needed(catalog).items()
    return [name for name, each in asked if not fits(each.pattern, answers.get(name, ""))]


def needed(catalog: Catalog) -> dict[str, Input]:
    """The inputs that some profile needs, by name."""
    names = {name for entry in catalog.profiles for name in inputs_of(entry)}
    return {name: each for name, each in catalog.inputs.items() if name in names}


def inputs_of(entry: Entry) -> list[str]:
    """The inputs whose answers a profile needs, each once."""
    texts = (entry.suggest, *entry.fields.get("metadata", {}).values())
    return list(dict.fromkeys(name for text in texts for name in inputs_in(text)))


def check_override(entry: Entry, field: str) -> None:
    """Raises UsageError for a field that nobody overrides, ConflictError for a locked one."""
    if not _may_be_own(field):
        raise UsageError(
            f"{named('field', field)} of a catalog's profile cannot be overridden",
            f"These are: {', '.join(FIELDS)}.",
        )
    if _is_locked(entry, field):
        raise ConflictError(
            f"The catalog keeps {field} of {entry.name} as it is",
            "`pkcc-tray copy` makes a profile of your own.",
        )


def _may_be_own(field: str) -> bool:
    return field in _SINGLE or re.fullmatch(rf"({'|'.join(_GROUPS)})\..+", field) is not None


def _is_locked(entry: Entry, field: str) -> bool:
    return field in entry.locked or field.partition(".")[0] in entry.locked


def check_fits(subscription: Subscription, entry: Entry) -> None:
    """Raises UsageError where the overrides make no profile, or hold what looks like a secret."""
    from profiles.profile.schema.parse import FieldError, parse_profile

    try:
        parse_profile({**_plain(subscription, entry), "name": entry.name})
    except FieldError as error:
        raise UsageError(error.text(), "Nothing was changed.") from None
    except KeyError:  # it waits for an answer
        return


def own_profile(subscription: Subscription, entry: Entry) -> Profile:
    """The profile, called `acme/work`: the catalog's fields, over them the overrides, answers filled in.

    Raises ConflictError where an override does not fit any more, KeyError without an answer.
    """
    from profiles.profile.schema.parse import FieldError, parse_profile

    name = f"{subscription.name}/{entry.name}"
    try:
        return parse_profile({**_plain(subscription, entry), "name": name}, stored=True)
    except FieldError as error:
        raise ConflictError(
            f"{name}: {error.text()}",
            f"See what of it is yours: `pkcc-tray catalog show {subscription.name}`.",
        ) from None


def shared_profile(name: str, entry: Entry) -> Profile:
    """The profile as every member of the team has it: without anybody's answers, overrides or key."""
    from profiles.catalogs.subscriptions import Subscription

    fields = {**entry.fields, "metadata": dict(_metadata_of_all(entry))}
    return own_profile(Subscription(name, "", ""), entry._replace(suggest="", fields=fields))


def _metadata_of_all(entry: Entry) -> Iterator[tuple[str, str]]:
    for key, text in entry.fields.get("metadata", {}).items():
        if not inputs_in(text):
            yield key, text


def _plain(subscription: Subscription, entry: Entry) -> dict[str, Any]:
    """The profile's file as it is to be, without its name."""
    plain: dict[str, Any] = {**entry.fields, "api_key": reference_of(subscription, entry)}
    metadata = entry.fields.get("metadata", {})
    plain["metadata"] = {key: filled(text, subscription.inputs) for key, text in metadata.items()}
    if fallback := entry.fields.get("when_unreachable"):
        plain["when_unreachable"] = f"{subscription.name}/{fallback}"
    for field, text in overrides_of(subscription, entry).items():
        group, dot, key = field.partition(".")
        if dot:
            plain[group] = {**plain.get(group, {}), key: text}
        else:
            plain[field] = text
    return plain


def overrides_of(subscription: Subscription, entry: Entry) -> dict[str, str]:
    """The person's own fields of that profile, as far as they count.

    What `check_override` refuses does not, no matter who wrote it into `catalogs.json`.
    """
    own = subscription.overrides.get(entry.name, {})
    return {field: text for field, text in own.items() if _may_be_own(field) and not _is_locked(entry, field)}


def reference_of(subscription: Subscription, entry: Entry) -> str:
    """Where the profile's key lies: the override, the suggestion, or a key of the person's own."""
    own = overrides_of(subscription, entry).get("api_key")
    if own is not None:
        return own
    return filled(entry.suggest, subscription.inputs) or f"keyring:{subscription.name}/{entry.name}"


def pairs_of_entry(subscription: Subscription, entry: Entry, host: str) -> tuple[tuple[str, str], ...]:
    """Each (reference, host): which key goes to that host by the profile, and on from there by its config.

    Raises KeyError without an answer.
    """
    reference = reference_of(subscription, entry)
    hosts = (host, *(beyond for _, beyond in hosts_beyond(entry)))
    return tuple((reference, each) for each in dict.fromkeys(hosts))


def pairs_of(subscription: Subscription, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """All of the catalog's, of profiles whose inputs are answered."""
    lacking = unanswered(catalog, subscription.inputs)
    found = [
        pair
        for entry in catalog.profiles
        if not any(name in lacking for name in inputs_of(entry))
        for pair in pairs_of_entry(subscription, entry, entry.host)
    ]
    return tuple(dict.fromkeys(found))


def accepted_pairs(subscription: Subscription, catalog: Catalog) -> tuple[tuple[str, str], ...]:
    """The pairs that need no further yes."""
    return tuple(pair for pair in pairs_of(subscription, catalog) if _is_accepted(subscription, pair))


def unaccepted_pairs(subscription: Subscription, catalog: Catalog) -> list[tuple[str, str]]:
    """The pairs that nobody has accepted yet."""
    return [pair for pair in pairs_of(subscription, catalog) if not _is_accepted(subscription, pair)]


def other_hosts_of_own_keys(subscription: Subscription, catalog: Catalog) -> list[tuple[str, str]]:
    """The pairs of a key that the person gave for other hosts: of profiles whose key no catalog suggests."""
    known = {reference for reference, _ in subscription.pairs}
    return [
        pair
        for entry in catalog.profiles
        if not entry.suggest
        for pair in pairs_of_entry(subscription, entry, entry.host)
        if pair[0] in known and pair not in subscription.pairs
    ]


def _is_accepted(subscription: Subscription, pair: tuple[str, str]) -> bool:
    """Whether that key goes to that host with the person's knowledge.

    A new profile's own key is one that nobody has given yet: it may go wherever others of the catalog do. One
    of a profile that was there before may not, though the profile was taken out in between.
    """
    reference, host = pair
    if pair in subscription.pairs:
        return True
    is_new = all(reference != known for known, _ in subscription.pairs)
    is_own = reference.startswith(f"keyring:{subscription.name}/")
    return is_own and is_new and any(host == known for _, known in subscription.pairs)


def withdrawn_words(catalog: str, gone: Withdrawn) -> str:
    """Why a profile is to be used no more, and what instead: `too slow; use acme/safe in its place`."""
    instead = f"use {catalog}/{gone.use} in its place" if gone.use else ""
    return "; ".join(filter(None, (gone.why, instead))) or "its publisher wants it used no more"
