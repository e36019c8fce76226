"""The same question has the same answer: a script that compares two would see changes where none are."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.home.user_home import KEY, UserHome

FROM_THE_SHELL = {
    "ANTHROPIC_BASE_URL": "https://gateway.example",
    "ANTHROPIC_AUTH_TOKEN": "dummy",
    "ANTHROPIC_MODEL": "opus",
    "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @shell\nx-portkey-metadata: {}",
    "CLAUDE_CODE_USE_VERTEX": "1",
    "HTTPS_PROXY": "http://127.0.0.1:2",
    "NODE_EXTRA_CA_CERTS": "/etc/ssl/own.pem",
}


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("list",),
        ("show", "work"),
        ("doctor",),
        ("switch", "home", "--dry-run"),
        ("off", "--dry-run"),
        ("project", "list"),
        ("explain",),
    ],
    ids=" ".join,
)
def test_whatever_order_the_interpreter_keeps_sets_in(words: tuple[str, ...], tmp_path: Path) -> None:
    home = UserHome(tmp_path / "home")
    for name in ("work", "home"):
        home.ok(
            "add", name, "--provider", f"@{name}", "--sonnet", "claude-sonnet-4-6", "--key-stdin", stdin=KEY
        )
    home.ok("switch", "work")
    home.environ |= FROM_THE_SHELL
    answers = []
    for seed in "123":
        home.environ["PYTHONHASHSEED"] = seed
        answers.append(home.spawn(*words, "--json").out)
    assert len(set(answers)) == 1, answers
