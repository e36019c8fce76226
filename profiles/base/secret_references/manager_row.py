"""What the table says of one manager of secrets, and how a reference to it is read by its row. Pure.

A reference comes from a profile, which may be published by others: so each part is a word of few characters,
which no program takes for an option, for a file or for the address of a server.
"""

from __future__ import annotations

import re

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Literal

WORD = r"[A-Za-z0-9_][A-Za-z0-9._@+=-]*"
WORDS = rf"{WORD}(?:/{WORD})*"
SPACED = r"[A-Za-z0-9_][A-Za-z0-9._@+= -]*"
FILE = rf"(?:~|[A-Za-z]:)?(?:/{SPACED.replace('_]', '._]', 1)})+"
_MOST = 1000


def never(parts: Mapping[str, str]) -> bool:  # noqa: ARG001
    """Never: part of what it means is said by the environment."""
    return False


class Manager(NamedTuple):
    """A manager of secrets: how a reference to it is spelled, how its own program is asked, what is said.

    `programs`: each that can be asked, and whose it is; none: it is a file below $CREDENTIALS_DIRECTORY.
    `arguments`: what follows the program. `needs`, `key`, `options`: of the reference, as patterns, the key
    behind `#` with "" for none. `reads`: how the key lies in what is printed; `inside`: where in that.
    `meanings`: what its exit codes mean; `complaints`: texts in its errors that say more, each with what it
    means and what helps instead of `sign_in`. `changed`: the command, or words, by which the key is changed.
    `may_ask`: it may ask its user something. `catalogs`: others may name it, but none of `own_options`.
    `whole`: whether these parts say all that decides which key is meant. `verbatim`: its own program copies
    references, in any language. `steered_by`: beginnings of variables by which its program goes to another
    server, or reads other files, and the option that makes one no matter, "" for none.
    """

    scheme: str
    form: str
    needs: str
    body: str
    programs: Mapping[str, str]
    arguments: Callable[[Mapping[str, str]], list[str]]
    sign_in: str
    changed: str
    key: str = ""
    key_needed: bool = False
    options: Mapping[str, str] = {}
    needed_options: tuple[str, ...] = ()
    reads: Literal["text", "first line", "json"] = "text"
    inside: str = ""
    meanings: Mapping[int, str] = {}
    complaints: Mapping[str, tuple[str, str]] = {}
    limit_s: float = 10.0
    may_ask: bool = False
    catalogs: bool = True
    own_options: tuple[str, ...] = ()
    whole: Callable[[Mapping[str, str]], bool] = never
    verbatim: bool = False
    steered_by: Mapping[str, str] = {}

    @property
    def title(self) -> str:
        """Such as `Vault or OpenBao`."""
        return " or ".join(dict.fromkeys(self.programs.values())) or "systemd's credentials"

    @property
    def prefix(self) -> str:
        """How its references begin, such as `vault-kv://`."""
        return self.scheme + ("://" if self.form.startswith(f"{self.scheme}://") else ":")


def parts_of(manager: Manager, text: str) -> dict[str, str]:
    """The parts of a reference by name, such as {"mount": "secret", "path": "ai/jane", "key": "api_key"}.

    Options that are not given are not among them. Raises UsageError, which never shows the text.
    """
    rest = text.removeprefix(manager.prefix)
    parts: dict[str, str] | None
    if manager.verbatim:
        parts = {} if text.isprintable() and re.fullmatch(manager.body, rest) else None
    else:
        parts = _parts(manager, rest) if _is_harmless(text) else None
    if parts is None:
        raise UsageError(
            f"A reference to {manager.title} needs {manager.needs}", f"Write it like {manager.form}."
        )
    return {**parts, "reference": text}


def _is_harmless(text: str) -> bool:
    return len(text) <= _MOST and ".." not in text and text.isascii() and text.isprintable()


def _parts(manager: Manager, text: str) -> dict[str, str] | None:
    rest, hash_mark, key = text.partition("#")
    body, mark, query = rest.partition("?")
    match = re.fullmatch(manager.body, body)
    options = _options(manager, query.split("&") if mark else [])
    if match is None or options is None:
        return None
    if hash_mark:
        if not (manager.key and re.fullmatch(manager.key, key)):
            return None
        options["key"] = key
    elif manager.key_needed:
        return None
    return {**match.groupdict(), **options}


def _options(manager: Manager, pairs: list[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name in found or name not in manager.options or not re.fullmatch(manager.options[name], value):
            return None
        found[name] = value
    return None if any(name not in found for name in manager.needed_options) else found
