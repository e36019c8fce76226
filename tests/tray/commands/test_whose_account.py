"""Which profile's account is asked, and how its key is come by: before anything is waited for."""

from __future__ import annotations

import pytest
from support.gateway.account import HostedAccount
from support.home.git_repository import repository
from support.home.user_home import UserHome


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
    """`status` and `check` speak of the pinned profile there: money and configs of another one would mislead."""
    work.add("pinned", "--provider", "@bedrock-eu", "--gateway", hosted.url)
    here = work.root / "one"
    repository(here)
    (here / "mine.json").write_text('{"provider": "@b"}')
    work.ok("project", "add", "one", "--profile", "pinned")
    answer = work.run(*argv, "--json", cwd=here).json()
    assert answer["data"]["profile"] == "pinned"
    assert answer["notes"][0] == "pinned is what sessions in this directory use; work is the active one"
    named = ("--profile", "work") if argv[0] == "config" else ("work",)
    assert work.run(*argv, *named, "--json", cwd=here).json()["data"]["profile"] == "work"
