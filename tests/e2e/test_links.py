"""A click on a link, as desktops hand it over: one argument, whatever is in it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from support.client.command import EXECUTABLE
from support.desktop.private_bus import PrivateBus, require
from support.desktop.status_notifier import eventually

from profiles.catalogs.join_link import SCHEME

LINKS = {
    "plain": f"{SCHEME}://join?source=https://ai.acme.example/pkcc-catalog.json&name=acme",
    "quote": f'{SCHEME}://join?source="; touch $HOME/evil; "',
    "shell": f"{SCHEME}://join?source=$(touch $HOME/evil)`touch $HOME/evil`",
    "option": f"{SCHEME}:--config-dir=/tmp/evil",
    "help": f"{SCHEME}:--help",
    "zero": f"{SCHEME}://join?source=%00%0a",
    "field-codes": f"{SCHEME}://join?name=%f%U%i",
}


@pytest.fixture(params=[["xdg-open"], ["gio", "open"]], ids=lambda words: words[0])
def opener(request: pytest.FixtureRequest) -> list[str]:
    require(request.param[0])
    return list(request.param)


@pytest.mark.parametrize("kind", LINKS)
def test_a_desktop_hands_over_exactly_one_argument(opener: list[str], kind: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with_bus = PrivateBus(tmp_path / "bus")
    with_bus.start()
    try:
        environ = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "DISPLAY": ":99",
            "DBUS_SESSION_BUS_ADDRESS": with_bus.address,
        }
        subprocess.run([EXECUTABLE, "desktop", "install"], env=environ, check=True, stdout=subprocess.DEVNULL)
        entry = home / ".local/share/applications/pkcc-tray-link.desktop"
        subprocess.run(["desktop-file-validate", entry], check=True)
        program = tmp_path / "seen.sh"
        program.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$#" "$@" >{tmp_path}/new\nmv {tmp_path}/new {tmp_path}/seen\n'
        )
        program.chmod(0o755)
        entry.write_text(entry.read_text().replace(str(EXECUTABLE), str(program)))
        subprocess.run([*opener, LINKS[kind]], env=environ, check=True, cwd=home)
        eventually((tmp_path / "seen").exists, "the handler of links is started")
    finally:
        with_bus.stop()
    count, verb, option, dashes, *link = (tmp_path / "seen").read_text().splitlines()
    assert (count, verb, option, dashes) == ("4", "link", "--page", "--")
    assert len(link) == 1
    assert link[0].startswith(SCHEME)
    assert not (home / "evil").exists()
