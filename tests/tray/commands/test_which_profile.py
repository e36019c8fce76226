"""A command without a NAME asks for one: who has forgotten how a profile is called is not sent away."""

from __future__ import annotations

import pytest
from support.home.pseudo_terminal import terminal, without_styles
from support.home.user_home import UserHome

ASKING = ("switch", "edit", "remove", "copy", "rename", "exec -- true")


@pytest.fixture
def three(home: UserHome) -> UserHome:
    home.add("work", "--provider", "@a", "--label", "At work")
    home.add("eu")
    home.add("other", "--provider", "@other")
    home.ok("switch", "eu")
    return home


@pytest.mark.parametrize("command", ASKING)
def test_without_a_terminal_it_says_what_to_type(three: UserHome, command: str) -> None:
    ran = three.spawn(*command.split())
    assert (ran.code, ran.out) == (2, "")
    what, do = ran.err.splitlines()
    assert what == "Error: No profile is named"
    assert do.startswith(f"  Type `pkcc-tray {command.split()[0]} ")
    assert do.endswith("with one of: eu, other, work")


@pytest.mark.parametrize("command", ASKING)
def test_without_a_profile_it_says_how_to_make_one(home: UserHome, command: str) -> None:
    ran = home.spawn(*command.split())
    assert (ran.code, ran.out) == (3, "")
    assert "`pkcc-tray add`" in ran.err


def test_the_one_in_use_comes_first_and_typing_finds_another(three: UserHome) -> None:
    with terminal(["switch"], {**three.environ, "TERM": "xterm"}, three.root, columns=80) as screen:
        screen.expect("Switch to which profile?")
        shown = screen.expect("At work")
        assert shown.index("in use") < shown.index("other")
        screen.type("at wo", enter="\r")
        assert screen.finish() == 0
    assert three.ok("status", "--short").out == "work\n"


def test_a_numbered_list_where_none_can_move(three: UserHome) -> None:
    with terminal(["switch"], {**three.environ, "TERM": "dumb"}, three.root) as screen:
        screen.expect("Switch to which profile?")
        screen.expect("3")
        screen.type("3")
        assert screen.finish() == 0
    assert three.ok("status", "--short").out == "work\n"


def test_a_copy_and_a_rename_ask_for_the_new_name_until_it_can_be_one(three: UserHome) -> None:
    with terminal(["rename", "other"], three.environ, three.root) as screen:
        screen.answer("Its new name", "two words")
        screen.expect("letters, digits")
        screen.answer("Its new name", "work")
        screen.expect("work")
        screen.answer("Its new name", "third")
        assert screen.finish() == 0
    assert "third" in three.ok("list").out
    assert three.spawn("copy", "third").err.splitlines()[1] == "  Type `pkcc-tray copy third NEW`."


def test_what_was_chosen_for_removal_is_asked_about_once_more(three: UserHome) -> None:
    with terminal(["remove"], three.environ, three.root) as screen:
        screen.expect("Remove which profile?")
        screen.type("other", enter="\r")
        screen.answer("Remove other?", "n")
        assert screen.finish() == 4
    assert "other" in three.ok("list").out


@pytest.mark.parametrize(("command", "question"), [("show", "Show which"), ("check --no-key", "Check which")])
def test_return_alone_takes_the_one_in_use(three: UserHome, command: str, question: str) -> None:
    """A look at a profile asks, too; scripts go on looking at the one in use."""
    with terminal(command.split(), {**three.environ, "TERM": "xterm"}, three.root, columns=80) as screen:
        screen.expect(f"{question} profile?")
        screen.expect("other")
        screen.type("", enter="\r")
        screen.finish()
    assert f"{question} profile? eu" in without_styles(screen.screen)
    assert "eu" in three.spawn(*command.split()).out


def test_who_has_one_profile_is_not_asked_which(home: UserHome) -> None:
    home.add("eu")
    home.ok("switch", "eu")
    with terminal(["show"], {**home.environ, "TERM": "xterm"}, home.root) as screen:
        assert screen.finish() == 0
    assert "which" not in screen.screen


@pytest.mark.parametrize("command", ["check", "models", "usage", "budget", "show"])
def test_where_there_is_no_profile_yet_none_is_to_be_named(home: UserHome, command: str) -> None:
    """A newcomer who begins with `check` is told how to make one."""
    error = home.run(command).err
    assert error.startswith("Error: No profile is in use\n")
    assert "`pkcc-tray add` makes one" in error
    home.add()
    assert "Name one" in home.run(command).err
