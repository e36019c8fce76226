"""Completion in real shells: commands, options and profile names, without a file or a key being touched."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

import pytest
from support.gateway.account import HostedAccount
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, UserHome
from support.missing import missing


@pytest.fixture
def home(home: UserHome) -> UserHome:
    """With three profiles, one of them elsewhere, and a `pkcc-tray` on the PATH."""
    home.add("work")
    home.add("home-office")
    home.ok("add", "far-away", "--provider", "@a", "--config-dir", str(home.root / "elsewhere"))
    program = home.root / "bin" / "pkcc-tray"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tray "$@"\n')
    program.chmod(0o700)
    home.environ["PATH"] = f"{program.parent}:/usr/bin:/bin"
    return home


def need(shell: str) -> str:
    path = shutil.which(shell)
    if path is None:
        missing(shell)
    return path


def complete(home: UserHome, line: str, then: str = "") -> list[str]:
    """What bash offers for the line, by the script it was given; `then` is a variable to set before."""
    script = (
        'eval "$(pkcc-tray completion bash)"\n'
        f"export {then or 'UNUSED=1'}\n"
        f"COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)} COMP_TYPE=9 COMP_KEY=9\n"
        f"COMP_WORDS=({line}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
        "_python_argcomplete pkcc-tray\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        [need("bash"), "--norc", "--noprofile", "-c", script],
        env=home.environ, cwd=home.root, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return [word.strip() for word in done.stdout.split("\n") if word]


OFFERED = [
    ("pkcc-tray sw", ["switch"]),
    ("pkcc-tray switch ", ["home-office", "work"]),
    ("pkcc-tray switch h", ["home-office"]),
    ("pkcc-tray switch work --dr", ["--dry-run"]),
    ("pkcc-tray --json show ", ["home-office", "work"]),
    ("pkcc-tray key p", ["print"]),
    ("pkcc-tray key print w", ["work"]),
    ("pkcc-tray key vault ", ["init"]),
    ("pkcc-tray diff ", ["home-office", "work"]),
    ("pkcc-tray export work ", ["home-office", "work"]),
    ("pkcc-tray rename ", ["home-office", "work"]),
    ("pkcc-tray add x --dialect ", ["bedrock", "messages", "vertex"]),
    ("pkcc-tray add x --key-d", ["--key-delivery"]),
    ("pkcc-tray completion f", ["fish"]),
    (
        "pkcc-tray set work models.s",
        ["models.setting", "models.small_fast", "models.sonnet", "models.subagent"],
    ),
    ("pkcc-tray set work key", ["key_delivery", "key_in"]),
    ("pkcc-tray add x --key-ref k", ["keyring:"]),
    ("pkcc-tray add x --key-ref e", ["env:"]),
    ("pkcc-tray switch --config-dir elsewhere ", ["far-away"]),
    ("pkcc-tray --config-dir elsewhere switch ", ["far-away"]),
    ("pkcc-tray switch --config-dir nowhere ", []),
]


@pytest.mark.parametrize(("line", "offered"), OFFERED, ids=[line for line, _ in OFFERED])
def test_bash_offers_what_can_follow(home: UserHome, line: str, offered: list[str]) -> None:
    found = sorted(complete(home, line))
    if line.endswith(" ") and not line.endswith("--dialect "):
        found = [word for word in found if not word.startswith("-")]
    assert found == offered


def test_bash_offers_the_providers_that_were_listed_before_without_key_or_network(home: UserHome) -> None:
    """At a press of Tab no keyring may ask its question, and nothing be waited for."""
    with HostedAccount(KEY) as hosted:
        home.add("there", "--provider", "@anthropic-prod", "--gateway", hosted.url)
        assert complete(home, "pkcc-tray models there --provider @") == []
        home.ok("models", "there")
    shutil.rmtree(home.root / ".local/share/pkcc-tray")  # the vault with the key
    assert complete(home, "pkcc-tray models there --provider @b") == ["bedrock-eu"]  # a word begins anew at @
    assert complete(home, "pkcc-tray models --provider @b") == []  # no profile is active
    assert complete(home, "pkcc-tray models gone --provider @b") == []


def test_bash_offers_every_command(home: UserHome) -> None:
    from tray.cli.verbs import VERBS

    assert set(complete(home, "pkcc-tray ")) >= {verb.words.split()[0] for verb in VERBS}


def test_the_tab_key_works_in_a_real_bash(home: UserHome) -> None:
    environ = {**home.environ, "PS1": "ready> ", "TERM": "dumb", "INPUTRC": "/dev/null"}
    with terminal([need("bash"), "--norc", "--noprofile", "-i"], environ, home.root) as term:
        term.expect("ready> ")
        term.type('eval "$(pkcc-tray completion bash)"')
        term.expect("ready> ")
        term.type("pkcc-tray switch w\t", enter="")
        term.expect("switch work")
        term.type("--dr\t", enter="")
        term.expect("--dry-run")


def test_completion_says_nothing_where_nothing_can_be_read(home: UserHome) -> None:
    offered = complete(home, "pkcc-tray switch ", then="HOME=relative")
    assert [word for word in offered if not word.startswith("-")] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_gets_its_script(home: UserHome, shell: str) -> None:
    script = home.ok("completion", shell).out
    assert "pkcc-tray" in script
    assert "_ARGCOMPLETE" in script
    if shell in ("bash", "zsh", "fish") and shutil.which(shell):
        done = subprocess.run([shell, "-n"], input=script, capture_output=True, encoding="utf-8", check=False)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_offer_profile_names(home: UserHome, shell: str) -> None:
    path = need(shell)
    if shell == "fish":
        script = 'pkcc-tray completion fish | source; complete -C "pkcc-tray switch w"'
        done = subprocess.run(
            [path, "--no-config", "-c", script],
            env=home.environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stdout.split() == ["work"], done.stderr
        return
    environ = {**home.environ, "PS1": "ready> ", "TERM": "dumb", "ZDOTDIR": str(home.root)}
    (home.root / ".zshrc").write_text("autoload -Uz compinit; compinit -u\n")
    with terminal([path, "-i"], environ, home.root) as term:
        term.expect("ready> ")
        term.type('eval "$(pkcc-tray completion zsh)"')
        term.expect("ready> ")
        term.type("pkcc-tray switch w\t", enter="")
        term.expect("switch work")


def test_completion_leaves_the_home_as_it_was(home: UserHome) -> None:
    def tree() -> dict[str, int]:
        return {str(path): os.stat(path).st_mtime_ns for path in home.root.rglob("*")}

    before = tree()
    complete(home, "pkcc-tray switch ")
    assert tree() == before
