"""What takes long and changes nothing, done away from the tray's worker and reported as a notification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from tray.notices.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App
    from tray.desktop.threads.apart import Apart

_MOST_TOLD = 3
CHECK, DOCTOR = "check", "doctor"  # what such a notice is about: `Notice.key`
FAULT = PkccError("Something went wrong inside pkcc-tray", "Its log says where: please report it.")


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


class Background:
    """Used by the tray's worker. Each kind of job runs at most once at a time."""

    def __init__(
        self,
        app: App,
        apart: Apart,
        tell: Callable[[Notice], None],
        doctor: Callable[[App], Notice] = doctor_notice,
    ) -> None:
        self._app = app
        self._apart = apart
        self._tell = tell
        self._doctor = doctor

    def check(self, name: str, title: str) -> None:
        """Ask the profile's gateway. Returns at once."""
        self._start(CHECK, lambda app: check_notice(app, name, title))

    def doctor(self) -> None:
        """Look at everything that can be wrong. Returns at once."""
        self._start(DOCTOR, self._doctor)

    def _start(self, kind: str, job: Callable[[App], Notice]) -> None:
        def work() -> Notice:
            try:
                return job(self._app.apart())
            except PkccError as error:
                return Notice(kind, error.title, error.hint)

        fault = Notice(kind, FAULT.title, FAULT.hint)
        self._apart.start(kind, work, lambda notice: self._tell(notice or fault))
