"""The tray on this desktop: whether a panel can show an icon, and whether the tray starts at login."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from profiles.base.programs.paths import which
from tray.desktop import autostart
from tray.desktop.bus.address import session_bus_address
from tray.desktop.directory_events import DirectoryEvents
from tray.desktop.display import has_display
from tray.desktop.late_changes import late_changes
from tray.desktop.watched_files import survey
from tray.desktop.xembed import has_gtk, has_xembed_tray
from tray.doctor.finding import note, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tray.doctor.context import Context
    from tray.doctor.finding import Finding

_WATCHER = "org.kde.StatusNotifierWatcher"
_BUS_LIMIT_S = 2.0
_EXTENSIONS = ("ubuntu-appindicators@ubuntu.com", "appindicatorsupport@rgcjonas.gmail.com")
_PACKAGE = "gnome-shell-extension-appindicator"


def outside_changes(context: Context) -> Iterator[Finding]:
    """A Linux that has no more events to give of what happens to files."""
    if context.platform != "linux":
        return
    with closing(DirectoryEvents(lambda: None)) as events:
        events.arm(survey([context.locations.settings_path]).places)
        late = late_changes(events.refused)
    if late is not None:
        why = "The tray then looks every 2 s: its badge and its alarms come that much later."
        advice = "" if late.command else late.advice
        yield warning("late-changes", late.what, why, late.command, advice)


def tray_host(context: Context) -> Iterator[Finding]:
    """A Linux desktop where nothing shows icons."""
    address = session_bus_address(context.environ)
    if context.platform != "linux" or not has_display(context.environ) or not address:
        return  # no address: a screen at the other end of SSH
    answer = _has_host(address)
    if answer is None:
        what = "The session bus does not answer"
        why = "Neither an icon nor a notification can be shown, and the keyring may not be reached."
        yield warning("tray-bus", what, why, advice="Log out and in again.")
    if answer is not False or (has_gtk() and has_xembed_tray(context.environ)):
        return
    what = f"No panel here shows tray icons ({_WATCHER} is missing)"
    why = "The tray's menu cannot be shown; it watches and notifies all the same."
    if "GNOME" not in context.environ.get("XDG_CURRENT_DESKTOP", "").upper():
        advice = "Switch on the tray, or status notifier, of your desktop's panel."
        yield note("tray-host", what, why, advice=advice)
    else:
        yield warning("tray-host", f"{what}: GNOME needs an extension for it", why, *_gnome(context))


def _gnome(context: Context) -> tuple[str, str]:
    """The command and the advice by which GNOME shows icons."""
    places = ["/usr/share", "/usr/local/share", os.path.join(context.home, ".local", "share")]
    for name in _EXTENSIONS:
        if any(os.path.isdir(os.path.join(place, "gnome-shell", "extensions", name)) for place in places):
            return f"gnome-extensions enable {name}", ""
    then = "Then log out and in again, and run doctor once more."
    for manager in ("apt", "dnf", "zypper"):
        if which(manager, context.environ):
            return f"sudo {manager} install {_PACKAGE}", then
    return "", "Install the extension AppIndicator and KStatusNotifierItem Support (extensions.gnome.org)."


def _has_host(address: str) -> bool | None:
    """Whether somebody shows icons; None where the bus does not answer."""
    from jeepney import message_bus
    from jeepney.io.blocking import open_dbus_connection

    from profiles.base.time_limit import within

    def ask() -> bool:
        with closing(open_dbus_connection(address)) as bus:
            question = message_bus.NameHasOwner(_WATCHER)
            (has_owner,) = bus.send_and_get_reply(question, timeout=_BUS_LIMIT_S).body
            return bool(has_owner)

    try:
        return within(_BUS_LIMIT_S, ask)
    except (OSError, ValueError, RuntimeError):  # TimeoutError is an OSError
        return None


def login(context: Context) -> Iterator[Finding]:
    """Whether the tray starts at login, and starts this program."""
    command = autostart.login_command(context.helper_argv, context.locations, context.environ)
    status = autostart.status(context.environ, command)
    on = context.ours("autostart", "on")
    if status.enabled is None:
        what = f"It is not known whether the tray starts at login: {status.detail} ({status.where})"
        yield note("autostart", what, "It may not be there when you need it.", on)
    elif status.stale:
        program = status.detail.rpartition(": ")[2]
        what = f"At login something else starts than this pkcc-tray: {program}"
        why = "The tray may not come up, or be another installation's."
        gone = not os.path.exists(program.split(" ")[0])
        fix = (lambda: autostart.enable(context.environ, command)) if gone else None
        yield warning("autostart", what, why, on, fix=fix)
    elif has_display(context.environ) and not status.enabled and not status.by_user_disabled:
        what = "The tray does not start at login"
        yield note("autostart", what, "Changes by something else go unnoticed until you start it.", on)
