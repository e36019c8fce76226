"""Secrets on their way into the settings, and the user's own on their way out of what is remembered."""

from __future__ import annotations

from contextlib import suppress

from profiles.base.errors import NotFoundError, PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.names import KEPT_PREFIX
from profiles.base.secret import Secret
from profiles.claude_code.owned_slots import OWNED_ENV
from profiles.claude_code.settings.secret_parts import is_kept, seal, storable_parts, unseal
from profiles.switching.edit.plan import EditPlan
from profiles.switching.memory.state import Memory, secret_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    from profiles.claude_code.settings.file import Settings
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import State

    class Secrets(Protocol):
        """What switching needs of the secret store."""

        def resolve(self, reference: str) -> Secret: ...  # noqa: D102
        def put(self, name: str, secret: Secret) -> str: ...  # noqa: D102
        def delete(self, name: str) -> None: ...  # noqa: D102


class Keeper:
    """The secret store as switching sees it."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets

    def reveal(self, reference: str) -> str:
        """The secret a reference names. Raises PkccError when it cannot be had."""
        return self.secrets.resolve(reference).reveal()

    def unsealed(
        self, memory: Memory, rendered: Rendered | None, address: str = ""
    ) -> tuple[Memory, list[str]]:
        """The memory with the secrets of those values that are about to be put back.

        Among them the header lines of the address that requests will go to.
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
            goes_back = rendered is None or (slot.startswith("env.") and slot[4:] not in OWNED_ENV)
            displaced[slot] = unseal(template, reveal) if goes_back else template
        taken = [
            [place, unseal(raw, reveal) if rendered is None or its == address else raw, its, digest]
            for place, raw, its, digest in memory.taken
        ]
        return memory._replace(displaced=displaced, taken=taken), lost

    def seal(
        self, settings: Settings, plan: EditPlan, state: State, unsealed: Memory
    ) -> tuple[Memory, dict[str, str]]:
        """The plan's memory without a secret, and each secret's spelling in the file → its reference."""
        kept: dict[str, str] = {}
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
            [place, seal(raw, kept), address, digest] for place, raw, address, digest in plan.memory.taken
        ]
        return plan.memory._replace(displaced=displaced, taken=taken), kept

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
