"""Where a profile says its key lies: `keyring:NAME`, `env:VAR`, `op://…` and the like, read into a value."""

from __future__ import annotations

import os

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.secret_checks import is_key_name

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMS = (
    'keyring:NAME, vault:NAME, env:VAR, file:PATH, cmd:["program", …] or a secret manager\'s, such as '
    "op://vault/item/field"
)
AT_HAND = ("keyring", "vault", "env", "file", "credential")  # had without another program
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"


class Reference:
    """A parsed reference: `scheme` (keyring, vault, env, file, cmd, or a manager's), and `target`.

    `target` is the key name, the variable, the path as written, the JSON list, or all behind the first colon;
    `argv` is a command's, `parts` are those of a manager's.
    """

    __slots__ = ("argv", "parts", "scheme", "target")

    def __init__(
        self, scheme: str, target: str, argv: tuple[str, ...] = (), parts: Mapping[str, str] | None = None
    ) -> None:
        self.scheme = scheme
        self.target = target
        self.argv = argv
        self.parts = parts or {}

    def __str__(self) -> str:
        return f"{self.scheme}:{self.target}"

    def __repr__(self) -> str:
        return f"Reference({self.scheme}:…)"  # a command's arguments may hold anything

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def parse_reference(text: str) -> Reference:
    """The reference a text spells. Raises UsageError, which never shows the text: it may be a pasted key."""
    scheme, colon, target = text.partition(":")
    if colon and scheme in ("keyring", "vault"):
        if not is_key_name(target):
            raise UsageError(
                f"The key name after '{scheme}:' is not well formed",
                "Use 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit.",
            )
        return Reference(scheme, target)
    if colon and scheme == "env":
        import re  # most keys lie in a store of ours: `key print` loads none for those

        if not re.fullmatch(_VARIABLE, target):
            raise UsageError(
                "'env:' must be followed by a variable's name", "Write it like env:PORTKEY_API_KEY."
            )
        return Reference(scheme, target)
    if colon and scheme == "file":
        return _parse_file(target)
    if colon and scheme == "cmd":
        return Reference(scheme, target, _parse_argv(target))
    if colon:
        from profiles.base.secret_references.manager_row import parts_of
        from profiles.base.secret_references.managers import manager_of

        manager = manager_of(text)
        if manager is not None:
            return Reference(scheme, target, parts=parts_of(manager, text))
    raise UsageError("That is not a reference to a secret", f"Use {FORMS}.")


def is_reference(text: str) -> bool:
    """Whether a text spells a reference to a secret."""
    try:
        parse_reference(text)
    except UsageError:
        return False
    return True


def runs_program(reference: str) -> bool:
    """Whether reading that reference starts another program, which may take its time, or ask something."""
    return reference.partition(":")[0] not in AT_HAND


def _parse_file(target: str) -> Reference:
    home = target.startswith(("~/", "~\\"))
    if "\0" in target or not (home or os.path.isabs(target)):
        raise UsageError(
            "'file:' must be followed by an absolute path, or one that begins with ~/",
            "Claude Code asks for the key from any directory, so a relative path would not be found.",
        )
    return Reference("file", target)


def _parse_argv(target: str) -> tuple[str, ...]:
    import json

    try:
        argv = json.loads(target)
    except (ValueError, RecursionError):
        argv = None
    if (
        not isinstance(argv, list)
        or not argv
        or not all(isinstance(word, str) and "\0" not in word for word in argv)
        or not argv[0]
    ):
        raise UsageError(
            "'cmd:' must be followed by a JSON list of strings: no shell is used",
            'Write it like cmd:["pass", "show", "portkey"].',
        )
    return tuple(argv)
