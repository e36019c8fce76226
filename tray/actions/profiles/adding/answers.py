"""What an answer must look like: each raises UsageError with what to type instead. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import UsageError
from profiles.portkey.editions import is_portkey_url

if TYPE_CHECKING:
    from collections.abc import Collection


def one_word(answer: str) -> str:
    """A name as Portkey has them."""
    from profiles.profile.schema.fields import check_identifier

    try:
        return check_identifier(answer)
    except ValueError:
        title = "That must be one word of plain letters, digits and marks"
        raise UsageError(title, "Copy it from Portkey.") from None


def provider(answer: str) -> str:
    """A provider's `@slug`, or its plain name."""
    if answer == "@":
        raise UsageError("There is no slug after the @", "Copy it from Portkey.")
    return one_word(answer)


def slug(answer: str) -> str:
    """Of the hosted gateway: a plain name is a provider only for a gateway of one's own."""
    if not answer.startswith("@"):
        raise UsageError("A provider of your workspace begins with @", f"Did you mean @{one_word(answer)}?")
    return provider(answer)


def listed_provider(answer: str, gateway: str, listed: Collection[str]) -> str:
    """The provider that a person means at a gateway: a slug that its account lists needs no @ to be meant."""
    if answer in listed:
        return f"@{answer}"
    return slug(answer) if is_portkey_url(gateway) else provider(answer)


def slug_meant(answer: str) -> str:
    """The same where an `@slug` is asked for: `anthropic-prod` is `@anthropic-prod`."""
    return provider(answer) if answer.startswith("@") else f"@{one_word(answer)}"


def no_json(answer: str) -> str:
    """A saved config, by what names it."""
    if answer.startswith("{"):
        raise UsageError("That is a config, not the id of a saved one", "Put it into a file, and name that.")
    return answer


def model_with_provider(answer: str) -> str:
    """A model that names its provider: `@slug/model`."""
    before, slash, model = one_word(answer).partition("/")
    if not before[1:] or not before.startswith("@") or not slash or not model:
        raise UsageError("Here a model names its provider, too", "It is such as @anthropic-prod/claude-…")
    return answer


def metadata(answer: str) -> str:
    """One piece of metadata, `NAME=VALUE`."""
    from profiles.portkey.header_names import METADATA_LIMIT

    key, equals, value = answer.partition("=")
    if not equals or not key:
        raise UsageError("Metadata takes NAME=VALUE", "For example: team=engineering")
    if not answer.isprintable() or len(value) > METADATA_LIMIT:
        raise UsageError(f"A value is at most {METADATA_LIMIT} plain characters", "Shorten it.")
    return answer
