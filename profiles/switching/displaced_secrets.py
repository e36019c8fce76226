"""Putting secrets into the settings, and taking the user's own out of what is remembered.

Nothing that is kept on disk (displaced values, history) holds a secret in clear text: each is replaced by a
marker whose reference says which backend holds it.
"""

from __future__ import annotations

import re
from contextlib import suppress

from profiles.base.errors import NotFoundError, PkccError
from profiles.base.light_json import dumps, loads
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import KEPT_PREFIX
from profiles.base.secret import Secret
from profiles.base.secret_markers import fill, marker
from profiles.base.secret_names import is_secret_name
from profiles.claude_code.own_command import is_own_helper
from profiles.claude_code.owned_slots import HELPER_KEY, OWNED_ENV, STATUS_LINE
from profiles.claude_code.routing_names import PROXY_HELPER
from profiles.claude_code.settings.parse import parse_settings
from profiles.claude_code.settings.secret_parts import secret_parts
from profiles.switching.edit.plan import EditPlan
from profiles.switching.memory.state import Memory, secret_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from typing import Protocol

    from profiles.claude_code.settings.parse import Settings
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import State

    class Secrets(Protocol):
        """What switching needs of the secret store."""

        def resolve(self, reference: str) -> Secret: ...  # noqa: D102
        def put(self, name: str, secret: Secret) -> str: ...  # noqa: D102
        def delete(self, name: str) -> None: ...  # noqa: D102


_PIECE = 600  # characters, each at most two UTF-16 units
# The name of what is given a value. Looked for at each word's start alone: else a long word takes its square.
_NAMED = r"(?<![\w-])[\d_-]*+([\w-]++)[ \\\"']*+[=:]"


class Keeper:
    """The secret store as switching sees it."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets

    def reveal(self, reference: str) -> str:
        """The secret a reference names. Raises PkccError when it cannot be had."""
        return self.secrets.resolve(reference).reveal()

    def unsealed(
        self,
        memory: Memory,
        rendered: Rendered | None,
        address: str = "",
        going: Collection[str] = (),
    ) -> tuple[Memory, list[str]]:
        """The memory with the secrets of those values that are about to be put back.

        Among them the header lines of the address that requests will go to, and the slots `going` back.
        With it the references of those that are gone: an empty text stands for each, and the rest of what the
        user had still goes back.
        """
        lost: list[str] = []

        def reveal(reference: str) -> str:
            try:
                return self.reveal(reference)
            except NotFoundError:
                lost.append(reference)
                return ""

        displaced = {}
        for slot, template in memory.displaced.items():
            goes_back = (
                rendered is None or slot in going or (slot.startswith("env.") and slot[4:] not in OWNED_ENV)
            )
            known = len(lost)
            displaced[slot] = unseal(template, reveal) if goes_back else template
            if slot == STATUS_LINE and len(lost) > known:
                del displaced[slot], lost[known:]  # ours has its command in it
        taken = [
            (place, unseal(raw, reveal) if rendered is None or its == address else raw, its, digest)
            for place, raw, its, digest in memory.taken
        ]
        return memory._replace(displaced=displaced, taken=taken), lost

    def seal(
        self, settings: Settings, plan: EditPlan, state: State, unsealed: Memory, *, traced: bool
    ) -> tuple[Memory, dict[str, str]]:
        """The plan's memory without a secret, and each secret's spelling in the file → its reference.

        `traced`: the history may hold what goes out of the file.
        """
        kept: dict[str, str] = {}
        if not (traced or plan.memory.displaced or plan.memory.taken or state.history):
            return plan.memory, kept  # no text of the file is remembered
        # A value that already says what the profile writes is displaced without being changed.
        displaced_now = [
            slot for slot, raw in plan.memory.displaced.items() if raw != unsealed.displaced.get(slot)
        ]
        for slot in dict.fromkeys([*plan.changed, *displaced_now]):
            member = settings.member(slot)
            for part in storable_parts(slot, settings.raw(member)) if member is not None else []:
                kept.setdefault(part, _reference_for(part, state))
        known = state.current.memory.displaced
        displaced = {
            slot: known[slot] if raw == unsealed.displaced.get(slot) else seal(raw, kept)
            for slot, raw in plan.memory.displaced.items()
        }
        taken = [
            (place, seal(raw, kept), address, digest) for place, raw, address, digest in plan.memory.taken
        ]
        return plan.memory._replace(displaced=displaced, taken=taken), kept

    def forget_copies(self, state: State, data: bytes | None, gone: Secret | None) -> None:
        """Drop what is kept for `undo` alone, and stands in the user's own file or holds what is gone."""
        spare = state.references() - state._replace(history=[]).references()
        there: Collection[str] = ()
        if state.current.active is None:
            with suppress(PkccError):  # a file that cannot be read holds nothing that is known
                there = standing(parse_settings(data, state.settings_path), state).values()
        self.forget({each for each in spare if each in there or self._holds(each, gone)})

    def _holds(self, reference: str, secret: Secret | None) -> bool:
        if secret is None or not is_kept(reference):
            return False
        try:
            text, spelled = self.reveal(reference), dumps(secret.reveal())[1:-1]
        except PkccError:
            return False
        return spelled in text or text in in_pieces(spelled)

    def keep(self, kept: Mapping[str, str]) -> None:
        """Store each secret that is not a profile's key already. Raises PkccError."""
        for text, reference in kept.items():
            if is_kept(reference):
                self.secrets.put(reference.removeprefix("keyring:"), Secret(text))

    def forget(self, references: Iterable[str]) -> None:
        """Drop kept secrets that nothing needs any more; one that stays costs nothing but its place."""
        for reference in references:
            if is_kept(reference):
                with suppress(PkccError):
                    self.secrets.delete(reference.removeprefix("keyring:"))


def _reference_for(part: str, state: State) -> str:
    digest = secret_digest(state.salt, part)
    for reference, known in state.current.digests.items():
        if known == digest:
            return reference
    return f"keyring:{KEPT_PREFIX}{digest}"


def standing(settings: Settings, state: State) -> dict[str, str]:
    """Each secret that stands in a file, as it is spelled there → the reference under which it is kept."""
    parts = [
        part
        for slot in settings.slots() - {"env"}
        if (member := settings.member(slot)) is not None
        for part in storable_parts(slot, settings.raw(member))
    ]
    return {part: f"keyring:{KEPT_PREFIX}{secret_digest(state.salt, part)}" for part in parts}


def storable_parts(slot: str, raw: str) -> list[str]:
    """Like `secret_parts`, each `in_pieces`."""
    parts = secret_parts(slot, raw)
    if slot in (HELPER_KEY, PROXY_HELPER) and len(raw) > 2 and not _is_ours(raw):
        # A command of the user's: it may hold anything.
        parts = [raw[1:-1] if raw.startswith('"') else raw]
    elif slot == STATUS_LINE and any(map(is_secret_name, re.findall(_NAMED, raw))):
        parts = [raw]  # its command is given something by a secret's name: no telling where that ends
    return [piece for part in parts for piece in in_pieces(part)]


def in_pieces(text: str) -> list[str]:
    """The text in pieces that every backend can hold (Windows: 1,280 UTF-16 units)."""
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def _is_ours(raw: str) -> bool:
    return raw.startswith('"') and is_own_helper(loads(raw))


def seal(raw: str, secrets: Mapping[str, str]) -> str:
    """The text with each secret, as spelled in it, replaced by its reference's marker; longest first.

    In one pass, and over the markers that are there already: a short secret may occur in a reference.
    """
    longest_first = sorted(secrets, key=len, reverse=True)
    pieces = re.compile("|".join(["\0[^\0]*\0", *map(re.escape, longest_first)]))
    return pieces.sub(lambda match: marker(secrets[match[0]]) if match[0] in secrets else match[0], raw)


def unseal(template: str, resolve: Callable[[str], str]) -> str:
    """The raw text again. `resolve` gives a reference's secret; a profile's key is spelled as in JSON."""

    def spelled(reference: str) -> str:
        secret = resolve(reference)
        return secret if is_kept(reference) else dumps(secret)[1:-1]

    return fill(template, spelled)


def is_kept(reference: str) -> bool:
    """Whether the secret of that reference is the user's own raw text, not a profile's key."""
    return reference.startswith(f"keyring:{KEPT_PREFIX}")
