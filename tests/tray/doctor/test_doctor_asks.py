"""Doctor asks Claude Code itself about the settings files; where it gets no answer, our own table decides."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest
from support.home.doctor_home import FOREIGN, DoctorHome

from profiles.claude_code.settings.parse import parse_settings
from profiles.routes.files import ReadFile, by_table
from tray.doctor.client_program import left_out

if sys.platform == "win32":
    pytest.skip("these homes are POSIX ones", allow_module_level=True)

NEWER = "2.1.999"
ADDED = {"path": "$schema", "message": "the value that was added"}


def answering(*errors: dict[str, str], where: str = "$CLAUDE_CONFIG_DIR/settings.json") -> str:
    """A client that names these errors."""
    rows = [{"file": "FILE", **error} for error in errors]
    answer = {"type": "control_response", "response": {"subtype": "success", "response": {"errors": rows}}}
    return f"cat >/dev/null; printf '%s\\n' '{json.dumps(answer)}' | sed \"s|FILE|{where}|g\""


@pytest.fixture
def home(tmp_path: Path) -> DoctorHome:
    return DoctorHome(tmp_path / "home")


def test_what_the_client_says_of_a_key_that_we_do_not_know_is_passed_on(home: DoctorHome) -> None:
    """A newer client has keys of its own: without its word the profile would seem to be in force."""
    home.install_client(NEWER, answering(ADDED, {"path": "newKey", "message": "Expected number"}))
    what = home.expect("settings-unreadable", "problem")["what"]
    assert what == f"{home.settings}: newKey: Expected number"


def test_what_is_wrong_for_us_and_not_for_the_client_is_right(home: DoctorHome) -> None:
    """Else doctor sends a user to repair a file that works."""
    home.edit_settings('"model"', '"showTurnDuration": "no", "model"')
    home.expect("settings-unreadable", "problem")
    home.install_client(NEWER, answering(ADDED))
    assert home.findings() == []


SILENT = {
    "ends": "exit 1",
    "knows no such option": "echo \"error: unknown option '--bare'\" >&2; exit 1",
    "says something else": "echo hello; echo '[]'; echo '{\"type\": \"control_response\"}'",
    "does not name what was added": answering({"path": "model", "message": "x"}),
    "speaks of another file": answering(ADDED, where="/elsewhere/settings.json"),
    "prints without end": "yes",
    "hangs": "exec sleep 60",
}


@pytest.mark.parametrize("script", SILENT.values(), ids=SILENT)
def test_without_an_answer_our_own_table_decides(home: DoctorHome, script: str) -> None:
    home.edit_settings('"model"', '"showTurnDuration": "no", "model"')
    home.install_client(NEWER, script)
    began = time.monotonic()
    what = home.expect("settings-unreadable", "problem")["what"]
    assert what.endswith("showTurnDuration must be true or false")
    assert time.monotonic() - began < 8


def test_the_client_sees_no_key_and_no_variable(home: DoctorHome) -> None:
    """What lies in a temporary directory may stay there, after a crash."""
    home.by_hand("", ANTHROPIC_AUTH_TOKEN=FOREIGN)
    seen = home.root / "seen"
    home.install_client(NEWER, f"cat $CLAUDE_CONFIG_DIR/settings.json > {seen}; env > {seen}.env")
    home.findings()
    assert json.loads(seen.read_text()) == {"$schema": None, "env": {}}
    assert str(home.root) not in (home.root / "seen.env").read_text().replace(home.environ["PATH"], "")


def test_a_client_that_is_too_old_or_that_may_be_anything_is_not_run(home: DoctorHome) -> None:
    """A script of that name may start a container, or a session."""
    ran = home.root / "ran"
    home.edit_settings('"model"', '"showTurnDuration": "no", "model"')
    home.install_client("2.1.196", f"echo $* >> {ran}")
    home.expect("settings-unreadable", "problem")
    assert not ran.exists()
    (home.programs / "claude").unlink()
    home.program(home.programs / "claude", f"echo $* >> {ran}")
    home.expect("settings-unreadable", "problem")
    assert ran.read_text() == "--version\n"


def test_beside_an_administrator_s_settings_the_client_is_not_asked(home: DoctorHome) -> None:
    """Those it would apply: their telemetry would be sent, and their helpers run."""
    ran = home.root / "ran"
    program = home.program(home.root / "versions" / NEWER, f"touch {ran}")
    user = ReadFile("user", "u", 2, parse_settings(b"{}", "u"))
    managed = ReadFile("managed", "m", 2, parse_settings(b"{}", "m"))
    assert left_out(str(program), home.environ, [managed, user]) == by_table([managed, user])
    assert not ran.exists()
    left_out(str(program), home.environ, [user])
    assert ran.exists()
