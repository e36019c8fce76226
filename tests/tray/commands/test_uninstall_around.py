"""`uninstall` of one directory of our own leaves what another has: there is one start at login, one tray."""

from __future__ import annotations

import sys
from pathlib import Path

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


def test_a_directory_is_the_same_through_a_link(home: UserHome) -> None:
    """Its start at login stayed, "of another --config-dir", and began at each login with nothing to show."""
    (home.root / "link").symlink_to(home.root / "own")
    (home.root / "own").mkdir()
    through, itself = (("--config-dir", str(home.root / name)) for name in ("link", "own"))
    add(home, *through)
    home.ok(*through, "autostart", "on")
    home.ok(*through, "desktop", "install")
    assert home.ok(*itself, "autostart", "status").out == f"The tray starts at login: {home.root / LOGIN}\n"
    shown = home.ok(*itself, "uninstall", "--dry-run").out
    assert ("at login" in shown, "menu entry" in shown, "stays" in shown) == (True, True, False), shown
    home.ok(*itself, "uninstall", "--yes")
    assert [path for path in (LOGIN, ENTRY) if (home.root / path).exists()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="each directory has a lock of its own there")
@pytest.mark.parametrize("owner", ["the usual directory", "a chosen one"])
def test_the_tray_that_works_on_another_directory_goes_on(home: UserHome, runtime: Path, owner: str) -> None:
    """Its icon would be gone, and a second one could start beside it, since its lock was removed."""
    own = str(home.root / "own")
    chosen = ("--config-dir", own)
    its, other = ((), chosen) if owner == "the usual directory" else (chosen, ())
    for place in (its, other):
        add(home, *place)
    started = home.environ | ({"PKCC_CONFIG_DIR": own} if its else {})
    with serving(started, home.root, "tray") as first:
        home.ok(*other, "uninstall", "--yes")
        assert first.process.poll() is None
        assert (runtime / "pkcc-tray" / "tray.lock").exists()
        home.ok(*its, "uninstall", "--yes")
        assert first.process.wait(20) == 0
    assert not (runtime / "pkcc-tray").exists()


@pytest.mark.parametrize("shared", [True, False], ids=["in the session's directory", "in its own"])
def test_a_directory_s_own_tray_ends_though_it_was_started_with_other_variables(
    home: UserHome, request: pytest.FixtureRequest, shared: bool
) -> None:
    """It went on over a directory that was cleared: who starts one at login has no passphrase there."""
    if shared:
        request.getfixturevalue("runtime")
    chosen = home.root / "own"
    add(home, "--config-dir", str(chosen))
    with serving(home.environ | {"PKCC_CONFIG_DIR": str(chosen)}, home.root, "tray") as first:
        home.environ["PKCC_VAULT_PASSPHRASE"] = "of this terminal"
        home.ok("--config-dir", str(chosen), "uninstall", "--yes")
        assert first.process.wait(20) == 0
    assert not chosen.exists()
