"""The first run of somebody who goes through Portkey already, on a desktop: nothing has to be typed again."""

from __future__ import annotations

import json
from pathlib import Path

from support.desktop.own_computer import ENTRY, OwnComputer, by_hand, person_at
from support.desktop.status_notifier import eventually
from support.home.user_home import KEY, files_with


def test_settings_made_by_hand_become_the_profile_in_use(tmp_path: Path) -> None:
    home = OwnComputer(tmp_path / "home")
    env = by_hand(KEY, "x-portkey-provider: @anthropic-prod") | {"EDITOR": "vim"}
    home.settings.write_text(json.dumps({"env": env}))
    with person_at(home) as person:
        person.start(ENTRY)
        first = ["Through Portkey, set up by hand: @anthropic-prod", "Make a profile of it…"]
        assert person.lines()[:2] == first
        said = person.press("pkcc-tray is ready", "Use my settings", "by-hand")
        assert said == "Claude Code goes through Portkey already, set up by hand."
        person.sees("Import")
        person.picture("by-hand-import")
        person.click("Import 2 profiles")
        person.told("2 profiles imported, anthropic-prod is in use", "by-hand-imported")
        assert home.in_use() == "anthropic-prod"
        assert home.env()["EDITOR"] == "vim"
        assert files_with(KEY, home.root) == []
        ticked = "anthropic-prod (@anthropic-prod)"
        eventually(lambda: person.lines()[0] == ticked, "the menu offers it")
