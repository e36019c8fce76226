"""Claude Code's settings file: reading it and seeing what it says. Pure."""

from __future__ import annotations

import sys

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.header_lines import split_lines
from profiles.claude_code.owned_slots import HEADERS_SLOT, HELPER_KEY, MODEL, OWNED_ENV, RULES_FOR_MODELS
from profiles.claude_code.routing_names import HEADERS_KEY, PROXY_HELPER
from profiles.claude_code.settings.json_text import (
    JsonObject,
    JsonTextError,
    Member,
    parse_document,
    parse_object,
)
from profiles.claude_code.variable_values import EXACT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from profiles.claude_code.header_lines import Line

WINDOWS = sys.platform == "win32"
_BOM = "\ufeff"
_NEW_FILE = "{}\n"
_TEXTS = (HELPER_KEY, "$schema", MODEL)  # right whatever they say
TOO_LARGE = "it is larger than 2 MiB"


class Settings(NamedTuple):
    """One reading of the file. `text` has no byte order mark; `absent` when there was no file.

    `blank` when the file holds nothing at all: it is then edited as if it were `{}`.
    """

    text: str
    bom: bool
    absent: bool
    blank: bool
    original: str
    root: JsonObject
    env: JsonObject | None

    def member(self, slot: str) -> Member | None:
        """The member at `env.NAME` or at a top-level key, if it is there."""
        owner, key = (self.env, slot[4:]) if slot.startswith("env.") else (self.root, slot)
        return owner.find(key) if owner is not None else None

    def slots(self) -> set[str]:
        """The slots of all that is there, such as `env.HTTPS_PROXY` and `model`."""
        variables = self.env.members if self.env is not None else []
        return {member.key for member in self.root.members} | {f"env.{member.key}" for member in variables}

    def raw(self, member: Member) -> str:
        """The value's text as it is spelled in the file."""
        return self.text[member.value_start : member.value_end]

    def header_lines(self) -> list[Line]:
        """The lines of the header string; none where there is no such string."""
        member = self.member(HEADERS_SLOT)
        return [] if member is None else split_lines(self.raw(member))

    def encode(self, text: str) -> bytes:
        """The bytes of an edited text, with the byte order mark the file had."""
        return ((_BOM if self.bom else "") + text).encode("utf-8", "surrogatepass")


def parse_settings(
    data: bytes | None, path: str, *, windows: bool = WINDOWS, managed: bool = False
) -> Settings:
    """What the file holds. Raises PkccError, with line and column, for what Claude Code would not read.

    `managed`: an administrator's, in which an `env` that is no object is left out, and nothing else for it.
    On Windows a variable's name has no case, and of two spellings the later one counts: there one that we own
    is found, replaced and put back in its place however it is spelled.
    """
    try:
        original = (data or b"").decode("utf-8")
    except UnicodeDecodeError as error:
        line = (data or b"")[: error.start].count(b"\n") + 1
        raise PkccError(
            f"{path} line {line}: not UTF-8 text", "Save the file as UTF-8; nothing was changed."
        ) from None
    bom = original.startswith(_BOM)
    original = original.removeprefix(_BOM)
    blank = data is None or not original.strip()
    text = _NEW_FILE if blank else original
    try:
        root = parse_document(text)
        env = _env_in(text, root, path, managed=managed)
        env = env and env._replace(members=[_as_the_client_has_it(text, member) for member in env.members])
    except JsonTextError as error:
        raise PkccError(
            f"{path} line {error.line}, column {error.column}: {error.reason}",
            "Fix that line: Claude Code ignores the whole file until then. Nothing was changed.",
        ) from None
    if windows and env is not None:
        env = _folded(env)
    return Settings(text, bom, data is None, blank, original, root, env)


def _as_the_client_has_it(text: str, member: Member) -> Member:
    """A variable's member with its value as text: null and a list are set, too, as `null` and `a,1`."""
    value = member.value
    if isinstance(value, bool) or text[member.value_start] == '"':
        return member
    if isinstance(value, str) and value.isdigit() and len(value) < EXACT:
        return member
    from profiles.claude_code.settings.client_reading import as_text, loads

    became = as_text(loads(text[member.value_start : member.value_end]))
    return member._replace(value=became) if became else member


def _folded(env: JsonObject) -> JsonObject:
    """The members, with the names that we own in capitals, as we spell them."""
    members = [
        member._replace(key=member.key.upper()) if member.key.upper() in OWNED_ENV else member
        for member in env.members
    ]
    return env._replace(members=members)


def _env_in(text: str, root: JsonObject, path: str, *, managed: bool) -> JsonObject | None:
    member = root.find("env")
    if member is None:
        return None
    if not isinstance(member.value, dict):
        if managed:
            return None
        raise PkccError(f"{path}: `env` is not an object", "Make it an object (`{}`); nothing was changed.")
    return parse_object(text, member.value_start)


def plain(value: object) -> str:
    """What the client makes of a value, as text: of a text, a number or a truth value; else nothing."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else ""


def what_drops(settings: Settings, size: int) -> str:
    """Why the client leaves a file of that many bytes out, as `model must be text in quotes`; else ""."""
    if size >> 20:  # at least 1 MiB: only then the limit is loaded
        from profiles.claude_code.settings.client_reading import LARGEST

        if size > LARGEST:
            return TOO_LARGE
    return next(iter(wrong_values(settings).values()), "")


def wrong_values(settings: Settings) -> dict[str, str]:
    """What is wrong with each top-level value that the client does not take, by its key."""
    others = [
        member
        for member in {each.key: each for each in settings.root.members}.values()  # the last counts
        if not (member.key == "env" and settings.env is not None)
        and not (member.key in _TEXTS and settings.text[member.value_start] == '"')
    ]
    if not others:
        return {}
    from profiles.claude_code.settings.client_reading import loads
    from profiles.claude_code.settings.dropped_files import needs_a_look, wrong_keys

    return wrong_keys({each.key: loads(settings.raw(each)) for each in others if needs_a_look(each.key)})


def without(settings: Settings, keys: Collection[str]) -> Settings:
    """The settings without those top-level keys, to be looked at and not to be written."""
    members = [member for member in settings.root.members if member.key not in keys]
    return settings._replace(root=settings.root._replace(members=members))


def in_force(settings: Settings) -> Settings:
    """The settings without the variables whose text has a NUL in it, to be looked at and not to be written.

    The client leaves those out, so that what a less specific file says of them counts.
    """
    if settings.env is None:
        return settings
    last = {member.key: plain(member.value) for member in settings.env.members}
    members = [member for member in settings.env.members if "\0" not in last[member.key]]
    return settings._replace(env=settings.env._replace(members=members))


def actual_values(settings: Settings) -> dict[str, str]:
    """What the file says, by slot: `env.NAME`, `header.name`, the two helpers, `model`; no blank one."""
    values = dict(_values(settings))
    member = settings.root.find(MODEL)
    if member is not None and isinstance(member.value, str) and member.value:
        values[MODEL] = member.value
    return values


def rules_for_models(settings: Settings) -> dict[str, str]:
    """The raw text of each top-level setting that changes which model is asked for."""
    found = {key: settings.root.find(key) for key in RULES_FOR_MODELS}
    return {key: settings.raw(member) for key, member in found.items() if member is not None}


def not_texts(settings: Settings) -> list[str]:
    """The variables of ours whose value is an object or a list: the client makes another text of it."""
    members = settings.env.members if settings.env else []
    return [each.key for each in members if each.key in OWNED_ENV and settings.text[each.value_start] in "{["]


def has_values(settings: Settings) -> bool:
    """Whether the file says anything by slot, its `model` aside: that one is nobody's route."""
    return any(True for _ in _values(settings))


def _values(settings: Settings) -> Iterator[tuple[str, str]]:
    members = settings.env.members if settings.env else []
    for member in {member.key: member for member in members}.values():  # of equal keys the last counts
        if member.key == HEADERS_KEY:
            for line in split_lines(settings.raw(member)):
                if line.name and line.value:
                    yield f"header.{line.name}", line.value
        elif text := plain(member.value):
            yield f"env.{member.key}", text
    for key in (HELPER_KEY, PROXY_HELPER):
        command = settings.root.find(key)
        if command is not None and (text := plain(command.value)):
            yield key, text
