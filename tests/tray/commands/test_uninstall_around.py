"""`uninstall` of one directory of our own leaves what another has: there is one start at login, one tray."""

from __future__ import annotations

import pytest
from support.gateway.serving import serving
from support.home.user_home import KEY, UserHome

LOGIN, ENTRY = ".config/autostart/pkcc-tray.desktop", ".local/share/applications/pkcc-tray.desktop"


def add(home: UserHome, *place: str) -> None:
    home.ok(*place, "add", "work", "--provider", "@a", "--key-stdin", stdin=f"{KEY}\n")


@pytest.mark.parametrize("owner", ["the usual directory", "a chosen one"])
def test_the_start_at_login_and_the_menu_entry_of_another_directory_stay(home: UserHome, owner: str) -> None:
    """Who tried it in a directory of its own, and cleared that, had no icon after the next login."""
    chosen = ("--config-dir", str(home.root / "own"))
    its, other = ((), chosen) if owner == "the usual directory" else (chosen, ())
    for place in (its, other):
        add(home, *place)
    home.ok(*its, "autostart", "on")
    home.ok(*its, "desktop", "install")
    there = {path: (home.root / path).read_bytes() for path in (LOGIN, ENTRY, ".config/mimeapps.list")}

    shown = home.ok(*other, "uninstall", "--dry-run").out
    assert ("at login" in shown, "menu entry" in shown) == (False, False)
    assert f"Of another --config-dir, and stays: {home.root / LOGIN}\n" in shown
    home.ok(*other, "uninstall", "--yes")
    assert {path: (home.root / path).read_bytes() for path in there} == there

    assert "at login" in home.ok(*its, "uninstall", "--dry-run").out
    home.ok(*its, "uninstall", "--yes")
    assert [path for path in there if (home.root / path).exists()] == []


def test_the_tray_that_works_on_another_directory_goes_on(home: UserHome) -> None:
    """Its icon would be gone, and a second one could start beside it, since its lock was removed."""
    runtime = home.root / "runtime"
    runtime.mkdir(mode=0o700)
    home.environ["XDG_RUNTIME_DIR"] = str(runtime)
    chosen = home.root / "own"
    add(home, "--config-dir", str(chosen))
    with serving(home.environ, home.root, "tray") as first:
        home.ok("--config-dir", str(chosen), "uninstall", "--yes")
        assert not chosen.exists()
        assert first.process.poll() is None
        assert (runtime / "pkcc-tray" / "tray.lock").exists()
        home.ok("uninstall", "--yes")
        assert first.said() == "ended"
    assert not (runtime / "pkcc-tray").exists()
