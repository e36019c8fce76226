"""What a name looks like: of a profile, a key, a target. Imports nothing that costs."""

from __future__ import annotations

from profiles.base.errors import UsageError
from profiles.base.text import LONGEST_SLIP, others_words

# Secrets whose names begin so are the user's own displaced values, kept by us and forgotten when put back.
KEPT_PREFIX = "displaced."

NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
# Of minisign, its one line: base64 of `Ed`, an id of 8 bytes, and a key of 32.
PUBLIC_KEY = r"RW[Q-T][A-Za-z0-9+/]{53}"
GIT_REF = r"(?!.*(\.\.|//))[A-Za-z0-9][A-Za-z0-9._/+-]{0,200}(?<![/.])(?<!\.lock)"  # a branch or tag
_FIRST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_LATER = _FIRST.union("._-")
_LONGEST = 64
# Windows opens a device for these, whatever the extension.
_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))]
)


def check_name(name: str) -> str:
    """The name itself. Raises UsageError when no profile can be called so."""
    if is_kept_name(name):
        raise UsageError(
            f"No profile's name can begin with '{KEPT_PREFIX}'",
            "Use another name: those are kept for values of yours that `off` puts back.",
        )
    if not is_name(name):
        raise UsageError(
            f"{others_words(name)!r} cannot be the name of a profile"
            if len(name) <= LONGEST_SLIP
            else "That cannot be the name of a profile",
            "Use 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit.",
        )
    return name


def check_profile_name(name: str) -> str:
    """The name itself: of a profile of one's own, or `acme/work`, which the catalog acme has. UsageError."""
    catalog, _, plain = name.rpartition("/")
    if catalog:
        check_name(catalog)
    check_name(plain if catalog else name)
    return name


def is_profile_name(name: str) -> bool:
    """Whether a profile can be called so: `work`, or `acme/work`."""
    return all(map(is_name, name.split("/", 1)))


def catalog_of(name: str) -> str:
    """The catalog that a profile is of, such as `acme` for `acme/work`; "" for one's own."""
    return name.rpartition("/")[0]


def is_word(text: str) -> bool:
    """Whether a text is as `NAME` says. Without a regular expression: `key print` loads none."""
    return 0 < len(text) <= _LONGEST and text[0] in _FIRST and _LATER.issuperset(text)


def is_name(name: str) -> bool:
    """Whether a name has the form that every name here has, and is no device of Windows'."""
    return is_word(name) and not name.endswith(".") and name.partition(".")[0].lower() not in _DEVICES


def is_free_name(name: str) -> bool:
    """Whether `check_name` lets a name pass."""
    return is_name(name) and not is_kept_name(name)


def is_kept_name(name: str) -> bool:
    """Whether a name, of whatever case, is one of those under which displaced values are kept."""
    return name.lower().startswith(KEPT_PREFIX)
