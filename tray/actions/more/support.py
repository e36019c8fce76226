"""What to send to anyone who helps: versions, policy, findings, without a path, a name or a value."""

from __future__ import annotations

import platform
import time
from collections import Counter
from posixpath import basename
from typing import TYPE_CHECKING, NamedTuple

from profiles import __version__
from profiles.base.errors import PkccError
from profiles.policy.in_force import reading_in_force
from tray.actions.catalogs.overview import list_catalogs
from tray.doctor import CHECKS, Context, examine, worst_first
from tray.doctor.client_program import version_of

if TYPE_CHECKING:
    from tray.app import App


class Versions(NamedTuple):
    """Such as `1.2.0`, `3.13.5`, `Debian GNU/Linux 13 (trixie)`, `x86_64`; `claude_code` is "" for none."""

    pkcc_tray: str
    python: str
    system: str
    machine: str
    claude_code: str


class ForcedKey(NamedTuple):
    """A key of the policy, what the file or registry key that says it is called, and whether it is right."""

    key: str
    origin: str
    valid: bool


class FollowedCatalog(NamedTuple):
    """A catalog: its version in force, None before the first yes; how many days ago it was asked for."""

    name: str
    serial: int | None
    days_old: int | None
    state: str
    managed: bool


class SeenFinding(NamedTuple):
    """What doctor finds, by its name alone: `helper-gone`, and how often."""

    check: str
    severity: str
    times: int


class Support(NamedTuple):
    """All of it. `active` is a catalog's `acme/work`, "own" for a profile of one's own, "" for none."""

    versions: Versions
    policy: tuple[ForcedKey, ...]
    catalogs: tuple[FollowedCatalog, ...]
    active: str
    findings: tuple[SeenFinding, ...]


def support_data(app: App) -> Support:
    """What holds here. Nothing is sent, nobody is asked, and no keyring is opened."""
    context = Context(app, reads_keyring=False)
    found = Counter((each.check, each.severity) for each in worst_first(examine(context, CHECKS)))
    findings = tuple(SeenFinding(check, severity, times) for (check, severity), times in found.items())
    return Support(_versions(context), _forced(), _followed(app), _active(context), findings)


def _versions(context: Context) -> Versions:
    version = None if context.client is None else version_of(context.client, context.environ)
    client = "unknown" if version is None and context.client else ".".join(map(str, version or ()))
    return Versions(__version__, platform.python_version(), _system(), platform.machine(), client)


def _system() -> str:
    """Such as `Debian GNU/Linux 13 (trixie)`, `macOS 15.2` or `Windows 11 10.0.26100`."""
    if platform.system() == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()} {platform.version()}"


def _forced() -> tuple[ForcedKey, ...]:
    reading = reading_in_force()
    entries = () if reading is None else reading.entries
    # Its last part: a Mac's managed preferences lie in a folder that is called as the user is.
    return tuple(ForcedKey(each.key, basename(each.origin), not each.problems) for each in entries)


def _followed(app: App) -> tuple[FollowedCatalog, ...]:
    try:
        rows = list_catalogs(app).catalogs
    except PkccError:  # catalogs.json cannot be read, which doctor says
        return ()
    now = time.time()
    return tuple(
        FollowedCatalog(
            row.name,
            row.serial,
            None if row.asked_at is None else max(0, int((now - row.asked_at) // 86_400)),
            row.state,
            row.managed,
        )
        for row in rows
    )


def _active(context: Context) -> str:
    name = context.active or ""
    return name if "/" in name or not name else "own"
