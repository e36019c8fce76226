"""What takes long and changes nothing, done away from the tray's worker and reported as a notification."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from tray.desktop.threads.faults import log_fault
from tray.notices.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App

_MOST_TOLD = 3
CHECK, DOCTOR = "check", "doctor"  # what such a notice is about: `Notice.key`
FAULT = PkccError("Something went wrong inside pkcc-tray", "Its log says where: please report it.")


class Background:
    """Runs each kind of job at most once at a time. `tell` may be called from any thread."""

    def __init__(self, app: App, tell: Callable[[Notice], None]) -> None:
        self._app = app
        self._tell = tell
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def check(self, name: str, title: str) -> None:
        """Ask the profile's gateway. Returns at once."""
        self._start(CHECK, lambda app: check_notice(app, name, title))

    def doctor(self) -> None:
        """Look at everything that can be wrong. Returns at once."""
        self._start(DOCTOR, doctor_notice)

    def _start(self, kind: str, job: Callable[[App], Notice]) -> None:
        with self._lock:
            if kind in self._running:
                return
            self._running.add(kind)
        threading.Thread(target=self._run, args=(kind, job), name=kind, daemon=True).start()

    def _run(self, kind: str, job: Callable[[App], Notice]) -> None:
        try:
            notice = job(self._app.apart())
        except PkccError as error:
            notice = Notice(kind, error.title, error.hint)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not go unsaid
            log_fault(f"a fault in {kind}", error)
            notice = Notice(kind, FAULT.title, FAULT.hint)
        finally:
            with self._lock:
                self._running.discard(kind)
        self._tell(notice)


def check_notice(app: App, name: str, title: str) -> Notice:
    """What the profile's gateway says, in one notice. Waits for the network. Raises PkccError."""
    from profiles.gateway.asking.steps import FAILED, OK
    from tray.actions.more.check import check_profiles

    (checked,) = check_profiles(app, [name]).profiles
    failed = next((step for step in checked.steps if step.verdict == FAILED), None)
    if failed is not None:
        return Notice(CHECK, f"{title}: {failed.text}", failed.hint)
    warnings = [step.text for step in checked.steps if step.verdict != OK]
    spent = sum(step.ms or 0 for step in checked.steps)
    body = "\n".join(warnings) or f"Its gateway answers and takes the key ({spent:.0f} ms)."
    return Notice(CHECK, f"{title}: the connection works", body)


def doctor_notice(app: App) -> Notice:
    """The worst findings, in one notice. Takes some seconds."""
    from profiles.base.text import counted
    from tray.actions.more.doctor import examined
    from tray.doctor import worst_first

    findings = [finding for finding in worst_first(examined(app)) if finding.severity != "note"]
    if not findings:
        return Notice(DOCTOR, "Doctor found nothing wrong", "pkcc-tray doctor tells more.")
    lines = [f"{each.what}: {each.command or each.advice}" for each in findings[:_MOST_TOLD]]
    if len(findings) > _MOST_TOLD:
        lines.append("`pkcc-tray doctor` shows all.")
    return Notice(DOCTOR, f"Doctor found {counted(len(findings), 'thing')} to fix", "\n".join(lines))
