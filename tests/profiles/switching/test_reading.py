"""Looking at the settings, and tidying up after a crash."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from faults.world import HOME, KEY, OLD_KEY, ORIGINAL, World

from profiles.base.errors import PkccError
from profiles.switching.displaced_secrets import Keeper
from profiles.switching.memory import state as states
from profiles.switching.memory.state_files import load_next, load_state
from profiles.switching.one_file.recovery import recover
from profiles.switching.reading import reading as readings
from profiles.switching.reading.reading import read_settings


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path).furnish()


def look(world: World) -> readings.Reading:
    return read_settings(world.locations, world.files)


def test_reading_writes_nothing(world: World) -> None:
    """`status` on a read-only home must work, and must not make a state of its own."""
    for switched in (False, True):
        if switched:
            world.switch("work")
        before = world.snapshot()
        look(world)
        assert world.snapshot() == before


def test_what_was_written_is_no_drift(world: World) -> None:
    for name in ("work", "home", "work"):
        world.switch(name)
        reading = look(world)
        assert (reading.state.current.active, reading.condition, reading.changes) == (name, "ok", [])


def test_outside_edits_are_told_by_name_and_without_a_secret(world: World) -> None:
    world.switch("work")
    text = (world.bytes() or b"").decode()
    text = text.replace(KEY, "pk-CANARYstolen99").replace("https://api.portkey.ai/v1", "https://evil.example")
    world.settings.write_text(text.replace('"CLAUDE_CODE_USE_VERTEX": 1', '"ANTHROPIC_MODEL_X": 1'))
    changes = {change.slot: change for change in look(world).changes}
    assert {slot: change.kind for slot, change in changes.items()} == {
        "env.ANTHROPIC_VERTEX_BASE_URL": "changed",
        "env.CLAUDE_CODE_USE_VERTEX": "removed",
        "header.x-portkey-api-key": "changed",
    }
    assert changes["env.ANTHROPIC_VERTEX_BASE_URL"].alarming
    assert "CANARY" not in repr([*changes.values()])


def test_what_an_older_version_left_to_the_user_is_no_drift_after_an_upgrade(world: World) -> None:
    """Somebody with Foundry's address in the file would be alarmed by the upgrade itself, for nothing."""
    world.switch("work")
    text = (world.bytes() or b"").decode()
    url = '"ANTHROPIC_FOUNDRY_BASE_URL": "https://mine.example", "CLAUDE_CODE_USE_VERTEX"'
    world.settings.write_text(text.replace('"CLAUDE_CODE_USE_VERTEX"', url))
    assert [change.slot for change in look(world).changes] == ["env.ANTHROPIC_FOUNDRY_BASE_URL"]
    state = json.loads(Path(world.files.state_path).read_text())
    del state["current"]["surroundings"]
    Path(world.files.state_path).write_text(json.dumps(state | {"version": 1}))
    assert look(world).changes == []
    world.switch("work")
    assert json.loads(world.bytes() or b"")["env"]["ANTHROPIC_FOUNDRY_BASE_URL"] == ""


def test_a_number_rewritten_as_a_string_is_no_drift(world: World) -> None:
    """Claude Code does so whenever it saves (facts): the user would be alarmed for nothing."""
    world.switch("work")
    text = (world.bytes() or b"").replace(b'"CLAUDE_CODE_USE_VERTEX": 1', b'"CLAUDE_CODE_USE_VERTEX": "1"')
    world.settings.write_bytes(text)
    assert look(world).changes == []


def test_a_file_that_is_gone_or_broken_is_said(world: World) -> None:
    world.switch("work")
    world.settings.write_bytes(b'{"env": {')
    reading = look(world)
    assert reading.condition == "unparsable"
    assert reading.problem is not None
    assert "line 1" in reading.problem.title
    assert reading.state.current.active == "work"
    world.settings.unlink()
    assert look(world).condition == "gone"


def test_no_file_is_fine_while_off(world: World) -> None:
    world.settings.unlink()
    assert look(world).condition == "ok"


def test_a_switch_in_the_middle_of_reading_is_not_taken_for_drift(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watcher reads just when the file changes: old state with new settings would cry wolf."""
    world.switch("work")
    real = readings.read_bytes
    pending = ["home"]

    def interleaved(path: str) -> bytes | None:
        if pending and path == world.locations.settings_path:
            world.switch(pending.pop())
        return real(path)

    monkeypatch.setattr(readings, "read_bytes", interleaved)
    reading = look(world)
    assert not pending
    assert (reading.state.current.active, reading.changes) == ("home", [])


# After a crash -----------------------------------------------------------------------------------------


STOPPED_AT = {  # the call at which the kill comes
    "unkept": "profiles.switching.displaced_secrets.Keeper.keep",
    "before": "profiles.switching.one_file.file.replacing_file",
    "after": "profiles.switching.one_file.file.commit_next",
}


def interrupted(
    world: World, monkeypatch: pytest.MonkeyPatch, at: str, action: str = "switch", name: str = "work"
) -> None:
    """Stop a change as a kill would.

    Before the displaced secrets were kept, or before or after the settings were replaced.
    """

    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(STOPPED_AT[at], kill)
        with pytest.raises(Killed):
            world.switch(name) if action == "switch" else world.switcher().off()
    assert os.path.exists(world.files.next_path)


def test_the_file_may_be_replaced_between_judging_the_intent_and_reading(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rename comes while the intent stays as it is: the bytes judged must be those read."""
    world.switch("home")
    before = world.bytes() or b""
    interrupted(world, monkeypatch, "after")
    after = world.bytes() or b""
    world.settings.write_bytes(before)
    real, looks = readings.read_bytes, []

    def replaced_after(path: str) -> bytes | None:
        data = real(path)
        if path == world.locations.settings_path and not looks:
            looks.append(data)
            world.settings.write_bytes(after)
        return data

    monkeypatch.setattr(readings, "read_bytes", replaced_after)
    reading = look(world)
    assert looks == [before]
    assert (reading.state.current.active, reading.changes) in [("home", []), ("work", [])]


@pytest.mark.parametrize("action", ["switch", "off"])
@pytest.mark.parametrize("at", ["before", "after"])
def test_reading_judges_an_interrupted_change(
    world: World, monkeypatch: pytest.MonkeyPatch, at: str, action: str
) -> None:
    if action == "off":
        world.switch("work")
    interrupted(world, monkeypatch, at, action)
    before = world.snapshot()
    reading = look(world)
    assert reading.state.current.active == ("work" if (action == "switch") == (at == "after") else None)
    assert reading.changes == []
    assert world.snapshot() == before


@pytest.mark.parametrize("action", ["switch", "off"])
@pytest.mark.parametrize("at", ["before", "after"])
def test_recovering_finishes_or_drops_it_and_tidies_up(
    world: World, monkeypatch: pytest.MonkeyPatch, at: str, action: str
) -> None:
    if action == "off":
        world.switch("work")
    interrupted(world, monkeypatch, at, action)
    for path in (world.settings, Path(world.files.next_path)):
        (path.parent / f".{path.name}.pkcc-1-abc.tmp").write_bytes(b"left by a kill")
    world.switcher().off()
    assert world.leftovers() == []
    assert world.bytes() == ORIGINAL
    assert world.active() is None
    assert world.in_clear() == []


def test_an_intent_that_was_never_finished_leaves_no_secret_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(world, monkeypatch, "before")
    assert len(world.kept()) == 2
    known = load_state(world.files, world.locations.settings_path)
    recover(world.locations, world.files, known, Keeper(world.secrets).forget)
    assert world.kept() == []
    assert world.bytes() == ORIGINAL


def test_temporary_files_go_even_if_the_kill_came_before_the_intent(world: World) -> None:
    """Killed while the intent was written: there is no intent, only its temporary file."""
    world.switch("work")
    left = Path(f"{world.files.directory}/.next.json.pkcc-1-abc.tmp")
    left.write_bytes(b"{")
    world.switch("home")
    assert not left.exists()


def test_claudes_save_after_the_crash_does_not_confuse_recovery(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is then neither the old nor the new one; the values decide."""
    interrupted(world, monkeypatch, "after")
    world.settings.write_bytes((world.bytes() or b"").replace(b'"opus"', b'"haiku"'))
    assert look(world).state.current.active == "work"
    world.switcher().off()
    assert world.bytes() == ORIGINAL.replace(b'"opus"', b'"haiku"')


@pytest.mark.parametrize("action", ["switch", "off"])
@pytest.mark.parametrize("at", ["before", "after"])
def test_the_values_decide_though_nothing_of_the_users_was_displaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, action: str
) -> None:
    """With a wrong guess status would name a route that no session uses."""
    world = World(tmp_path).furnish(original=b'{"model": "opus"}')
    world.switch("home")
    interrupted(world, monkeypatch, at, action)
    world.settings.write_bytes((world.bytes() or b"").replace(b'"opus"', b'"haiku"'))
    reached = {"switch": "work", "off": None}[action]
    assert look(world).state.current.active == ("home" if at == "before" else reached)
    world.switcher().off()
    assert world.bytes() == b'{"model": "haiku"}'


HAND_MADE = (
    b'{"model": "opus", "env": {"ANTHROPIC_BASE_URL": "https://api.portkey.ai", "ANTHROPIC_AUTH_TOKEN": "'
    + OLD_KEY.encode()
    + b'", "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @anthropic"}}'
)


@pytest.mark.parametrize("original", [ORIGINAL, HAND_MADE, b'{"model": "opus"}'])
@pytest.mark.parametrize("name", ["work", "home"])
def test_claudes_save_after_a_crash_during_the_first_switch_costs_no_value_of_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, original: bytes, name: str
) -> None:
    """Killed before the displaced secrets were kept: to believe the switch done is to take them away."""
    world = World(tmp_path).furnish(original=original)
    interrupted(world, monkeypatch, "unkept", name=name)
    saved = original.replace(b'"opus"', b'"haiku"')
    world.settings.write_bytes(saved)
    assert look(world).state.current.active is None
    world.switcher().off()
    assert world.bytes() == saved


@pytest.mark.parametrize("original", [ORIGINAL, HAND_MADE, b'{"model": "opus"}'])
@pytest.mark.parametrize("name", ["work", "home"])
def test_an_edit_of_the_route_after_a_crash_does_not_make_the_switch_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, original: bytes, name: str
) -> None:
    world = World(tmp_path).furnish(original=original)
    interrupted(world, monkeypatch, "after", name=name)
    world.settings.write_bytes(
        (world.bytes() or b"").replace(b"https://api.portkey.ai", b"https://x.example")
    )
    assert look(world).state.current.active == name
    world.switcher().off()
    assert world.bytes() == original


@pytest.mark.parametrize("action", ["switch", "off"])
def test_where_the_values_speak_for_neither_what_remembers_the_user_s_values_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    """Believed the other way, `off` would leave a blank where the user had a model, and forget it."""
    mine = {"ANTHROPIC_BASE_URL": "https://mine.example", "ANTHROPIC_MODEL": "mine"}
    world = World(tmp_path).furnish(original=json.dumps({"env": mine}).encode())
    if action == "off":
        world.switch("home")
    interrupted(world, monkeypatch, "after", action, "home")
    # As much of the one as of the other: a variable and a blank of the profile's, no header and no helper.
    env = {"ANTHROPIC_BASE_URL": "https://x.example", "ANTHROPIC_MODEL": "", "DISABLE_PROMPT_CACHING": "1"}
    world.settings.write_text(json.dumps({"env": env}))
    assert look(world).state.current.active == "home"
    world.switcher().off()
    assert json.loads(world.bytes() or b"")["env"] == mine


def test_where_both_remember_as_much_the_last_command_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`status` would name the profile that the user had just left."""
    world = World(tmp_path).furnish(original=b"{}")
    world.add({**HOME, "name": "other", "route": {"kind": "provider", "provider": "@other"}})
    world.switch("home")
    interrupted(world, monkeypatch, "after", name="other")
    settings = json.loads(world.bytes() or b"")
    settings["env"]["ANTHROPIC_CUSTOM_HEADERS"] = "x-portkey-provider: @third"
    del settings["apiKeyHelper"]
    world.settings.write_text(json.dumps(settings))
    assert look(world).state.current.active == "other"


def test_claudes_save_after_a_crash_during_off_loses_no_key(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.switch("work")
    interrupted(world, monkeypatch, "before", "off")
    world.settings.write_bytes((world.bytes() or b"").replace(b'"opus"', b'"haiku"'))
    assert look(world).state.current.active == "work"
    world.switcher().off()
    assert world.bytes() == ORIGINAL.replace(b'"opus"', b'"haiku"')


def test_an_unparsable_file_after_a_crash_is_refused_and_nothing_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted(world, monkeypatch, "before")
    world.settings.write_bytes(b"{ broken")
    with pytest.raises(PkccError):
        world.switch("home")
    assert world.bytes() == b"{ broken"
    assert os.path.exists(world.files.next_path)
    assert len(world.kept()) == 2
    world.settings.write_bytes(ORIGINAL)
    world.switch("home")
    world.switcher().off()
    assert world.bytes() == ORIGINAL


def test_what_an_editor_tore_after_a_kill_is_left_to_the_editor(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To finish our killed change over it would lose what the editor is writing."""
    real = os.replace

    def killed(old: str, new: str) -> None:
        if new == str(world.settings):
            raise KeyboardInterrupt
        real(old, new)

    with monkeypatch.context() as patch:
        patch.setattr("profiles.files.atomic_replace.os.replace", killed)
        patch.setattr(os, "unlink", lambda _path: None)  # a killed process removes nothing
        with pytest.raises(KeyboardInterrupt):
            world.switch("work")
    torn = ORIGINAL[: len(ORIGINAL) // 2]
    world.settings.write_bytes(torn)
    with pytest.raises(PkccError):
        world.switcher().off()
    assert world.bytes() == torn
    world.settings.write_bytes(ORIGINAL)
    world.switcher().off()
    assert world.bytes() == ORIGINAL
    assert world.leftovers() == []


@pytest.mark.parametrize("beside", ["the file", "the memory"])
def test_a_torn_in_place_write_is_finished_from_its_whole_copy(
    world: World, monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    """A bind-mounted file cannot be replaced: a kill can tear it, and only the copy is whole."""
    other = World(world.root / "other").furnish()
    other.switch("work")
    whole = other.bytes() or b""
    interrupted(world, monkeypatch, "before")
    coming = load_next(world.files)
    assert coming is not None
    assert coming.digest == states.digest_of(whole)
    place = world.claude if beside == "the file" else Path(world.files.spare_path).parent
    (place / ".settings.json.pkcc-1-abc.tmp.whole").write_bytes(whole)
    world.settings.write_bytes(whole[: len(ORIGINAL) // 2])
    world.switcher().restore()
    assert world.bytes() == whole
    assert world.active() == "work"
    assert world.leftovers() == []
    world.switcher().off()
    assert world.bytes() == ORIGINAL


def test_a_switch_killed_before_it_wrote_leaves_what_another_saved_since_to_the_user(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its secrets were kept nowhere yet: to put those back would have left the user's own key empty."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("profiles.switching.displaced_secrets.Keeper.keep", killed)
    with pytest.raises(KeyboardInterrupt):
        world.switch("home")
    monkeypatch.undo()
    saved = ORIGINAL.replace(b'"opus"', b'"haiku"')  # Claude Code, before any command of ours came by
    world.settings.write_bytes(saved)
    assert world.active() is None
    world.switcher().off()
    assert world.bytes() == saved
