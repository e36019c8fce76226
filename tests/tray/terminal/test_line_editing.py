"""Typing at a question: a slip is corrected with the arrow keys, a path completed, nothing remembered."""

from __future__ import annotations

from pathlib import Path

from support.home.pseudo_terminal import terminal
from support.home.user_home import UserHome

from tray.terminal.keyboard.line_editing import paths

LEFT, TAB = "\x1b[D", "\t"


def test_an_arrow_key_moves_in_what_was_typed(home: UserHome) -> None:
    """It was typed as ^[[D, and the answer refused."""
    home.add("old")
    with terminal(["rename", "old"], {**home.environ, "TERM": "xterm"}, home.root) as screen:
        screen.answer("Its new name", f"nw{LEFT}e")
        assert screen.finish() == 0
        assert "^[[D" not in screen.screen
    assert "new" in home.ok("list").out.split()


def test_tab_completes_a_path_where_one_is_asked_for(home: UserHome) -> None:
    (home.root / "fallback.json").write_text(
        '{"strategy": {"mode": "single"}, "targets": [{"provider": "@a"}]}'
    )
    argv = ["add", "work", "--no-lookup"]
    with terminal(argv, {**home.environ, "TERM": "dumb", "PKCC_SECRETS": "vault"}, home.root) as screen:
        screen.answer("Number [1]", "1")  # the gateway
        screen.answer("Portkey API key", "")
        screen.answer("Number, or a name", "4")  # a config in a file
        screen.answer("Path of the config file", f"fall{TAB}")
        screen.expect("Model for sonnet")  # the next question: the path was taken


def test_paths_are_those_that_begin_so(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / ".hidden").write_text("")
    assert paths(f"{tmp_path}/conf") == [f"{tmp_path}/config.json", f"{tmp_path}/configs/"]
    assert f"{tmp_path}/.hidden" not in paths(f"{tmp_path}/")
    assert paths(f"{tmp_path}/.h") == [f"{tmp_path}/.hidden"]
    assert paths("/nowhere/at/all") == []
