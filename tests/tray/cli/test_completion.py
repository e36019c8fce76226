"""Completion in real shells: commands, options and profile names, without a file or a key being touched."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import model, provider
from support.home.pseudo_terminal import Terminal, terminal
from support.home.user_home import KEY, ROOT, UserHome
from support.missing import missing


@pytest.fixture
def home(tmp_path: Path) -> UserHome:
    return furnished(tmp_path)


def furnished(place: Path) -> UserHome:
    """A home with three profiles, one of them elsewhere, and a `pkcc-tray` on the PATH."""
    home = UserHome(place / "home")
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
    return complete_all(home, [line], then)[0]


def complete_all(home: UserHome, lines: list[str], then: str = "") -> list[list[str]]:
    """What bash offers for each line."""
    script = f'eval "$(pkcc-tray completion bash)"\nexport {then or "UNUSED=1"}\n' + "".join(
        f"COMP_LINE={shlex.quote(line)} COMP_POINT={len(line)} COMP_TYPE=9 COMP_KEY=9\n"
        f"COMP_WORDS=({line}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)) COMPREPLY=()\n"
        "_python_argcomplete pkcc-tray\n"
        'printf "%s\\n" "${COMPREPLY[@]}" --------\n'
        for line in lines
    )
    done = subprocess.run(
        [need("bash"), "--norc", "--noprofile", "-c", script],
        env=home.environ, cwd=home.root, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    answers = done.stdout.split("--------\n")[: len(lines)]
    return [[word.strip() for word in answer.split("\n") if word] for answer in answers]


@contextmanager
def zsh(home: UserHome, start: str = "autoload -Uz compinit; compinit -u\n") -> Iterator[Terminal]:
    """A person at a zsh that completes."""
    environ = {**home.environ, "PS1": "ready> ", "TERM": "dumb", "ZDOTDIR": str(home.root)}
    (home.root / ".zshrc").write_text(start)
    with terminal([need("zsh"), "-i"], environ, home.root) as term:
        term.expect("ready> ")
        term.type('eval "$(pkcc-tray completion zsh)"')
        term.expect("ready> ")
        yield term


OFFERED = [
    ("pkcc-tray sw", ["switch"]),
    ("pkcc-tray switch ", ["home-office", "work"]),
    ("pkcc-tray switch h", ["home-office"]),
    ("pkcc-tray switch work --dr", ["--dry-run"]),
    ("pkcc-tray --json show ", ["home-office", "work"]),
    ("pkcc-tray key p", ["print"]),
    ("pkcc-tray key print w", ["work"]),
    ("pkcc-tray key vault ", ["init"]),
    ("pkcc-tray statusline o", ["off", "on"]),
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
    ("pkcc-tray add x --key-ref k", ["keepassxc:", "keeper://", "keyring:"]),
    ("pkcc-tray set work api_key v", ["vault-kv://", "vault:"]),
    ("pkcc-tray add x --key-ref e", ["env:"]),
    ("pkcc-tray switch --config-dir elsewhere ", ["far-away"]),
    ("pkcc-tray --config-dir elsewhere switch ", ["far-away"]),
    ("pkcc-tray switch --config-dir nowhere ", []),
    ("pkcc-tray preference usage ", ["off", "on"]),
    ("pkcc-tray preference auto_fallback ", ["ask", "off", "on"]),
    ("pkcc-tray preference health_minutes ", []),
    ("pkcc-tray preference u", ["usage"]),
    ("pkcc-tray preference b", []),  # no file that begins so
    ("pkcc-tray set work when_unreachable ", ["home-office"]),
    ("pkcc-tray add work --when-unreachable ", ["home-office"]),
    ("pkcc-tray set work label ", []),
    ("pkcc-tray config new --cache ", ["semantic", "simple"]),
    ("pkcc-tray config new --retry ", []),
    ("pkcc-tray config check b", ["bin/"]),
    ("pkcc-tray add x --config-file b", ["bin/"]),
]


@pytest.fixture(scope="module")
def what_follows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What one bash offers for each of those lines: it changes nothing."""
    lines = [line for line, _ in OFFERED]
    return dict(zip(lines, complete_all(furnished(tmp_path_factory.mktemp("bash")), lines), strict=True))


@pytest.mark.parametrize(("line", "offered"), OFFERED, ids=[line for line, _ in OFFERED])
def test_bash_offers_what_can_follow(
    what_follows: dict[str, list[str]], line: str, offered: list[str]
) -> None:
    found = sorted(what_follows[line])
    if line.endswith(" ") and not line.endswith("--dialect "):
        found = [word for word in found if not word.startswith("-")]
    assert found == offered


@pytest.fixture
def account(home: UserHome) -> UserHome:
    """A profile `there` whose account was asked once; its gateway, and the vault with the key, are gone."""
    with HostedAccount(KEY) as hosted:
        hosted.save("Main fallback", {"retry": {"attempts": 2}})
        home.add("there", "--provider", "@anthropic-prod", "--gateway", hosted.url)
        home.ok("models", "there")
    shutil.rmtree(home.root / ".local/share/pkcc-tray")
    return home


SONNET, OPUS, EU = "claude-sonnet-5-5", "claude-opus-5-5", "eu.anthropic.claude-sonnet-5-5"
OF_ACCOUNT = [
    ("pkcc-tray models there --provider @b", ["@bedrock-eu"]),
    ("pkcc-tray add x --provider ", ["@anthropic-prod", "@bedrock-eu"]),
    ("pkcc-tray add x --provider vertex-ai --virtual-key b", ["bedrock-eu"]),
    ("pkcc-tray add x --config ", ["pc-main-000000", "pc-main-f-000001"]),
    ("pkcc-tray add x --provider @bedrock-eu --sonnet ", [EU]),
    ("pkcc-tray add x --provider @anthropic-prod --small-fast claude-s", [SONNET]),
    ("pkcc-tray add x --config pc-main-000000 --model ", [OPUS, SONNET, EU]),
    (
        "pkcc-tray add x --haiku ",
        [f"@anthropic-prod/{OPUS}", f"@anthropic-prod/{SONNET}", f"@bedrock-eu/{EU}"],
    ),
    ("pkcc-tray add x --haiku @b", [f"@bedrock-eu/{EU}"]),
    ("pkcc-tray set there models.opus ", [OPUS, SONNET]),
    ("pkcc-tray set there models.opus @b", [f"@bedrock-eu/{EU}"]),
    ("pkcc-tray set there route.provider @b", ["@bedrock-eu"]),
    ("pkcc-tray set there route.id pc-main-f", ["pc-main-f-000001"]),
    ("pkcc-tray set work route.provider @", []),  # whose account was never asked
    ("pkcc-tray set there dialect ", ["bedrock", "messages", "vertex"]),
    ("pkcc-tray set there key_in token_", ["token_and_header"]),
    ("pkcc-tray add x --gateway ", ["airs", "portkey"]),
    ("pkcc-tray config new --fallback @x @b", ["@bedrock-eu"]),
    ("pkcc-tray config new --to @bedrock-eu/", [f"@bedrock-eu/{EU}"]),
    ("pkcc-tray explain there --id pc-main-f", ["pc-main-f-000001"]),
]


def test_bash_offers_what_was_listed_before_without_key_or_network(account: UserHome) -> None:
    """At a press of Tab no keyring may ask its question, and nothing be waited for."""
    lines = [line for line, _ in OF_ACCOUNT]
    found = dict(zip(lines, complete_all(account, lines), strict=True))
    assert {line: sorted(words) for line, words in found.items()} == dict(OF_ACCOUNT)


@pytest.mark.parametrize("line", ["add x --sonnet ", "set there config ", "models --provider ", "usage "])
def test_a_press_of_tab_loads_little(account: UserHome, line: str) -> None:
    """Else it takes longer than 150 ms, and each press is waited for."""
    line = f"pkcc-tray {line}"
    offered = account.root / "offered"
    environ = {
        **account.environ, "_ARGCOMPLETE": "1", "_ARGCOMPLETE_STDOUT_FILENAME": str(offered),
        "COMP_LINE": line, "COMP_POINT": str(len(line)),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tray"], env=environ, cwd=ROOT, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, offered.read_text() != "") == (0, True)
    loaded = {found.rpartition("|")[2].strip() for found in done.stderr.splitlines()}
    assert {"argcomplete", "tray.commands.offers"} & loaded
    costly = {"pydantic", "keyring", "rich", "httpx2", "ssl", "asyncio", "dataclasses", "concurrent.futures"}
    costly |= {"profiles.gateway.asking.http", "profiles.gateway.account.pages"}
    assert sorted(loaded & costly) == []


def test_nothing_is_offered_of_an_account_that_was_never_asked(home: UserHome) -> None:
    assert complete_all(
        home, [f"pkcc-tray {line}" for line in ("models work --provider @", "add x --config p")]
    ) == [[], []]


def test_fish_and_zsh_say_beside_a_config_what_people_call_it(account: UserHome) -> None:
    script = 'pkcc-tray completion fish | source; complete -C "pkcc-tray add x --config pc-main-f"'
    fish = subprocess.run(
        [need("fish"), "--no-config", "-c", script], env=account.environ, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert fish.stdout == "pc-main-f-000001\tMain fallback\n", fish.stderr
    with zsh(account) as term:
        term.type("pkcc-tray add x --config \t\t", enter="")  # what all have in common, then the list
        term.expect("-- Main fallback")
        term.type("f\t", enter="")
        term.expect("pc-main-f-000001")


def test_zsh_says_beside_a_profile_what_it_is(home: UserHome) -> None:
    home.ok("set", "work", "label", "At work")
    with zsh(home) as term:
        term.type("pkcc-tray switch \t\t", enter="")
        term.expect("-- At work · @anthropic-prod")


def test_zsh_puts_no_dash_behind_a_word_of_which_nothing_is_said(home: UserHome) -> None:
    with zsh(home) as term:
        term.type("pkcc-tray preference on_drift \t\t", enter="")
        shown = term.expect("restore") + term.expect("ignore")
        term.type("\x03", enter="")
        assert "--" not in shown + term.expect("ready> ")


def test_zsh_completes_where_its_completion_was_not_begun(home: UserHome) -> None:
    """It was: command not found: compdef."""
    with zsh(home, "") as term:
        term.type("pkcc-tray switch h\t", enter="")
        term.expect("home-office")
        assert "not found" not in term.screen


HOSTILE = (
    "$(touch pwned)",
    "`touch pwned`",
    "a;touch pwned;",
    "a b",
    "'",
    '"',
    "\\",
    "*",
    "{a,b}",
    "!!",
    "a\tb",
    "~root",
    "a&",
    "a|b",
    "#",
)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_no_name_of_an_account_becomes_a_command_at_the_shell(home: UserHome, shell: str) -> None:
    """Anyone who may name a model, a provider or a config there would else run programs here."""
    with HostedAccount(KEY) as hosted:
        hosted.models += [model("anthropic-prod", name) for name in HOSTILE]
        hosted.providers = [provider(f"p{name}") for name in HOSTILE]
        hosted.providers += [provider(f"anthropic-{at}", name=name) for at, name in enumerate(HOSTILE)]
        home.add("there", "--provider", "@anthropic-prod", "--gateway", hosted.url)
        home.ok("models", "there")
    options = ("--provider p", "--provider '", '--provider "@', "--opus @anthropic-prod/", "--provider ")
    lines = [f"pkcc-tray add x {option}" for option in options]
    if shell == "bash":
        found = complete_all(home, lines[:1] + lines[3:])
        assert [len(each) for each in found] == [0, 2, len(HOSTILE)]
        # What is offered is typed for the user, who then presses Enter.
        subprocess.run(
            [need(shell), "-c", "\n".join(f": {word}" for each in found for word in each)],
            cwd=home.root,
            check=True,
        )
    elif shell == "fish":
        script = "\n".join(
            ["pkcc-tray completion fish | source", *(f"complete -C {shlex.quote(line)}" for line in lines)]
        )
        done = subprocess.run(
            [need(shell), "--no-config", "-c", script],
            env=home.environ,
            cwd=home.root,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        assert "@anthropic-1\t" in done.stdout
    else:
        with zsh(home) as term:
            for line in lines:
                term.type(f"{line}\t\t\x15echo all-$((3 * 7))-well")
                term.expect("all-21-well")
    assert not (home.root / "pwned").exists()


def test_bash_offers_every_command(home: UserHome) -> None:
    from tray.cli.verbs import VERBS

    assert set(complete(home, "pkcc-tray ")) >= {verb.words.split()[0] for verb in VERBS}


@contextmanager
def completing_bash(home: UserHome) -> Iterator[Terminal]:
    """A real bash at its prompt, which has our completion."""
    environ = {**home.environ, "PS1": "ready> ", "TERM": "dumb", "INPUTRC": "/dev/null"}
    with terminal([need("bash"), "--norc", "--noprofile", "-i"], environ, home.root) as term:
        term.expect("ready> ")
        term.type('eval "$(pkcc-tray completion bash)"')
        term.expect("ready> ")
        yield term


def test_the_tab_key_works_in_a_real_bash(home: UserHome) -> None:
    with completing_bash(home) as term:
        term.type("pkcc-tray switch w\t", enter="")
        term.expect("switch work")
        term.type("--dr\t", enter="")
        term.expect("--dry-run")


def test_a_name_keeps_its_sign_in_a_real_bash(account: UserHome) -> None:
    """Where a word is taken to begin behind the @, bash puts the rest in the place of the sign, too."""
    with completing_bash(account) as term:
        term.type("pkcc-tray add x --provider @b\t", enter="")
        term.expect("--provider @bedrock-eu ")
        term.type("--opus=@a\ts\t", enter="")
        term.expect("nthropic-prod/claude-")  # a bell comes before it
        term.expect("sonnet-5-5")


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
        assert done.stdout == "work\t@anthropic-prod\n", done.stderr
        return
    with zsh(home) as term:
        term.type("pkcc-tray switch w\t", enter="")
        term.expect("switch work")
        term.type("; X=1 pkcc-tray switch --config-dir 'elsewhere' far\t", enter="")
        term.expect("far-away")


def test_completion_leaves_the_home_as_it_was(home: UserHome) -> None:
    def tree() -> dict[str, int]:
        return {str(path): os.stat(path).st_mtime_ns for path in home.root.rglob("*")}

    before = tree()
    complete(home, "pkcc-tray switch ")
    assert tree() == before
