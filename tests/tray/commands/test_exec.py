"""`exec`: the program gets the profile in its environment alone, and is itself in every other way."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest
from support.home.pseudo_terminal import CONTROL_C, terminal
from support.home.user_home import KEY, ROOT, UserHome, files_with

from profiles.base.errors import PkccError
from profiles.claude_code.owned_slots import OWNED_ENV
from tray.actions.switching import exec_ as executing

DUMP = "import json, os; print(json.dumps(dict(os.environ)))"
EXPORTED = {
    **dict.fromkeys(OWNED_ENV, "of-the-shell"),
    "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-config: of-the-shell\nno header line\nX-Empty:",
    "CLAUDE_CODE_OAUTH_TOKEN": "of-the-shell",
    "CLAUDE_CODE_USE_GATEWAY": "1",
    "ANTHROPIC_UNIX_SOCKET": "of-the-shell",
    "EDITOR": "vim",
}


@pytest.fixture
def home(home: UserHome) -> UserHome:
    home.environ["PYTHONPATH"] = str(ROOT)
    home.add("work", "--provider", "@a", "--key-delivery", "settings", "--env", "EXTRA=1")
    return home


def variables(home: UserHome, name: str = "work") -> dict[str, str]:
    """The environment that a program gets."""
    ran = home.spawn("exec", name, "--", sys.executable, "-c", DUMP)
    assert ran.code == 0, ran
    found: dict[str, str] = json.loads(ran.out)
    return found


def test_only_the_profile_s_routing_is_in_the_environment(home: UserHome) -> None:
    home.environ |= EXPORTED
    env = variables(home)
    assert env["ANTHROPIC_BASE_URL"] == "https://api.portkey.ai"
    assert env["ANTHROPIC_AUTH_TOKEN"] == KEY
    assert env["ANTHROPIC_CUSTOM_HEADERS"] == f"x-portkey-api-key: {KEY}\nx-api-key: \nx-portkey-provider: @a"
    assert (env["EXTRA"], env["EDITOR"], env["PKCC_PROFILE"]) == ("1", "vim", "work")
    assert env["CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST"] == "1"
    assert "of-the-shell" not in env.values()


@pytest.mark.parametrize("dialect", ["vertex", "bedrock"])
def test_the_other_dialects_are_cleared(home: UserHome, dialect: str) -> None:
    home.environ |= EXPORTED
    home.add("other", "--config", "pc-1", "--dialect", dialect, "--model", "m", "--key-delivery", "helper")
    env = variables(home, "other")
    assert env[f"CLAUDE_CODE_USE_{dialect.upper()}"] == "1"
    assert env["ANTHROPIC_AUTH_TOKEN"] == KEY
    assert env["ANTHROPIC_CUSTOM_HEADERS"] == "x-portkey-config: pc-1"
    assert "ANTHROPIC_BASE_URL" not in env
    assert "of-the-shell" not in env.values()


def test_header_lines_of_the_user_go_along_but_none_of_a_project_and_no_credential(home: UserHome) -> None:
    lines = "X-Corp: 1\nAuthorization: Bearer mine\nx-api-key: mine"
    lines += "\nx-portkey-config: pc-mine\nx-portkey-debug: true"
    home.settings.write_text(json.dumps({"env": {"ANTHROPIC_CUSTOM_HEADERS": lines}}))
    project = home.root / "project"
    (project / ".claude").mkdir(parents=True)
    (project / ".claude" / "settings.json").write_text('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Evil: 1"}}')
    ran = home.spawn("exec", "work", "--", sys.executable, "-c", DUMP, cwd=project)
    headers = json.loads(ran.out)["ANTHROPIC_CUSTOM_HEADERS"].split("\n")
    assert headers == ["X-Corp: 1", f"x-portkey-api-key: {KEY}", "x-api-key: ", "x-portkey-provider: @a"]


@pytest.mark.parametrize(
    "locale", [{}, {"LANG": "C"}, {"LC_CTYPE": "C"}, {"LC_CTYPE": "C.UTF-8", "LANG": "C"}], ids=str
)
def test_the_locale_is_the_shell_s(home: UserHome, locale: dict[str, str]) -> None:
    """A script would sort and read otherwise than where it is started by itself: Python sets LC_CTYPE."""
    for name in ("LANG", "LC_ALL", "LC_CTYPE"):
        home.environ.pop(name, None)
    home.environ |= locale
    ran = home.spawn("exec", "work", "--", "env")
    assert ran.code == 0, ran
    found = dict(line.split("=", 1) for line in ran.out.splitlines() if line.startswith(("LANG=", "LC_")))
    assert found == locale


def test_an_exec_inside_another_is_the_inner_one_s(home: UserHome) -> None:
    home.add("inner", "--provider", "@b", "--key-delivery", "helper")
    home.settings.write_text('{"env": {"ANTHROPIC_CUSTOM_HEADERS": "X-Corp: 1"}}')
    code = [sys.executable, "-m", "tray", "exec", "inner", "--", sys.executable, "-c", DUMP]
    env = json.loads(home.spawn("exec", "work", "--", *code).out)
    assert env["PKCC_PROFILE"] == "inner"
    assert env["ANTHROPIC_CUSTOM_HEADERS"] == "X-Corp: 1\nx-portkey-provider: @b"


def test_a_variable_that_a_settings_file_sets_otherwise_is_told(home: UserHome) -> None:
    home.settings.write_text('{"env": {"EXTRA": "2"}}')
    ran = home.spawn("exec", "work", "--", "true")
    assert ran.err == f"Note: {home.settings} sets EXTRA too, and Claude Code uses that one\n"


def test_what_is_wrong_with_the_profile_s_models_is_said_as_by_a_switch(home: UserHome) -> None:
    """Who never switches learned of a retired model by the gateway's error alone."""
    home.add("old", "--provider", "@a", "--model", "claude-3-opus-20240229")
    home.add("nova", "--provider", "@bedrock", "--model", "amazon.nova-pro-v1:0")
    for name in ("old", "nova"):
        said = home.spawn("exec", name, "--", "true").err
        switched = home.ok("switch", name).err.splitlines()
        assert [line for line in switched if "pkcc-tray set" in line] == said.splitlines() != []
    assert home.spawn("exec", "work", "--", "true").err == ""


def test_a_conversation_that_goes_on_with_another_vendor_is_warned_of(home: UserHome) -> None:
    home.add("gpt", "--provider", "@openai", "--model", "gpt-5")
    home.add("opus", "--provider", "@a", "--model", "claude-opus-5-5")
    claude = home.root / "claude"
    claude.write_text("#!/bin/sh\n")
    claude.chmod(0o755)

    def warned(name: str, *command: str) -> bool:
        return "Invalid signature" in home.spawn("exec", name, "--", *command).err

    for option in ("-c", "--continue", "--resume=x"):
        assert warned("gpt", str(claude), option)
        assert not warned("opus", str(claude), option)
    assert not warned("gpt", str(claude)), "a new conversation"
    assert not warned("gpt", "sh", "-c", "true"), "another program's option"
    home.ok("switch", "gpt")
    assert not warned("gpt", str(claude), "-c")
    assert warned("opus", str(claude), "-c")


def test_the_key_is_in_no_argument_and_in_no_file(home: UserHome) -> None:
    read = "import os, sys; sys.stdout.write(open('/proc/self/cmdline').read() + str(os.getpid()))"
    ran = home.spawn("exec", "work", "--", sys.executable, "-c", read)
    assert ran.code == 0
    assert KEY not in ran.text
    assert files_with(KEY, home.root) == []
    seen = "".join(path.read_text("utf-8", "replace") for path in command_lines())
    assert KEY not in seen


def command_lines() -> list[Path]:
    return [path for path in Path("/proc").glob("[0-9]*/cmdline") if os.access(path, os.R_OK)]


@pytest.mark.parametrize("code", [0, 1, 7, 255])
def test_the_exit_code_is_the_program_s(home: UserHome, code: int) -> None:
    assert home.spawn("exec", "work", "--", "sh", "-c", f"exit {code}").code == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGPIPE, signal.SIGKILL])
def test_a_signal_that_ends_the_program_is_seen_outside(home: UserHome, number: int) -> None:
    assert home.spawn("exec", "work", "--", "sh", "-c", f"kill -{number} $$").code == -number


def test_input_arguments_and_process_are_the_program_s_own(home: UserHome) -> None:
    script = "import os, sys; print(sys.argv[1:], sys.stdin.read(), os.getppid())"
    words = ["--json", "--", "--settings", "a b", ""]
    ran = home.spawn("exec", "work", "--", sys.executable, "-c", script, *words, stdin="typed")
    assert ran.out == f"{words} typed {os.getpid()}\n"  # our own child, not a grandchild
    assert ran.err == ""


def test_control_c_at_the_terminal_is_the_program_s_to_answer(home: UserHome) -> None:
    script = "trap 'echo heard; exit 9' INT; test -t 0 && echo ready; while :; do sleep 0.1; done"
    with terminal(["exec", "work", "--", "sh", "-c", script], home.environ, home.root) as shown:
        shown.expect("ready")
        shown.type(CONTROL_C, enter="")
        shown.expect("heard")
        assert shown.finish() == 9


@pytest.mark.parametrize(
    ("words", "code", "title"),
    [
        (["nope-here"], 127, "There is no command 'nope-here' to run"),
        (["/nowhere/x"], 127, "There is no command '/nowhere/x' to run"),
        (["/etc/passwd"], 126, "The system refuses to run command '/etc/passwd': permission denied"),
    ],
)
def test_what_cannot_be_started_has_the_shell_s_exit_code(
    home: UserHome, words: list[str], code: int, title: str
) -> None:
    ran = home.spawn("exec", "work", "--", *words)
    assert (ran.code, ran.out, ran.err.splitlines()[0]) == (code, "", f"Error: {title}")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows runs files by their extension")
def test_a_script_without_its_first_line_is_not_told_to_be_made_executable(home: UserHome) -> None:
    script = home.root / "run"
    script.write_text("echo hi\n")
    script.chmod(0o755)
    ran = home.spawn("exec", "work", "--", str(script))
    assert ran.code == 126
    assert "executable" not in ran.err.splitlines()[1]


@pytest.mark.parametrize("words", [[], ["--"], ["claude"], ["claude", "-p", "hi"], ["--", ""]])
def test_without_dashes_or_command_nothing_is_started(home: UserHome, words: list[str]) -> None:
    ran = home.run("exec", "work", *words)
    assert ran.code == 2
    assert ran.err.startswith("Error: `pkcc-tray exec` needs -- and a command behind it\n")


def test_json_is_refused_and_help_is_help(home: UserHome) -> None:
    assert home.run("--json", "exec", "work", "--", "true").code == 2
    assert home.ok("exec", "--help").out.startswith("usage: pkcc-tray exec NAME -- CMD")
    assert home.run("exec", "nope", "--", "true").code == 3


def test_no_key_no_start(home: UserHome) -> None:
    home.ok("add", "keyless", "--provider", "@a", "--key-ref", "env:NOT_SET")
    assert home.spawn("exec", "keyless", "--", "echo", "started").out == ""
    assert home.run("exec", "keyless", "--", "true").code == 5


# The way of Windows, which runs here too ---------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 3])
def test_as_a_child_the_exit_code_is_the_same(code: int) -> None:
    environ = {"PATH": "/usr/bin:/bin", "X": str(code)}
    assert executing.run_and_wait(["sh", "-c", "exit $X"], environ) == code


def test_as_a_child_it_hears_control_c_and_we_wait(tmp_path: Path) -> None:
    script = "trap 'exit 5' INT; echo ready; while :; do sleep 0.1; done"
    run = "from tray.actions.switching.exec_ import run_and_wait; import os, sys; "
    wait = run + f"sys.exit(run_and_wait(['sh', '-c', {script!r}], os.environ))"
    environ = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    with terminal([sys.executable, "-c", wait], environ, tmp_path) as shown:
        shown.expect("ready")
        shown.type(CONTROL_C, enter="")
        assert shown.finish() == 5


def test_as_a_child_one_that_is_missing_is_127() -> None:
    with pytest.raises(PkccError) as raised:
        executing.run_and_wait(["nope-here"], {"PATH": "/usr/bin:/bin"})
    assert raised.value.exit_code == 127


def test_a_program_of_the_current_directory_is_run_only_when_it_is_named_so(home: UserHome) -> None:
    """A clone's own `claude` would get the key: PATH may hold `.`, and Windows looks there first."""
    for where in (home.root, home.root / "bin"):
        where.mkdir(exist_ok=True)
        (where / "planted").write_text("#!/bin/sh\necho planted\n")
        (where / "planted").chmod(0o755)
    environ = {**home.environ, "PATH": f".:bin::{os.environ['PATH']}"}
    ran = home.spawn("exec", "work", "--", "planted", env=environ)
    assert (ran.code, ran.out) == (127, "")
    assert home.spawn("exec", "work", "--", "./planted").out == "planted\n"
    assert home.spawn("exec", "work", "--", "bin/planted").out == "planted\n"
