"""What a press of Tab waits for, with 10,000 models kept of an account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.measure import COMMAND, Figure, Home, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MODELS = 10_000
_LINES = (
    ("Tab: all of 10,000 models", "pkcc-tray add x --sonnet "),
    ("Tab: some of 10,000 models", "pkcc-tray set work models.opus model-99"),
    ("Tab: a config among 10,000 models", "pkcc-tray add x --config pc-"),
)
_LIMIT = 8  # times a bare Python's start, which is 10 to 16 ms: below 150 ms


def tab_figures(directory: Path, root: Path) -> Iterator[Figure]:
    """Whole presses against `python -c pass`."""
    sys.path.insert(0, str(root / "tests"))
    from support.gateway.account import HostedAccount
    from support.gateway.account_client import KEY
    from support.gateway.account_rows import model

    home = Home(directory)
    with HostedAccount(KEY) as hosted:
        hosted.models = [model(f"p{at % 5}", f"model-{at}") for at in range(_MODELS)]
        home.tool("add", "work", "--provider", "@p0", "--gateway", hosted.url, "--key-stdin", stdin=KEY)
        home.tool("models", "work")
    for name, line in _LINES:
        pressed = Home(
            directory,
            {
                "_ARGCOMPLETE": "1", "_ARGCOMPLETE_SHELL": "bash", "_ARGCOMPLETE_IFS": "\n",
                "_ARGCOMPLETE_STDOUT_FILENAME": str(directory / "offered"), "COMP_LINE": line,
                "COMP_POINT": str(len(line)),
            },
        )  # fmt: skip
        yield ratio(name, pressed, _LIMIT, [COMMAND])
        if not (directory / "offered").read_text():
            raise RuntimeError(f"nothing was offered for {line!r}")
