"""If these fail, a user is told that a profile decides while an administrator's file does."""

from __future__ import annotations

import json
import plistlib
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from profiles.base.locations import find_locations
from profiles.claude_code.settings.client_reading import LARGEST
from profiles.claude_code.settings.managed import places
from profiles.claude_code.settings.managed.places import is_managed, others_exist
from profiles.routes.guard.sources import SourceReader
from profiles.routes.sources import Effective, Source, decide, read_sources
from tray.app import App
from tray.doctor.checks.settings_file import readable_settings
from tray.doctor.context import Context
from tray.doctor.finding import Finding


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """The administrator's directory."""
    directory = tmp_path / "claude-code"
    with mock.patch.object(places, "managed_directory", return_value=str(directory)):
        yield directory


def lay(path: Path, **env: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"env": env}))


def decided(tmp_path: Path, environ: dict[str, str] | None = None) -> dict[str, Effective]:
    locations = find_locations({"HOME": str(tmp_path)}, None, str(tmp_path / ".claude" / "settings.json"))
    return {row.slot: row for row in decide(read_sources(locations, str(tmp_path), environ or {}))}


def sources(tmp_path: Path) -> list[Source]:
    """The administrator's, as `status` sees them."""
    locations = find_locations({"HOME": str(tmp_path)}, None, str(tmp_path / "settings.json"))
    return [each for each in read_sources(locations, str(tmp_path), {}) if each.kind == "managed"]


def doctors(tmp_path: Path) -> list[Finding]:
    """What doctor finds wrong with the settings files."""
    environ = {"HOME": str(tmp_path), "PATH": ""}
    app = App(find_locations(environ), environ, interactive=False, directory=str(tmp_path))
    return list(readable_settings(Context(app)))


def test_drop_ins_win_by_name_over_each_other_and_the_file_and_all_over_the_user(
    tmp_path: Path, place: Path
) -> None:
    # As the real client was seen to do it; hidden files and others are not read.
    lay(tmp_path / ".claude" / "settings.json", ANTHROPIC_MODEL="user", ANTHROPIC_BASE_URL="https://user")
    lay(place / "managed-settings.json", ANTHROPIC_MODEL="base", ANTHROPIC_BASE_URL="https://base")
    lay(place / "managed-settings.d" / "10-a.json", ANTHROPIC_MODEL="a")
    lay(place / "managed-settings.d" / "20-b.json", ANTHROPIC_MODEL="b")
    lay(place / "managed-settings.d" / ".99.json", ANTHROPIC_MODEL="hidden")
    lay(place / "managed-settings.d" / "99.txt", ANTHROPIC_MODEL="text")
    rows = decided(tmp_path)
    model = rows["env.ANTHROPIC_MODEL"]
    assert (model.value, model.path) == ("b", str(place / "managed-settings.d" / "20-b.json"))
    assert model.losers == [("managed", "a"), ("managed", "base"), ("user", "user")]
    assert rows["env.ANTHROPIC_BASE_URL"].value == "https://base"


def test_drop_ins_count_without_the_file(tmp_path: Path, place: Path) -> None:
    locations = find_locations({"HOME": str(tmp_path)}, None, str(tmp_path / "settings.json"))
    assert not others_exist(locations, str(tmp_path))
    lay(place / "managed-settings.d" / "10-a.json", ANTHROPIC_MODEL="a")
    assert others_exist(locations, str(tmp_path))
    assert decided(tmp_path)["env.ANTHROPIC_MODEL"].source == "managed"


def test_one_that_cannot_be_read_is_told_and_the_rest_counts(tmp_path: Path, place: Path) -> None:
    lay(place / "managed-settings.d" / "10-a.json", ANTHROPIC_MODEL="a")
    (place / "managed-settings.json").write_text("{")
    locations = find_locations({"HOME": str(tmp_path)}, None, str(tmp_path / "settings.json"))
    problems = [source.problem for source in read_sources(locations, str(tmp_path), {}) if source.problem]
    assert len(problems) == 1
    assert problems[0].startswith(str(place / "managed-settings.json"))
    assert decided(tmp_path)["env.ANTHROPIC_MODEL"].value == "a"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"model": None}, "model must be text in quotes"),
        ({"apiKeyHelper": 3}, "apiKeyHelper must be text in quotes"),
        ({"hooks": {"PreToolUse": [{"matcher": None}]}}, "hooks.PreToolUse.0.matcher must be text in quotes"),
    ],
)
def test_one_wrong_value_takes_nothing_else_away(
    tmp_path: Path, place: Path, wrong: dict[str, object], said: str
) -> None:
    """Taken for a file that is left out, it would decide where requests go, and nobody would be told."""
    lay(place / "managed-settings.json", ANTHROPIC_BASE_URL="https://theirs")
    text = json.loads((place / "managed-settings.json").read_text())
    (place / "managed-settings.json").write_text(json.dumps(text | wrong))
    (source,) = sources(tmp_path)
    assert (source.problem, source.ignored) == ("", (said,))
    assert source.values == {"env.ANTHROPIC_BASE_URL": "https://theirs"}
    (found,) = doctors(tmp_path)
    assert (found.severity, said in found.what) == ("warning", True)


def test_variables_that_are_no_object_take_nothing_else_away(tmp_path: Path, place: Path) -> None:
    place.mkdir()
    (place / "managed-settings.json").write_text('{"env": [], "apiKeyHelper": "print-a-key"}')
    (source,) = sources(tmp_path)
    assert (source.problem, source.ignored) == ("", ("env must be an object",))
    assert source.values == {"apiKeyHelper": "print-a-key"}
    (guards,) = SourceReader().read(str(tmp_path), str(tmp_path / "none.json"))
    assert (guards.helper, guards.env, guards.certain) == ("print-a-key", {}, True)


@pytest.mark.parametrize(
    "text",
    ["[]", "{,}", '{"model": "x"}' + " " * LARGEST],
    ids=["a list", "a comma", "too large"],
)
def test_with_such_a_file_the_client_does_not_start(tmp_path: Path, place: Path, text: str) -> None:
    """A user who reads that the file is only left out looks everywhere but there."""
    place.mkdir()
    (place / "managed-settings.json").write_text(text)
    (found,) = doctors(tmp_path)
    assert (found.severity, found.advice) == ("problem", "Ask your administrator.")
    assert "does not start" in found.why


def test_files_give_the_variables_that_a_device_policy_leaves_unset(tmp_path: Path, place: Path) -> None:
    lay(place / "managed-settings.json", ANTHROPIC_MODEL="file", ANTHROPIC_BASE_URL="https://file")
    path = tmp_path / "com.anthropic.claudecode.plist"
    path.write_bytes(plistlib.dumps({"env": {"ANTHROPIC_MODEL": "device"}}))
    policy = places.read_property_list(str(path))
    assert policy is not None
    with mock.patch.object(places, "device_policy", return_value=[policy]):
        rows = decided(tmp_path)
    model = rows["env.ANTHROPIC_MODEL"]
    assert (model.value, model.path, model.losers) == ("device", str(path), [("managed", "file")])
    assert rows["env.ANTHROPIC_BASE_URL"].value == "https://file"


@pytest.mark.parametrize("program", [{"policyHelper": {"path": "/opt/policy"}}, {"policyHelpers": {}}])
def test_where_a_program_may_say_otherwise_a_file_hides_no_project_s(
    tmp_path: Path, place: Path, program: dict[str, object]
) -> None:
    """Its output takes the place of all files: a project's address would count, and get the key."""
    lay(place / "managed-settings.d" / "10-a.json", ANTHROPIC_BASE_URL="https://theirs")
    (place / "managed-settings.json").write_text(json.dumps(program))
    found = SourceReader().read(str(tmp_path), str(tmp_path / "none.json"))
    assert [each.certain for each in found] == [False, False]


def test_a_broken_or_missing_property_list_is_no_traceback(tmp_path: Path) -> None:
    path = tmp_path / "x.plist"
    assert places.read_property_list(str(path)) is None
    path.write_bytes(b"<plist><dict>")
    broken = places.read_property_list(str(path))
    assert broken is not None
    assert broken.problem == f"{path} is no property list"


def test_a_session_that_exec_started_goes_by_its_environment_alone(tmp_path: Path, place: Path) -> None:
    lay(tmp_path / ".claude" / "settings.json", ANTHROPIC_BASE_URL="https://user", ANTHROPIC_MODEL="user")
    own = {"ANTHROPIC_BASE_URL": "https://own", "PKCC_PROFILE": "work"}
    flag = "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"
    rows = decided(tmp_path, {**own, flag: "1"})
    assert {slot: (row.value, row.source) for slot, row in rows.items()} == {
        "env.ANTHROPIC_BASE_URL": ("https://own", "exec")
    }
    for off in ("", "0", "false"):
        assert decided(tmp_path, {**own, flag: off})["env.ANTHROPIC_BASE_URL"].value == "https://user"


def test_a_directory_whose_name_only_begins_alike_is_no_administrator_s(place: Path) -> None:
    """What Claude Code drops as a whole there would be imported as if only one value were wrong."""
    assert is_managed(str(place / "managed-settings.d" / "a.json"))
    assert not is_managed(f"{place}-old/managed-settings.json")
