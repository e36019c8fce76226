"""What a secret and a key's name must look like. No message here ever shows the text it refuses."""

from __future__ import annotations

from profiles.base.errors import UsageError
from profiles.base.names import KEPT_PREFIX, is_kept_name, is_word
from profiles.base.secret import Secret

MAX_UNITS = 1280  # UTF-16 units: what Windows Credential Manager holds (2,560 bytes)


def is_key_name(text: str) -> bool:
    """True for a well-formed key name: 1 to 64 of letters, digits, `.`, `_`, `-`, not a mark first.

    Two of them with a slash between are the key of a catalog's profile: no other can have that name.
    """
    return all(map(is_word, text.split("/", 1)))


def check_form(text: str) -> str:
    """The name itself. Raises UsageError, without showing the text: it may be a key pasted by mistake."""
    if not is_key_name(text):
        raise UsageError(
            "That is not a key name",
            "Use 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit.",
        )
    return text


def check_key_name(text: str) -> str:
    """The name itself, when a user may give it to a key. Raises UsageError; the text is never shown."""
    if is_kept_name(text):
        raise UsageError(
            f"No key's name can begin with '{KEPT_PREFIX}'",
            "Use another name: those are kept for values of yours that `off` puts back.",
        )
    return check_form(text)


def check_new_key_name(text: str) -> str:
    """The name itself, when a key may be stored under it. Raises UsageError for what may be a key."""
    from profiles.base.secret_names import may_be_key  # `key print` does not ask

    if may_be_key(text):
        raise UsageError("That looks like a key, not like its name", "Choose a short name, such as work.")
    return check_key_name(text)


def check_secret(text: str, what: str) -> Secret:
    """A key that can travel in an HTTP header: printable ASCII, no space, at most 1,280 characters.

    Exactly one newline at the end is forgiven (files and pipes have one). `what` names the key in the
    message of the UsageError. It must not be taken from the text.
    """
    value = text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")
    if not value:
        raise UsageError(f"{what} is empty", "Give the key's text, for example on standard input.")
    if len(value) > MAX_UNITS:
        raise UsageError(
            f"{what} is too long: more than {MAX_UNITS:,} characters", "Check that it is the key alone."
        )
    if not value.isascii():
        raise UsageError(
            f"{what} has a character outside ASCII", "Copy it again: an HTTP header carries ASCII only."
        )
    if not all("!" <= char <= "~" for char in value):
        raise UsageError(
            f"{what} has a space, a line break or a control character in it",
            "Copy it again, as one word on one line.",
        )
    return Secret(value)


def check_storable(secret: Secret, what: str) -> None:
    """Return when every backend can hold the text unchanged, else raise UsageError."""
    value = secret.reveal()
    if not value:
        raise UsageError(f"{what} is empty", "Give the key's text, for example on standard input.")
    try:
        units = len(value.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        units = -1
    if units < 0 or "\0" in value:
        raise UsageError(f"{what} has a character that cannot be stored", "Copy the key again.")
    if units > MAX_UNITS:
        raise UsageError(
            f"{what} is too long: more than {MAX_UNITS:,} characters", "Check that it is the key alone."
        )
