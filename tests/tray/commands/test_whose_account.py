"""Which profile's account is asked, and how its key is come by: before anything is waited for."""

from __future__ import annotations

import shutil

import pytest
from support.gateway.account import HostedAccount
from support.home.git_repository import repository
from support.home.passphrase_vault import PASSPHRASE, lay_identity
from support.home.pseudo_terminal import Terminal, terminal
from support.home.user_home import KEY, UserHome


@pytest.mark.parametrize(
    "argv",
    [
        ("models",),
        ("usage",),
        ("budget",),
        ("config", "list"),
        ("config", "list", "--versions", "pc-main-000000"),
        ("config", "pull", "pc-main-000000"),
        ("config", "push", "mine.json", "--yes"),
    ],
    ids=" ".join,
)
def test_the_account_is_that_of_the_profile_which_sessions_here_use(
    work: UserHome, hosted: HostedAccount, argv: tuple[str, ...]
) -> None:
    """`status` and `check` speak of the pinned profile there: another one's money would mislead."""
    work.add("pinned", "--provider", "@bedrock-eu", "--gateway", hosted.url)
    here = work.root / "one"
    repository(here)
    (here / "mine.json").write_text('{"provider": "@b"}')
    work.ok("project", "add", "one", "--profile", "pinned")
    answer = work.run(*argv, "--json", cwd=here).json()
    assert answer["data"]["profile"] == "pinned"
    assert answer["notes"][0] == "pinned is what sessions in this directory use; work is the one in use"
    named = ("--profile", "work") if argv[0] == "config" else ("work",)
    assert work.run(*argv, *named, "--json", cwd=here).json()["data"]["profile"] == "work"


def locked_vault(home: UserHome) -> None:
    """The key of `work` lies in a vault that asks for its passphrase."""
    shutil.rmtree(home.root / ".local" / "share" / "pkcc-tray", ignore_errors=True)
    lay_identity(home.root / ".local" / "share" / "pkcc-tray" / "vault")
    home.environ |= {"PKCC_VAULT_PASSPHRASE": PASSPHRASE, "TERM": "xterm"}
    home.ok("key", "vault", "init", "--unlock", "passphrase")
    home.ok("key", "set", "work", "--stdin", stdin=f"{KEY}\n")
    del home.environ["PKCC_VAULT_PASSPHRASE"]


@pytest.mark.parametrize(
    "argv",
    [("check",), ("config", "pull", "Main"), ("config", "push", "mine.json")],
    ids=" ".join,
)
def test_a_vault_asks_for_its_passphrase_where_nothing_turns(
    work: UserHome, hosted: HostedAccount, argv: tuple[str, ...]
) -> None:
    """A spinner that goes on would overwrite the question ten times a second: the command seems to hang."""
    locked_vault(work)
    (work.root / "mine.json").write_text('{"provider": "@b"}')
    with terminal(list(argv), work.environ, work.root) as term:
        asked_unhidden(term)
        if "push" in argv:
            term.answer("Save it at Portkey? (y/N): ", "y")
        term.finish()
        assert "Passphrase" not in term.screen.partition("Passphrase")[2]  # once
        assert "Traceback" not in term.screen


def asked_unhidden(term: Terminal) -> None:
    """The passphrase is asked for, and nothing is drawn over the question until it is answered."""
    term.expect("Passphrase of the vault: ")
    assert not term.has_more(0.3)
    term.type(PASSPHRASE)


def test_what_a_configs_own_secrets_ask_is_seen_too(work: UserHome, hosted: HostedAccount) -> None:
    """The key is not the only one: `--with-secrets` fills in what references lead to."""
    locked_vault(work)
    work.ok("set", "work", "api_key", "env:WORK_KEY")
    work.environ["WORK_KEY"] = KEY
    (work.root / "mine.json").write_text('{"provider": "openai", "api_key": "vault:work"}')
    with terminal(["config", "push", "mine.json", "--with-secrets"], work.environ, work.root) as term:
        asked_unhidden(term)
        term.answer("Save it at Portkey? (y/N): ", "n")
        assert term.finish() == 4


def test_adding_with_a_stored_key_asks_for_its_vault_in_peace(work: UserHome, hosted: HostedAccount) -> None:
    locked_vault(work)
    argv = ["add", "new", "--gateway", hosted.url, "--key-ref", "keyring:work"]
    with terminal(argv, work.environ, work.root) as term:
        asked_unhidden(term)
        term.expect("Where do requests go?")
