"""`off` says that all is as it was before only where it is, and else what it left or took along."""

from __future__ import annotations

import json

import pytest
from support.home.user_home import KEY, SETTINGS, UserHome

MODEL = "@bedrock-prod/us.anthropic.claude-opus"


@pytest.fixture(params=[None, SETTINGS], ids=["no file before", "a file before"])
def home(request: pytest.FixtureRequest, home: UserHome) -> UserHome:
    home.settings.unlink()
    if request.param is not None:
        home.settings.write_bytes(request.param)
    home.add("work", "--provider", "@a")
    home.ok("switch", "work")
    return home


def before(home: UserHome) -> bytes | None:
    return SETTINGS if "EDITOR" in home.settings.read_text() else None


def now(home: UserHome) -> bytes | None:
    return home.settings.read_bytes() if home.settings.exists() else None


def set_model(home: UserHome) -> None:
    data = json.loads(home.settings.read_text())
    data["env"]["ANTHROPIC_MODEL"] = MODEL
    home.settings.write_text(json.dumps(data, indent=2) + ("\n" if before(home) else ""))


def test_what_adopt_took_goes_with_the_profile(home: UserHome) -> None:
    """Left there, plain Claude Code asks Anthropic for a model that only the gateway knows."""
    was = before(home)
    set_model(home)
    home.ok("adopt")
    told = home.ok("off").out.splitlines()
    assert now(home) == was
    assert told == [
        f"Off: {home.settings} is as it was before.",
        "Gone with the profile that `adopt` took it into: ANTHROPIC_MODEL.",
    ]
    home.ok("undo")
    assert home.env()["ANTHROPIC_MODEL"] == MODEL


def test_what_something_else_set_stays_and_is_said(home: UserHome) -> None:
    was = before(home)
    set_model(home)
    data = home.ok("off", "--json").json()["data"]
    assert (data["left"], data["as_before"], data["replaced_outside_changes"]) == (
        *(["env.ANTHROPIC_MODEL"], False, 0),
    )
    assert json.loads(now(home) or b"{}")["env"].items() >= {"ANTHROPIC_MODEL": MODEL}.items()
    home.ok("undo")
    assert home.ok("off").out.splitlines() == [
        f"Off: {home.settings} carries no profile any more. "
        "Your own values are back; the rest is as it is now.",
        "Left as it is, because something else set it: ANTHROPIC_MODEL.",
    ]
    assert (now(home) or b"").count(b"EDITOR") == (was or b"").count(b"EDITOR")


def test_off_with_nothing_active_leaves_nothing(home: UserHome) -> None:
    """A script that asks what stayed would take the user's own values for something that was forgotten."""
    set_model(home)
    assert home.ok("off", "--json").json()["data"]["left"] == ["env.ANTHROPIC_MODEL"]
    was = now(home)
    for argv in (["off", "--json"], ["off", "--dry-run", "--json"]):
        data = home.ok(*argv).json()["data"]
        assert (data["left"], data["written"], now(home)) == ([], False, was)
    assert "Left as it is" not in home.ok("off").out


def test_a_line_end_behind_our_headers_leaves_nothing(home: UserHome) -> None:
    was = before(home)
    home.edit_settings('"x-portkey-provider: @a"', '"x-portkey-provider: @a\\n\\n"')
    assert home.ok("off").out == f"Off: {home.settings} is as it was before.\n"
    assert now(home) == was


def test_another_change_of_the_user_s_stays_and_is_no_longer_called_as_before(home: UserHome) -> None:
    home.edit_settings('"env"', '"model": "opus",\n  "env"')
    assert "is as it was before" not in home.ok("off").out
    assert b'"model": "opus"' in (now(home) or b"")
    assert KEY not in home.ok("history").text


@pytest.mark.parametrize("back", ["off", "undo"])
def test_directories_that_were_made_for_the_file_go_again(home: UserHome, back: str) -> None:
    """`CLAUDE_CONFIG_DIR='~/x'` leaves a directory called `~` in a clone, whose owner may type `rm -r ~`."""
    home.add("other", "--provider", "@b")
    (home.root / "clone" / "mine").mkdir(parents=True)
    for value, left in (("~/x", "mine"), ("mine/~/x", "mine")):
        home.environ["CLAUDE_CONFIG_DIR"] = value
        clone = home.root / "clone"
        home.run("switch", "work", cwd=clone)
        home.run("switch", "other", cwd=clone)
        assert (clone / value / "settings.json").exists()
        for _ in range(1 if back == "off" else 2):
            assert home.run(back, cwd=clone).code == 0
        assert [path.name for path in clone.rglob("*")] == [left]


def test_a_directory_that_was_there_or_is_used_by_now_stays(home: UserHome) -> None:
    """A user's own directory is theirs, however empty; and so is what Claude Code put into ours."""
    clone = home.root / "clone"
    (clone / "there").mkdir(parents=True)
    for value in ("there", "made/deep"):
        home.environ["CLAUDE_CONFIG_DIR"] = value
        home.run("switch", "work", cwd=clone)
        (clone / "made").mkdir(exist_ok=True)
        (clone / "made" / "notes").touch()
        assert home.run("off", cwd=clone).code == 0
    assert sorted(str(path.relative_to(clone)) for path in clone.rglob("*")) == [
        "made",
        "made/notes",
        "there",
    ]
