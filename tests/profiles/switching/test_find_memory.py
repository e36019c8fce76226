"""One settings file has one memory, by whatever name it is reached, and keeps it when it is renamed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from faults.world import ORIGINAL, World

from profiles.base.hashing import digest
from profiles.switching.find_memory import known_settings, memories
from profiles.switching.memory.project_registry import Project
from profiles.switching.memory.state_files import StateFiles, state_files
from profiles.switching.outcome import ProjectOutcome
from profiles.switching.switcher import Switcher


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path).furnish()


def switcher_at(world: World, path: Path) -> Switcher:
    locations = world.locations._replace(settings_path=str(path))
    return Switcher(world.tools()._replace(locations=locations))


def linked(world: World, name: str) -> Path:
    """Another Claude directory, whose settings are a link to the one file."""
    path = world.root / name / "settings.json"
    path.parent.mkdir()
    path.symlink_to(world.settings)
    return path


def of_the_version_before(world: World, named_after: Path) -> StateFiles:
    """The memory as that version kept it: under the path as it was given, with nothing of a second one."""
    files = state_files(world.locations)
    state = json.loads(Path(files.state_path).read_text())
    Path(files.state_path).write_text(json.dumps({**state, "version": 1, "settings_path": str(named_after)}))
    name = digest(os.fsencode(named_after), size=8)
    old = StateFiles(os.path.join(world.locations.state_dir, "targets", name))
    os.rename(files.directory, old.directory)
    return old


def orphans(world: World) -> list[str]:
    """Kept secrets that no memory needs: nothing would ever remove them."""
    needed = {reference for known in memories(world.locations) for reference in known.state.references()}
    return [name for name in world.kept() if f"keyring:{name}" not in needed]


def without_blanks(data: bytes | None) -> dict[str, object]:
    """What the settings mean to the client: a blank variable counts as unset."""
    content = json.loads(data or b"")
    return {**content, "env": {name: value for name, value in content["env"].items() if value != ""}}


def two_memories(world: World) -> tuple[Path, Path]:
    """A switch under each of two names, by a version that kept a memory for each."""
    one, other = linked(world, "one"), linked(world, "other")
    switcher_at(world, one).switch("work")
    first = of_the_version_before(world, one).directory
    os.rename(first, world.root / "hidden")
    switcher_at(world, other).switch("home")
    of_the_version_before(world, other)
    os.rename(world.root / "hidden", first)
    return one, other


def test_a_file_of_two_names_is_put_back_once_by_either(world: World) -> None:
    """After switch, switch, off, off the user's own key was gone."""
    one, other = linked(world, "one"), linked(world, "other")
    switcher_at(world, one).switch("work")
    switcher_at(world, other).switch("home")
    switcher_at(world, world.settings).off()
    assert world.bytes() == ORIGINAL
    switcher_at(world, one).off()
    assert world.bytes() == ORIGINAL
    assert orphans(world) == []


@pytest.mark.parametrize("which", [0, 1, 2])
def test_two_memories_of_the_version_before_are_made_one(world: World, which: int) -> None:
    """Either would put back what the other had written, and the user's own key would be lost."""
    names = (*two_memories(world), world.settings)
    assert switcher_at(world, names[which]).read().state.current.active == "home"
    switcher_at(world, names[which]).off()
    assert world.bytes() == ORIGINAL
    for name in names:
        switcher_at(world, name).off()
    assert world.bytes() == ORIGINAL
    assert orphans(world) == []


@pytest.mark.parametrize("first", [0, 1])
def test_a_memory_that_is_out_of_date_does_not_come_back(world: World, first: int) -> None:
    """One of the two went off before the upgrade: the other's profile must not come into force again."""
    names = two_memories(world)
    files = [
        StateFiles(os.path.join(world.locations.state_dir, "targets", digest(os.fsencode(name), size=8)))
        for name in names
    ]
    os.rename(files[1 - first].directory, world.root / "hidden")
    switcher_at(world, names[first]).off()
    left = world.bytes()
    of_the_version_before(world, names[first])
    os.rename(world.root / "hidden", files[1 - first].directory)
    active = switcher_at(world, names[1 - first]).read().state.current.active
    assert active == ("work" if first else None)  # the later one put back what the earlier had written
    assert world.bytes() == left
    switcher_at(world, names[1 - first]).off()
    assert without_blanks(world.bytes()) == without_blanks(ORIGINAL)


def test_undo_after_uniting_goes_back_to_what_can_be_judged(world: World) -> None:
    one, other = two_memories(world)
    switcher_at(world, other).switch("work")
    switcher_at(world, one).undo()
    assert switcher_at(world, one).read().state.current.active == "home"
    switcher_at(world, one).off()
    assert world.bytes() == ORIGINAL


def test_a_home_that_was_renamed_keeps_its_memory(world: World) -> None:
    """Else our values would be taken for the user's, and `off` would leave them there for good."""
    world.switcher().switch("work")
    renamed = world.root / "renamed"
    os.rename(world.claude, renamed)
    there = switcher_at(world, renamed / "settings.json")
    assert there.read().state.current.active == "work"
    there.switch("home")
    there.off()
    assert (renamed / "settings.json").read_bytes() == ORIGINAL
    assert orphans(world) == []


def test_a_renamed_file_is_known_by_its_values_too(world: World) -> None:
    """Claude Code has written it again since: the bytes are others."""
    world.switcher().switch("home")
    renamed = world.root / "renamed"
    os.rename(world.claude, renamed)
    path = renamed / "settings.json"
    path.write_text(path.read_text().rstrip()[:-1] + ', "theme": "dark"}')
    switcher_at(world, path).off()
    left = path.read_text()
    assert left == ORIGINAL.decode().rstrip()[:-1] + ', "theme": "dark"}'


def test_of_several_renamed_files_with_one_profile_each_keeps_its_own_memory(world: World) -> None:
    """They hold the same values: what one user had would be put back into another's file."""
    texts = [f'{{"env":{{"ANTHROPIC_BASE_URL":"https://{n}.example"}},"theme":"{n}"}}' for n in "abcd"]
    for number, text in enumerate(texts):
        path = world.root / f"old-{number}" / "settings.json"
        path.parent.mkdir()
        path.write_text(text)
        switcher_at(world, path).switch("home")
    for number in range(len(texts)):
        os.rename(world.root / f"old-{number}", world.root / f"new-{number}")
    for number, text in enumerate(texts):
        path = world.root / f"new-{number}" / "settings.json"
        switcher_at(world, path).off()
        assert path.read_text() == text


def test_another_file_gets_nothing_of_a_memory(world: World) -> None:
    """The displaced key of one file must not be put into a stranger's."""
    world.switcher().switch("work")
    (world.root / "else").mkdir()
    path = world.root / "else" / "settings.json"
    path.write_bytes(ORIGINAL)
    switcher_at(world, path).off()
    assert path.read_bytes() == ORIGINAL
    assert world.active() == "work"


def test_a_copy_beside_the_original_does_not_take_its_memory(world: World) -> None:
    """The original would be left with our values, and nothing would know what was there before."""
    world.switcher().switch("home")
    (world.root / "copy").mkdir()
    copy = world.root / "copy" / "settings.json"
    copy.write_bytes(world.bytes() or b"")
    switcher_at(world, copy).switch("work")
    world.switcher().off()
    assert world.bytes() == ORIGINAL


def test_each_settings_file_is_listed_by_a_name_that_leads_to_it(world: World) -> None:
    """Removal puts back every file that is listed: a link that was turned round leads elsewhere."""
    link = linked(world, "one")
    switcher_at(world, link).switch("home")
    link.unlink()
    assert known_settings(world.locations) == [str(world.settings)]


# Projects ------------------------------------------------------------------------------------------------


def living_in(world: World, name: str) -> World:
    """The same profiles, keys and memories, with another home."""
    home = World(world.root / name)
    home.locations = world.locations._replace(settings_path=str(home.settings), claude_home=str(home.claude))
    home.secrets = world.secrets
    return home


def test_a_project_that_was_renamed_is_the_same_project(world: World) -> None:
    """What we wrote into its file would be the user's from then on, and stay when the project leaves."""
    world.switcher().switch("home")
    old = world.root / "api"
    (old / ".claude").mkdir(parents=True)
    mine = b'{"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Mine: 1"}}\n'
    (old / ".claude" / "settings.local.json").write_bytes(mine)
    world.register("api", metadata={"repo": "api"})
    new = world.root / "api-2"
    os.rename(old, new)
    with world.switcher().holding() as state:
        project = world.projects().known(str(new), state)
    assert project == Project(str(new), metadata={"repo": "api"})
    assert [*world.projects().registry().projects] == [str(new)]
    with world.switcher().holding() as state:
        world.projects().remove(project, state)
    assert (new / ".claude" / "settings.local.json").read_bytes() == mine


def test_a_project_that_was_renamed_twice_is_still_the_same_project(world: World) -> None:
    """Nothing had to be written after the first time: its memory still says the first name."""
    world.switcher().switch("home")
    directory = world.register("api", metadata={"repo": "api"})
    for name in ("api-2", "api-3"):
        os.rename(directory, world.root / name)
        directory = str(world.root / name)
        with world.switcher().holding() as state:
            project = world.projects().known(directory, state)
        assert project == Project(directory, metadata={"repo": "api"})
        world.switcher().write_projects("sync")
    with world.switcher().holding() as state:
        world.projects().remove(project, state)
    assert not os.path.exists(os.path.join(directory, ".claude"))


def test_a_copy_of_a_project_is_a_project_of_its_own(world: World) -> None:
    """The first one is still there: its registration must not go to the copy."""
    world.switcher().switch("home")
    old = world.register("api", metadata={"repo": "api"})
    shutil.copytree(old, world.root / "copy")
    with world.switcher().holding() as state:
        assert world.projects().known(str(world.root / "copy"), state) == Project(str(world.root / "copy"))
    assert [*world.projects().registry().projects] == [str(old)]


def test_with_the_home_its_projects_are_found_again(world: World) -> None:
    """After `off` each renamed project would go on sending what only its own file says."""
    ann, anna = (living_in(world, name) for name in ("ann", "anna"))
    ann.claude.mkdir(parents=True)
    ann.settings.write_bytes(ORIGINAL)
    ann.switcher().switch("home")
    ann.register("work/api", metadata={"repo": "api"})
    os.rename(ann.root, anna.root)
    there = anna.root / "work" / "api"
    assert anna.switcher().off().projects == [ProjectOutcome(str(there), written=True)]
    assert [*anna.projects().registry().projects] == [str(there)]
    assert anna.settings.read_bytes() == ORIGINAL
    assert not (there / ".claude").exists(), "nothing of ours was there before"
    assert orphans(world) == []
