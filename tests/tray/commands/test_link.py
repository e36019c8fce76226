"""link: a click asks, and without a yes nothing is done; a page that opens many asks once."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from support.desktop.notification_service import LIMIT_S, service
from support.desktop.private_bus import PrivateBus, require
from support.home.forced import force
from support.home.user_home import UserHome

from profiles.base.errors import ConflictError
from profiles.base.locations import find_locations
from tray.actions.more.one_link import one_link

if sys.platform != "win32":
    from support.home.pseudo_terminal import terminal

SOURCE = "https://ai.acme.example/pkcc-catalog.json"
LINK = f"pkcc-tray://join?source={SOURCE}&name=acme"


def test_at_a_terminal_it_is_asked_and_no_is_the_default(home: UserHome) -> None:
    with terminal(["link", "--", LINK], home.environ, home.root) as screen:
        screen.answer("Get it, and look at what is in it? (y/N)", "")
        assert screen.finish() == 0
        assert SOURCE in screen.screen
        assert "Nothing was done." in screen.screen
    assert not (home.own / "catalogs.json").exists()


def test_a_yes_goes_on_to_what_catalog_add_asks(home: UserHome) -> None:
    nobody = LINK.replace(SOURCE, "https://localhost:1/pkcc-catalog.json")
    with terminal(["link", "--", nobody], home.environ, home.root) as screen:
        screen.answer("Get it, and look at what is in it? (y/N)", "y")
        assert screen.finish() != 0
        assert "could not be reached" in screen.screen
    assert not (home.own / "catalogs.json").exists()


def test_where_nobody_can_be_asked_it_is_refused(home: UserHome) -> None:
    ran = home.run("link", "--", LINK)
    assert ran.code == 2
    assert "Nobody can be asked here" in ran.err


def test_what_stands_behind_the_dashes_is_one_link_and_no_option(home: UserHome) -> None:
    """A program that opens a link unquoted, or with a quote in it, would give us options of a stranger's."""
    evil = str(home.root / "evil")
    for words in ([LINK, "--config-dir", evil], ["--help"], ["--config-dir", evil], [LINK, "--json"]):
        ran = home.run("link", "--", *words)
        assert ran.code == 2, words
        assert not Path(evil).exists()


def test_a_second_link_waits_until_the_first_is_answered(home: UserHome) -> None:
    locations = find_locations(home.environ)
    os.makedirs(locations.state_dir, exist_ok=True)
    last = Path(locations.state_dir) / "link.last"
    with one_link(locations), pytest.raises(ConflictError, match="Another link"), one_link(locations):
        pass
    with pytest.raises(ConflictError, match="Another link"), one_link(locations):
        pass
    os.utime(last, (os.stat(last).st_atime, os.stat(last).st_mtime - 6))
    with one_link(locations):
        pass


def test_what_is_refused_behind_a_link_keeps_its_own_words(tmp_path: Path) -> None:
    """A no to the catalog, or a name that is taken, would be told as another link's question."""
    locations = find_locations({"HOME": str(tmp_path)}, str(tmp_path))
    with pytest.raises(ConflictError, match="Nothing was added"), one_link(locations):
        raise ConflictError("Nothing was added", "")


def test_a_click_opens_the_managers_page_with_what_the_link_says(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser has no terminal, or one that nobody looks at: the question stands on the manager's page."""
    opened: list[str] = []

    def run_manager(_app: object, _show: object, page: str) -> None:
        opened.append(page)

    monkeypatch.setattr("tray.manager.run.run_manager", run_manager)
    home.environ["DISPLAY"] = ":99"
    home.ok("link", "--page", "--", LINK)
    assert opened == [f"/catalogs/add?source={SOURCE}&name=acme"]


def test_an_administrator_can_switch_links_off(
    home: UserHome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    force(monkeypatch, tmp_path, managed_by={"name": "Acme IT"}, links=False)
    ran = home.run("link", "--", LINK)
    assert ran.code == 4
    assert "Acme IT does not allow joining by a link" in ran.err


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the icon shows notices, and this is no icon")
def test_a_click_that_is_refused_is_told_by_the_desktop(home: UserHome, tmp_path: Path) -> None:
    """Anyone who clicked looks at a browser: an error on a terminal that is not there is seen by nobody."""
    require("dbus-daemon")
    bus = PrivateBus(tmp_path / "bus")
    bus.start()
    try:
        home.environ["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        with service(bus.address) as desktop:
            assert home.run("link", "--page", "--", f"{LINK}&profile=work").code == 2
            shown = desktop.shown.get(timeout=LIMIT_S)
        assert shown.title == "This link is not followed: it says something else than source, key and name"
        assert "pkcc-tray join" in shown.body
    finally:
        bus.stop()
