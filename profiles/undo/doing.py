"""A step under way: its intent is durable before its first document is written."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING
from profiles.profile.under_policy import check_written
from profiles.undo import journal as journals
from profiles.undo.journal import Done, Intent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from profiles.undo.documents import Documents

    class Steps(Protocol):
        """What a step needs of the steps that it is one of."""

        documents: Documents

        def registries(self) -> dict[str, dict[str, str]]: ...  # noqa: D102
        def save_intent(self, intent: Intent) -> None: ...  # noqa: D102
        def drop_intent(self) -> None: ...  # noqa: D102


class Doing:
    """A step under way; `id` is what the settings' own steps name it by."""

    def __init__(self, steps: Steps, step: Done) -> None:
        self._steps = steps
        self.step = step
        self.intent = Intent(step)

    @property
    def id(self) -> str:
        """The step's name, for `state.Stamp`."""
        return self.step.id

    def store_keys(self, names: Sequence[str]) -> None:
        """Make durable that keys of these new names are about to be stored: taken out again after a crash."""
        self._set(self.intent._replace(keys=[*names]))

    def with_projects(self) -> None:
        """Record that the step may change registered projects."""
        registries = self._steps.registries()
        self._set(self.intent._replace(registries=registries, begun=True))

    def write(self, profiles: Mapping[str, bytes | None], rules: bytes | None = None) -> None:
        """Write profiles (None: remove), and the rules where given. Raises PkccError with all as it was."""
        for name, data in profiles.items():
            check_written(name, data)
        pieces = self._steps.documents.pieces(profiles, rules)
        self.step = self.step._replace(pieces=[*self.step.pieces, *pieces])
        self._set(self.intent._replace(step=self.step, begun=True))
        self._steps.documents.put(pieces)

    def put_back(self) -> None:
        """Put the step's documents back as they were: it did not succeed."""
        self._steps.documents.put_back(self.step.pieces)
        self._steps.drop_intent()
        self._steps.documents.forget(journals.references([self.step]))

    def _set(self, intent: Intent) -> None:
        self.intent = intent
        self._steps.save_intent(intent)
