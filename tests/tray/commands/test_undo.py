"""`undo` takes back the last thing done, of whatever kind, and loses nothing that was done since."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, UserHome, files_with

from profiles.base.errors import ConflictError
from tray.app import App

OTHER_KEY = "pk-CANARY-4711-another-one"


@pytest.fixture
def home(home: UserHome) -> UserHome:
    home.add("work", "--provider", "@a", "--sonnet", "s1", "--label", "Work")
    home.add("spare", "--provider", "@b")
    (home.root / "repo").mkdir(parents=True)
    (home.root / "clones" / "one" / ".git").mkdir(parents=True)
    return home


def everything(home: UserHome) -> dict[str, bytes]:
    """What a user has: settings, profiles, rules, and the files of their projects."""
    places = [home.settings, *home.profiles.glob("*"), home.own / "rules.json"]
    places += home.root.rglob("settings.local.json")
    found = {str(path.relative_to(home.root)): path.read_bytes() for path in places if path.exists()}
    if json.loads(found.get(".config/pkcc-tray/rules.json", b"{}")).get("rules") == []:
        del found[".config/pkcc-tray/rules.json"]
    return found


def projects(home: UserHome) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = home.ok("project", "list", "--json").json()["data"]["projects"]
    return rows


def steps(home: UserHome) -> list[str]:
    return [row["what"] for row in home.ok("history", "--json").json()["data"]["steps"]]


def importing(home: UserHome) -> None:
    (home.root / "x.json").write_text(
        json.dumps(
            {
                "env": {
                    "ANTHROPIC_BASE_URL": "https://api.portkey.ai",
                    "ANTHROPIC_CUSTOM_HEADERS": f"x-portkey-provider: @new\nx-portkey-api-key: {OTHER_KEY}",
                }
            }
        )
    )


def drifting(home: UserHome) -> None:
    home.edit_settings('"s1"', '"s2"')


def ruled(home: UserHome) -> None:
    home.ok("project", "rule", "add", "~/clones/**", "--metadata", "a=b")
    home.ok("project", "sync")


def editing(home: UserHome) -> None:
    home.environ["EDITOR"] = "sed -i s/Work/Worked/"


def registered(home: UserHome) -> None:
    home.ok("project", "add", "repo", "--metadata", "team=x")


Prepare = Callable[[UserHome], object]
CASES: list[tuple[list[str], str, Prepare | None]] = [
    (["set", "work", "models.sonnet", "s2"], "set models.sonnet of work", None),
    (["set", "work", "label", "Other"], "set label of work", None),
    (["set", "spare", "label", "Other"], "set label of spare", None),
    (["set", "work", "label", "--unset"], "unset label of work", None),
    (["edit", "work"], "edit work", editing),
    (["rename", "work", "office"], "rename work to office", None),
    (["rename", "work", "WORK"], "rename work to WORK", None),
    (["rename", "spare", "third"], "rename spare to third", None),
    (["copy", "work", "third"], "copy work to third", None),
    (["remove", "spare"], "remove spare", None),
    (["import", "x.json", "--name", "new"], "import new", importing),
    (["import", "x.json", "--name", "work", "--replace"], "import work", importing),
    (["import", "x.json", "--name", "spare", "--replace"], "import spare", importing),
    (["add", "third", "--provider", "@c"], "add third", None),
    (["adopt"], "adopt ANTHROPIC_DEFAULT_SONNET_MODEL into work", drifting),
    (["project", "add", "repo", "--metadata", "team=y"], "project add", None),
    (["project", "add", "repo", "--metadata", "team=y"], "project add", registered),
    (["switch", "spare", "--project", "repo"], "pin", registered),
    (["project", "remove", "repo"], "project remove", registered),
    (["project", "rule", "add", "~/clones/**", "--profile", "spare"], "project rule add ~/clones/**", None),
    (["project", "rule", "remove", "1"], "project rule remove ~/clones/**", ruled),
    (["switch", "spare"], "switch to spare (from work)", None),
    (["off"], "off (from work)", None),
    (["restore"], "restore work", drifting),
]


@pytest.mark.parametrize(("argv", "words", "prepare"), CASES, ids=[" ".join(case[0]) for case in CASES])
def test_each_thing_done_is_taken_back_to_the_byte(
    home: UserHome, argv: list[str], words: str, prepare: Prepare | None
) -> None:
    """Without it a profile that was removed, or a field that was changed by mistake, is gone for good."""
    home.ok("switch", "work")
    if prepare is not None:
        prepare(home)
    before, known, done = everything(home), projects(home), steps(home)
    home.ok(*argv)
    assert steps(home)[0].startswith(words)
    assert argv[0] == "rename" or steps(home)[1:] == done  # which goes by the new name in all of them
    told = home.ok("undo")
    assert told.out.startswith("Undone: ")
    assert (everything(home), projects(home), steps(home)) == (before, known, done)
    assert home.ok("status", "--json").json()["data"]["active"] == "work"
    assert not files_with("CANARY", home.own, home.root / ".local")


def test_a_removed_profile_comes_back_and_not_another_switch(home: UserHome) -> None:
    """`undo` after `remove c` once switched the route instead, and c was gone."""
    home.ok("switch", "work")
    home.ok("remove", "spare")
    assert home.ok("undo").out == "Undone: remove spare.\n"
    assert home.ok("switch", "spare").code == 0
    assert home.ok("key", "print", "spare").out == f"{KEY}\n"


def test_steps_are_numbered_and_undo_goes_back_to_before_one(home: UserHome) -> None:
    home.ok("switch", "work")
    before = everything(home)
    for argv in (["set", "work", "models.sonnet", "s2"], ["remove", "spare"], ["off"], ["copy", "work", "c"]):
        home.ok(*argv)
    rows = home.ok("history", "--json").json()["data"]["steps"]
    assert [row["number"] for row in rows[:4]] == [1, 2, 3, 4]
    assert [row["what"] for row in rows[:4]] == [
        *("copy work to c", "off (from work)", "remove spare", "set models.sonnet of work"),
    ]
    assert {row["who"] for row in rows} == {"command line"}
    told = home.ok("undo", "4")
    assert told.out.splitlines()[0] == (
        "Undone: copy work to c, off (from work), remove spare, set models.sonnet of work; "
        "work is in use again."
    )
    assert everything(home) == before


def test_a_number_that_is_none_changes_nothing(home: UserHome) -> None:
    before = everything(home)
    assert (home.run("undo", "99").code, home.run("undo", "0").code, home.run("undo", "x").code) == (3, 2, 2)
    assert everything(home) == before


def test_what_something_else_wrote_since_is_never_lost(home: UserHome) -> None:
    """Somebody edits the profile's file by hand after `set`: undo would throw that away."""
    home.ok("set", "spare", "label", "One")
    path = home.profiles / "spare.json"
    path.write_text(path.read_text().replace("One", "Mine"))
    typed = path.read_bytes()
    ran = home.run("undo")
    assert (ran.code, ran.err) == (
        4,
        "Error: The profile 'spare' was changed by something else since\n"
        "  Nothing was undone. `pkcc-tray undo --force` goes back, and keeps that text aside.\n",
    )
    assert path.read_bytes() == typed
    assert steps(home)[0] == "set label of spare"
    told = home.ok("undo", "--force")
    assert "label" not in json.loads(path.read_text())
    kept = Path(told.err.rsplit(" ", 1)[1].strip())
    assert kept.read_bytes() == typed


def test_an_edit_between_two_steps_stops_undo_before_the_first_of_them(home: UserHome) -> None:
    home.ok("set", "spare", "label", "One")
    path = home.profiles / "spare.json"
    path.write_text(path.read_text().replace("One", "Mine"))
    home.ok("set", "spare", "trace_id", "t")
    before = everything(home)
    assert home.run("undo", "2").code == 4
    assert everything(home) == before
    home.ok("undo")
    assert "Mine" in path.read_text()


def test_a_profile_that_is_in_use_is_not_taken_away_by_undo(home: UserHome) -> None:
    """Settings that name a profile which is gone give Claude Code no key."""
    home.ok("add", "third", "--provider", "@c", "--key-stdin", stdin=KEY)
    other = home.root / "other" / "settings.json"
    other.parent.mkdir()
    home.ok("switch", "third", "--settings", str(other))
    ran = home.run("undo")
    assert (ran.code, ran.err.splitlines()[0]) == (4, f"Error: 'third' is in use in {other}")
    assert (home.profiles / "third.json").exists()


def test_a_broken_profile_with_a_key_in_it_is_kept_where_keys_are(home: UserHome) -> None:
    """A key pasted into the wrong place must not live on in a history."""
    path = home.profiles / "spare.json"
    path.write_text(path.read_text().replace('"keyring:spare"', f'"{OTHER_KEY}"'))
    before = path.read_bytes()
    home.ok("remove", "spare")
    assert not files_with("CANARY", home.own, home.root / ".local")
    home.ok("undo")
    assert path.read_bytes() == before
    names = [row["name"] for row in home.ok("key", "list", "--json").json()["data"]["keys"]]
    assert names == ["spare", "work"]


def test_a_secret_that_an_older_version_took_for_plain_text_is_in_no_history(home: UserHome) -> None:
    """Moved to the key store as we advise, it would live on in clear text for twenty steps more."""
    path = home.profiles / "spare.json"
    profile = json.loads(path.read_text()) | {"extra_headers": {"X-License-Key": OTHER_KEY}}
    path.write_text(json.dumps(profile))
    first = path.read_bytes()
    home.ok("set", "spare", "label", "One")
    home.ok("set", "spare", "label", "Two")
    home.ok("key", "set", "x-license-key", stdin=f"{OTHER_KEY}\n")
    home.ok("set", "spare", "extra_headers.X-License-Key", "keyring:x-license-key")
    assert not files_with(OTHER_KEY, home.own, home.root / ".local")
    home.ok("undo", "3")
    assert path.read_bytes() == first


def test_a_step_that_fails_leaves_nothing_where_keys_are(
    home: UserHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing would ever name what it had kept there, and nothing take it out."""
    path = home.profiles / "spare.json"
    path.write_text(path.read_text().replace('"keyring:spare"', f'"{OTHER_KEY}"'))
    before = path.read_bytes()
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    app = App.start(home.environ, None, None, wants_json=False)
    names = app.secrets.names()
    with suppress(ConflictError), app.steps.doing("remove", "remove spare") as doing:
        doing.write({"spare": None})
        assert app.secrets.names() != names
        raise ConflictError("it does not go on", "")
    assert path.read_bytes() == before
    assert app.secrets.names() == names


def test_an_older_history_goes_on_working(home: UserHome) -> None:
    """Anyone who upgrades can still undo the switch of the day before."""
    home.ok("switch", "work")
    home.ok("switch", "spare")
    (state,) = (home.root / ".local").rglob("state.json")
    plain = json.loads(state.read_text())
    for step in plain["history"]:
        for field in ("id", "part_of", "who"):
            del step[field]
    state.write_text(json.dumps(plain))
    for journal in (home.root / ".local").rglob("journal.json"):
        journal.unlink()
    home.ok("set", "work", "label", "L")
    assert steps(home) == ["set label of work", "switch to spare (from work)", "switch to work (from off)"]
    home.ok("undo", "2")
    assert home.ok("status", "--short").out == "work\n"


def test_the_clock_does_not_decide_the_order(home: UserHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is put back must not make an older step the latest."""
    home.ok("switch", "work")
    home.ok("set", "spare", "label", "L")
    monkeypatch.setattr("time.time", lambda: 1.0)
    home.ok("switch", "spare")
    assert steps(home)[:2] == ["switch to spare (from work)", "set label of spare"]


def test_twenty_steps_are_kept(home: UserHome) -> None:
    for number in range(25):
        home.ok("set", "spare", "label", f"L{number}")
    assert len(steps(home)) == 20
    home.ok("undo", "20")
    assert json.loads((home.profiles / "spare.json").read_text())["label"] == "L4"


def test_two_changes_at_once_are_both_kept(home: UserHome) -> None:
    """Each reads, changes and writes: without one lock over all three the later would undo the earlier."""
    ended: list[int] = []

    def change(number: int) -> None:
        ended.append(home.spawn("set", "spare", f"metadata.k{number}", "v").code)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [0] * 4
    assert len(json.loads((home.profiles / "spare.json").read_text())["metadata"]) == 4


def test_a_damaged_journal_is_said_and_nothing_else_stops(home: UserHome) -> None:
    (journal,) = (home.root / ".local").rglob("journal.json")
    journal.write_text("{")
    ran = home.run("undo")
    assert ran.code == 1
    assert "journal.json is damaged" in ran.err
    home.ok("switch", "work")


def test_a_switch_of_several_settings_files_is_one_step(home: UserHome) -> None:
    """One `switch` serves every target: undone in the one alone, the others keep the wrong route."""
    other = home.root / "other"
    other.mkdir()
    home.ok("target", "add", "other", str(other))
    home.ok("switch", "work")
    before = (home.settings.read_bytes(), (other / "settings.json").read_bytes())
    home.ok("switch", "spare")
    home.ok("undo")
    assert (home.settings.read_bytes(), (other / "settings.json").read_bytes()) == before
    home.ok("off")
    assert not (other / "settings.json").exists()
    home.ok("undo")
    assert (home.settings.read_bytes(), (other / "settings.json").read_bytes()) == before


def test_a_profile_s_change_is_taken_back_in_every_settings_file(home: UserHome) -> None:
    other = home.root / "other"
    other.mkdir()
    home.ok("target", "add", "other", str(other))
    home.ok("switch", "work")
    before = (home.settings.read_bytes(), (other / "settings.json").read_bytes())
    home.ok("set", "work", "models.sonnet", "s2")
    assert b"s2" in (other / "settings.json").read_bytes()
    home.ok("undo")
    assert (home.settings.read_bytes(), (other / "settings.json").read_bytes()) == before


def test_an_outside_change_of_the_settings_is_not_undone_along_with_a_switch(home: UserHome) -> None:
    """Somebody sets a value after the switch: it would be gone, and no step would say where."""
    home.ok("switch", "work")
    home.ok("switch", "spare")
    home.edit_settings("x-portkey-provider: @b", "x-portkey-provider: @mine")
    typed = home.settings.read_bytes()
    ran = home.run("undo")
    assert (ran.code, ran.err.splitlines()[0]) == (
        4,
        "Error: The settings were changed by something else since: x-portkey-provider",
    )
    assert home.settings.read_bytes() == typed
    told = home.ok("undo", "--force")
    assert "what something else had set was replaced: x-portkey-provider" in told.err
    assert home.ok("status", "--short").out == "work\n"


@pytest.mark.parametrize(
    "argv", [["remove", "spare"], ["rename", "spare", "third"], ["set", "spare", "label", "L"]]
)
def test_a_profile_that_is_a_link_is_one_again(home: UserHome, argv: list[str]) -> None:
    """Somebody's dotfiles would quietly no longer be what is in force."""
    path, real = home.profiles / "spare.json", home.root / "dotfiles.json"
    path.rename(real)
    path.symlink_to("../../../dotfiles.json")
    before = real.read_bytes()
    home.ok(*argv)
    home.ok("undo")
    assert path.is_symlink()
    assert (path.resolve(), real.read_bytes()) == (real, before)
    home.ok("switch", "spare")


def test_a_new_profile_s_key_overwrites_no_kept_one(home: UserHome) -> None:
    """`remove` keeps a key so that `undo` finds it: one of the same name must not have taken its place."""
    home.ok("remove", "spare")
    ran = home.ok("add", "spare", "--provider", "@c", "--key-stdin", stdin=OTHER_KEY)
    assert "Note: the key is stored as 'spare-2': 'spare' is another key, and stays as it is\n" in ran.err
    assert home.ok("key", "print", "spare").out == f"{OTHER_KEY}\n"
    home.ok("undo", "2")
    assert home.ok("key", "print", "spare").out == f"{KEY}\n"


def test_what_a_killed_command_left_beside_the_journal_goes_with_the_next_step(home: UserHome) -> None:
    """Such files gathered in the state directory, and nothing ever took them away."""
    (journal,) = (home.root / ".local").rglob("journal.json")
    left = [journal.with_name(f".{name}.pkcc-1-0a.tmp") for name in ("journal.json", "journal.pending")]
    for path in left:
        path.write_bytes(b"{")
    home.ok("set", "work", "trace_id", "t")
    assert not [path for path in left if path.exists()]


def test_several_steps_are_listed_at_a_terminal_and_taken_back_on_a_yes_alone(home: UserHome) -> None:
    """`undo 11` in the place of `undo 1` took back a day's work at once, and nothing brings it back."""
    home.ok("set", "spare", "label", "One")
    home.ok("set", "spare", "trace_id", "t")
    before, done = everything(home), steps(home)
    lines = home.ok("history").out.splitlines()
    with terminal(["undo", "2"], home.environ, home.root) as term:
        shown = term.expect("Take back these 2 steps? (y/N): ")
        assert [f"  {line}" for line in lines[:2]] == shown.splitlines()[1:3]
        assert lines[2] not in shown
        term.type("")
        assert term.finish() == 4
    assert (everything(home), steps(home)) == (before, done)
    with terminal(["undo", "2"], home.environ, home.root) as term:
        term.answer("Take back these 2 steps? (y/N): ", "y")
        assert term.finish() == 0
    assert steps(home) == done[2:]
    for argv in (["undo"], ["undo", "2", "--yes"]):
        home.ok("set", "spare", "label", "One")
        home.ok("set", "spare", "trace_id", "t")
        with terminal(argv, home.environ, home.root) as term:
            assert term.finish() == 0
            assert "(y/N)" not in term.screen


def test_a_step_that_was_done_after_the_question_is_not_taken_back(home: UserHome) -> None:
    """The answer was about the steps on the screen."""
    home.ok("set", "spare", "label", "One")
    with terminal(["undo", "2"], home.environ, home.root) as term:
        term.expect("Take back these 2 steps? (y/N): ")
        home.ok("set", "spare", "trace_id", "t")
        before = everything(home)
        term.type("y")
        assert term.finish() == 4
    assert everything(home) == before


def test_the_text_of_a_profile_that_undo_takes_away_is_kept_as_it_was_last(home: UserHome) -> None:
    """What was typed into a new profile is gone for good else: undo cannot be undone."""
    home.ok("copy", "spare", "third")
    home.ok("set", "third", "label", "Mine")
    home.ok("rename", "spare", "other")
    text = (home.profiles / "third.json").read_bytes()
    told = home.ok("undo", "3")
    assert not (home.profiles / "third.json").exists()
    (note,) = [line for line in told.err.splitlines() if "kept" in line]
    assert "third is gone" in note
    assert Path(note.rsplit(" ", 1)[1]).read_bytes() == text
    assert "other" not in told.err, "it has its old name again"


def test_a_profile_that_undo_takes_away_leaves_no_secret_in_clear_text(home: UserHome) -> None:
    """A text with a key in it, kept beside the others, would lie there for ever."""
    path = home.profiles / "spare.json"
    path.write_text(
        json.dumps(json.loads(path.read_text()) | {"extra_headers": {"X-License-Key": OTHER_KEY}})
    )
    home.ok("copy", "spare", "third")
    path.write_text(path.read_text().replace(OTHER_KEY, "keyring:x-license-key"))
    told = home.ok("undo")
    assert "third is gone; its text may hold a secret" in told.err
    assert not files_with(OTHER_KEY, home.own, home.root / ".local")


STRANGER = "https://thief.example"


@pytest.mark.parametrize("delivery", ["helper", "settings"])
@pytest.mark.parametrize("way", [["restore"], ["switch", "spare"], ["off"]])
def test_undo_never_leads_the_key_to_a_stranger_unasked(
    home: UserHome, way: list[str], delivery: str
) -> None:
    """It said "work is active again", and each request went to the one who had changed the address."""
    home.ok("set", "work", "key_delivery", delivery)
    home.ok("switch", "work")
    home.edit_settings("https://api.portkey.ai", STRANGER)
    home.ok(*way)
    settings = home.settings.read_bytes()
    refused = home.run("undo")
    assert refused.code == 4
    assert "your key would go to thief.example" in refused.err
    with terminal(["undo", "--yes"], home.environ, home.root) as term:
        assert "Then your key would go to thief.example." in term.expect("(y/N): ")
        term.type("n")
        assert term.finish() == 4
    assert home.settings.read_bytes() == settings
    forced = home.ok("undo", "--force")
    assert STRANGER in home.settings.read_text()
    assert "thief.example: `pkcc-tray restore`" in forced.err
    if way == ["restore"]:
        assert "active again" not in forced.out


def test_undo_of_what_changed_no_address_asks_nothing_after_an_alarm(home: UserHome) -> None:
    home.ok("switch", "work")
    home.edit_settings("https://api.portkey.ai", STRANGER)
    home.ok("restore")
    home.ok("set", "work", "trace_id", "t")
    home.ok("undo")
    assert home.run("undo").code == 4
