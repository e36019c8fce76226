"""From the edit form to the account and back: what was typed waits meanwhile, and no secret is among it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tray.actions.profiles.editing.suggestions import look_up

if TYPE_CHECKING:
    from tray.manager.access.sessions import Session
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site

    Typed = dict[str, list[str]]

_KEPT_S = 30 * 60.0
_KEPT_AS = "edit"


class _Waiting:
    """What was typed into the form of that profile."""

    def __init__(self, name: str, typed: Typed) -> None:
        self.name = name
        self.typed = {field: texts for field, texts in typed.items() if field not in ("token", "do")}
        self._until = time.monotonic() + _KEPT_S

    def forget_old(self) -> None:
        """Forget it after half an hour."""
        if time.monotonic() >= self._until:
            self.typed = {}


def look_up_again(site: Site, session: Session, name: str, typed: Typed) -> str:
    """Ask the profile's account what it offers: the address of the page that waits for it."""
    session.kept[_KEPT_AS] = _Waiting(name, typed)
    address = f"/edit/{name}"

    def work(job: Job) -> str:
        job.step("Asking the gateway what your key can use")
        look_up(job.app, name)
        return address

    return site.jobs.begin("Looking up providers, configs and models", work, address)


def take_typed(session: Session, name: str) -> Typed:
    """What was typed into the form of that profile before; it is given once."""
    waiting = session.kept.pop(_KEPT_AS, None)
    return waiting.typed if isinstance(waiting, _Waiting) and waiting.name == name else {}
