"""A catalog's change holds, and the settings could not be written: they are later, and nothing else is."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.catalog_homes import NEWER, Publisher, join, model, owe, owes, unwritable
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, UserHome

from profiles.base.errors import ConflictError
from profiles.catalogs.kept import acceptance
from profiles.files.locks import locked
from tray.actions.catalogs import write_settings
from tray.actions.put_in_force import put_in_force

STATE = ".local/state/pkcc-tray"


@pytest.fixture
def joined(home: UserHome, publisher: Publisher) -> UserHome:
    join(home, publisher)
    return home


@pytest.fixture
def owing(joined: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> UserHome:
    """A newer version holds, and the settings still carry the profile of the one before."""
    owe(joined, publisher, monkeypatch)
    return joined


def followed(home: UserHome, name: str = "acme") -> dict[str, object]:
    found: dict[str, object] = json.loads((home.own / "catalogs.json").read_bytes())["catalogs"][name]
    return found


def add_a_key(home: UserHome) -> None:
    home.ok("key", "set", "spare", "--stdin", stdin="pk-spare0000")


@pytest.mark.parametrize(
    "command",
    [
        ("import", "THEIRS", "--name", "theirs"),
        ("statusline", "on"),
        ("project", "rule", "add", "~/src/**", "--metadata", "a=b"),
        ("link", "pkcc-tray://nonsense"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_every_command_that_changes_something_writes_what_is_owed(
    owing: UserHome, command: tuple[str, ...]
) -> None:
    """Else who only imports and shows their status line goes on with the catalog's version of last month."""
    theirs = owing.root / "theirs.json"
    lines = f"x-portkey-provider: @theirs\nx-portkey-api-key: {KEY}"
    theirs.write_text(
        json.dumps(
            {
                "env": {
                    "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
                    "ANTHROPIC_CUSTOM_HEADERS": lines,
                }
            }
        )
    )
    owing.run(*(str(theirs) if word == "THEIRS" else word for word in command))
    assert model(owing) == "claude-sonnet-6"
    assert not owes(owing)


@pytest.mark.parametrize(
    "command", [("switch", "acme/safe"), ("off",), ("restore",)], ids=lambda words: words[0]
)
def test_a_dry_run_writes_nothing_that_is_owed(owing: UserHome, command: tuple[str, ...]) -> None:
    """Else what was only to be shown is done, in the settings of a session that runs."""
    before = owing.settings.read_bytes()
    owing.ok(*command, "--dry-run")
    assert owing.settings.read_bytes() == before
    assert owes(owing)


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, ConflictError])
@pytest.mark.parametrize("again", [False, True])
def test_what_a_cut_short_way_back_left_undone_reaches_the_settings_by_the_next_change(
    joined: UserHome,
    publisher: Publisher,
    monkeypatch: pytest.MonkeyPatch,
    stopped_by: type[BaseException],
    *,
    again: bool,
) -> None:
    """Else sessions go on with the version that somebody went back from, and the same command says that there
    is nothing to go back to.
    """
    publisher.publish(profiles=NEWER)
    joined.ok("catalog", "update")
    with unwritable(monkeypatch, stopped_by):
        joined.run("catalog", "rollback", "acme")
    assert model(joined) == "claude-sonnet-6"
    if again:
        joined.run("catalog", "rollback", "acme")
    else:
        add_a_key(joined)
    assert model(joined) == "claude-sonnet-5-5"
    assert not owes(joined)


def test_a_key_that_somebody_revoked_meanwhile_stays_revoked(
    joined: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else what its thief signs next applies by itself, and nobody was told."""
    other = Publisher(publisher.directory, number=2)
    publisher.publish(profiles=NEWER)
    with unwritable(monkeypatch):
        joined.ok("catalog", "update")
        joined.ok("catalog", "trust", "acme", "--key", other.key, "--yes")
    for command in (("history",), ("list",), ("switch", "acme/work"), ("catalog", "update")):
        joined.run(*command)
        now = followed(joined)
        assert (now["keys"], now["dropped"]) == ([other.key], [publisher.key]), command


def test_a_line_that_somebody_writes_into_catalogs_json_meanwhile_stays(owing: UserHome) -> None:
    path = owing.own / "catalogs.json"
    plain = json.loads(path.read_bytes())
    plain["catalogs"]["acme"]["overrides"] = {"work": {"label": "Mine"}}
    path.write_text(json.dumps(plain))
    owing.ok("status")
    add_a_key(owing)
    assert followed(owing)["overrides"] == {"work": {"label": "Mine"}}
    assert model(owing) == "claude-sonnet-6"


def test_what_a_change_could_not_finish_is_not_finished_over_what_is_decided_then(
    joined: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command was killed while another held the lock: the next finds it out only when the lock is free."""
    other = Publisher(publisher.directory, number=2)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    publisher.publish(profiles=NEWER)
    with monkeypatch.context() as patched:
        patched.setattr(acceptance, "make_profiles", killed)
        joined.run("catalog", "update")
    with monkeypatch.context() as patched:
        patched.setattr("tray.app.App.finish_interrupted", lambda _: None)
        joined.ok("catalog", "trust", "acme", "--key", other.key, "--yes")
    joined.ok("history")
    assert followed(joined)["keys"] == [other.key]
    add_a_key(joined)
    assert model(joined) == "claude-sonnet-6"


def test_who_only_looks_waits_for_nothing(
    joined: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each look at one's profiles takes 12 seconds, or asks for the keyring's password once more."""
    publisher.publish(profiles=NEWER)
    with unwritable(monkeypatch) as tried:
        joined.ok("catalog", "update")
        assert tried == ["acme/work"]
        for command in (("list",), ("status",), ("history",), ("catalog", "list"), ("diff",)):
            joined.run(*command)
        assert tried == ["acme/work"]
        joined.run("catalog", "update")
        assert model(joined) == "claude-sonnet-5-5"
    joined.ok("catalog", "update")
    assert model(joined) == "claude-sonnet-6"


def test_the_next_version_brings_what_an_earlier_one_owes(owing: UserHome, publisher: Publisher) -> None:
    """Else an update says that all is in force, and sessions go on with a profile of two versions ago."""
    publisher.publish(profiles=[NEWER[0], {**NEWER[1], "label": "Other"}])
    assert "version 45 is in force" in owing.ok("catalog", "update").out
    assert model(owing) == "claude-sonnet-6"


def test_settings_that_something_else_changed_stay_as_they_are(owing: UserHome) -> None:
    owing.settings.write_bytes(owing.settings.read_bytes().replace(b"claude-sonnet-5-5", b"claude-mine"))
    add_a_key(owing)
    assert model(owing) == "claude-mine"


@pytest.fixture
def both(joined: UserHome, tmp_path: Path) -> tuple[UserHome, Publisher]:
    """Who follows another catalog too, whose profile a project is pinned to."""
    beta = Publisher(tmp_path / "beta")
    beta.usual = {"name": "beta"}
    beta.publish()
    joined.ok("catalog", "add", str(beta.directory), "--key", beta.key, "--yes")
    joined.ok("key", "set", "beta/work", "--stdin", stdin=f"{KEY}\n")
    (joined.root / "project").mkdir()
    joined.ok("project", "add", str(joined.root / "project"), "--profile", "beta/work")
    return joined, beta


def project_model(home: UserHome) -> str:
    path = home.root / "project" / ".claude" / "settings.local.json"
    found: str = json.loads(path.read_bytes())["env"]["ANTHROPIC_DEFAULT_SONNET_MODEL"]
    return found


def test_what_one_catalog_is_owed_outlasts_a_change_of_another(
    both: tuple[UserHome, Publisher], publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else an update of all catalogs forgets the first of which the settings could not be written."""
    home, beta = both
    for each in (publisher, beta):
        each.publish(profiles=NEWER)
    with unwritable(monkeypatch):
        home.ok("catalog", "update", "acme")
    home.ok("catalog", "update", "beta")
    assert (model(home), project_model(home)) == ("claude-sonnet-5-5", "claude-sonnet-6")
    add_a_key(home)
    assert model(home) == "claude-sonnet-6"


def test_a_project_that_could_not_be_written_is_written_later(
    both: tuple[UserHome, Publisher], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, beta = both
    beta.publish(profiles=NEWER)
    with unwritable(monkeypatch):
        home.ok("catalog", "update", "beta")
    assert project_model(home) == "claude-sonnet-5-5"
    add_a_key(home)
    assert project_model(home) == "claude-sonnet-6"


def test_the_settings_are_written_while_another_may_change_catalogs(
    joined: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claude Code's lock takes 12 seconds, a question of the keyring minutes: others were refused."""
    was_free: list[bool] = []
    call: Callable[..., object] = put_in_force

    def seen(*words: object, **named: object) -> object:
        with locked(str(joined.root / STATE / "catalogs.lock"), 0):
            was_free.append(True)
        return call(*words, **named)

    monkeypatch.setattr(write_settings, "put_in_force", seen)
    publisher.publish(profiles=NEWER)
    joined.ok("catalog", "update")
    joined.ok("catalog", "rollback", "acme")
    joined.ok("catalog", "override", "acme/work", "models.sonnet", "claude-mine")
    assert len(was_free) == 3


def test_a_catalog_that_another_command_holds_does_not_end_the_update_of_all(
    both: tuple[UserHome, Publisher], publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, beta = both
    beta.publish(profiles=NEWER)
    publisher.publish(profiles=NEWER)

    def busy(*_: object, **__: object) -> None:
        raise ConflictError("Another pkcc-tray is changing the same file", "Wait for it.")

    accept = acceptance.accept
    monkeypatch.setattr(
        "tray.actions.catalogs.updating.accept",
        lambda places, its, *more, **named: (busy if its.name == "acme" else accept)(
            places, its, *more, **named
        ),
    )
    assert home.run("catalog", "update").code == 1
    assert project_model(home) == "claude-sonnet-6"


def test_doctor_writes_what_is_owed_where_it_fixes_and_not_where_it_looks(owing: UserHome) -> None:
    owing.run("doctor")
    assert owes(owing)
    owing.run("doctor", "--fix", "--yes")
    assert model(owing) == "claude-sonnet-6"


@pytest.mark.parametrize(
    ("words", "question"),
    [
        (("doctor", "--fix"), "Fix "),
        (("remove", "spare"), "Remove spare?"),
        (("catalog", "remove", "acme"), "Follow acme no longer?"),
        (("link", "pkcc-tray://join?source=https://ai.acme.example/pkcc-catalog.json"), "Get it"),
    ],
    ids=lambda words: words if isinstance(words, str) else words[0],
)
def test_after_a_no_nothing_is_written(
    joined: UserHome,
    publisher: Publisher,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    question: str,
) -> None:
    """Who declines at the terminal has a session's model changed all the same."""
    joined.add("spare")
    owe(joined, publisher, monkeypatch)
    (joined.claude / "settings.json.lock").mkdir()  # which `doctor --fix` would remove
    os.utime(joined.claude / "settings.json.lock", (0, 0))
    before = joined.settings.read_bytes()
    with terminal(list(words), joined.environ, joined.root) as screen:
        screen.expect(question)
        screen.type("n\r")
        screen.finish()
    assert joined.settings.read_bytes() == before
    assert owes(joined)
