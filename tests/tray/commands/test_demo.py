"""The demo: the whole main job at a glance, for anyone who has just installed it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from support.home.pseudo_terminal import terminal
from support.home.user_home import UserHome


def tree(directory: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in directory.rglob("*")}


def test_the_demo_shows_the_main_job_and_touches_nothing(home: UserHome, tmp_path: Path) -> None:
    temporary = tmp_path / "tmp dir"  # a space, as Windows and macOS users have in theirs
    temporary.mkdir()
    home.add()
    home.ok("switch", "work")
    before = tree(home.root)
    environ = {**home.environ, "TMPDIR": str(temporary), "CLAUDE_CONFIG_DIR": str(home.claude)}
    ran = home.spawn("demo", env=environ)
    assert (ran.code, ran.err) == (0, "")
    assert tree(home.root) == before
    assert list(temporary.iterdir()) == []
    steps = [line[0] for line in ran.out.splitlines() if re.match(r"[1-9]\. ", line)]
    assert steps == list("123456")
    assert "    + apiKeyHelper = " in ran.out
    assert "x-portkey-api-key" not in ran.out  # what it shows is what people do: no key gets into the file
    assert "<- this decides where your key goes" in ran.out
    assert "  pkcc-tray add   " in ran.out[-500:]
    assert ran.out.count("pk-demo-of-home") == 1  # what `key print` says, and nowhere else
    assert "pk-demo-of-work" not in ran.out
    assert str(home.root) not in ran.out


def test_the_demo_in_json_is_json(home: UserHome) -> None:
    ran = home.spawn("demo", "--json")
    assert ran.code == 0
    assert ran.json() == {"schema": "pkcc-tray/1", "ok": True, "command": "demo", "data": {}, "notes": []}
    assert "6. Off" in ran.err


def test_a_step_that_fails_fails_the_demo(home: UserHome) -> None:
    # `make demo` is the first thing anybody runs: it must not end well when the installation is broken.
    program = home.root / "pkcc-tray"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nfrom tray.cli.main import run\n"
        "sys.exit(7 if sys.argv[1:] == ['undo'] else run(sys.argv[1:]))\n"
    )
    program.chmod(0o700)
    done = subprocess.run(
        [program, "demo"], env=home.environ, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert done.stderr == (
        "Error: The demo failed: this was expected: `pkcc-tray undo` exits with 0\n  Please report this.\n"
    )
    assert "For real:" not in done.stdout


def test_at_a_terminal_it_waits_between_its_parts(home: UserHome) -> None:
    """What scrolls by at once is not read."""
    with terminal(["demo"], home.environ, home.root) as screen:
        for _ in range(6):
            screen.answer("Press Enter to go on", "")
        assert screen.finish() == 0
        assert "\x1b[1m" in screen.screen
    with terminal(["demo", "--fast"], {**home.environ, "NO_COLOR": "1"}, home.root) as screen:
        assert screen.finish() == 0
        assert "Press Enter" not in screen.screen
        assert "\x1b[" not in screen.screen
