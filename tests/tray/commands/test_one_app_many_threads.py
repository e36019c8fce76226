"""One app, long-lived and used by several threads, as in the tray: each change tells its own outcome."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import pytest
from support.home.git_repository import repository
from support.home.user_home import KEY, UserHome

from profiles.base.locations import find_locations
from profiles.switching.outcome import Outcome
from profiles.switching.switcher import Switcher
from tray.actions.switching.switch import off, restore, switch
from tray.app import App

LOST = "gone from the key store"


@pytest.fixture
def app(home: UserHome) -> Iterator[App]:
    home.add("work", "--provider", "@work")
    home.add("home", "--provider", "@home")
    with mock.patch.dict(os.environ, home.environ, clear=True):
        yield App(find_locations(os.environ), dict(os.environ), interactive=False, directory=str(home.root))


def test_a_change_tells_of_its_own_projects_whatever_another_thread_does_meanwhile(
    home: UserHome, app: App
) -> None:
    """A user who clicks while a command runs would not hear that a repository still has the old route."""
    home.ok("switch", "work")
    repository(home.root / "one")
    home.ok("project", "add", "one", "--metadata", "repo=1")
    (home.root / "one").rename(home.root / "away")
    restored = Switcher.restore

    def overtaken(switcher: Switcher, **options: bool) -> Outcome:
        """The change itself; before the command hears of it, another thread makes one that goes well."""
        outcome = restored(switcher, **options)
        (home.root / "away").rename(home.root / "one")
        with ThreadPoolExecutor(1) as other:
            assert [each.problem for each in other.submit(switcher.write_projects).result()] == [""]
        return outcome

    with mock.patch.object(Switcher, "restore", overtaken):
        _, notes = restore(app, dry_run=False)
    assert [note.partition("/one: ")[2][:21] for note in notes] == ["the directory is gone"]


def test_a_secret_that_is_lost_is_told_of_once(home: UserHome, app: App) -> None:
    """In a tray that runs for weeks every later `off` would tell of a secret lost in the first week."""
    home.settings.write_text(f'{{"env": {{"ANTHROPIC_API_KEY": "{KEY}2"}}}}')
    switch(app, "work", dry_run=False)
    for row in app.secrets.names():
        if row.startswith("displaced"):
            app.secrets.delete(row)
    assert [LOST in note for note in off(app, dry_run=False)[1]] == [True]
    switch(app, "work", dry_run=False)
    assert off(app, dry_run=False)[1] == ()
