"""A setup by hand: where its values stand, and the files that say so. The corpus of them is data."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from support.client.request_model import Login

_DATA = Path(__file__).parents[1] / "data"
CORPUS = _DATA / "equivalence"
PORTKEYS_OWN = _DATA / "portkey" / "claude-settings.json"
OAUTH = "sk-ant-oat01-of-the-user"


class Setup(NamedTuple):
    """`settings` is the user's settings.json; `exports` stand in a start file of the shell, or a `.env` file.

    `refused` is a word of the refusal where no profile can say it. `words`: options of the import.
    `meant`: the settings that the user thought to have, where these send something else.
    """

    name: str
    settings: Mapping[str, Any] = {}
    exports: Mapping[str, str] = {}
    file: str = ""  # `rc.sh` or `.env`, for exports
    oauth: bool = False
    words: tuple[str, ...] = ()
    refused: str = ""
    meant: Mapping[str, Any] = {}

    @property
    def login(self) -> Login:
        return Login(oauth=OAUTH if self.oauth else "")

    @property
    def file_text(self) -> str:
        """The file with the exports."""
        if self.file == ".env":
            return "".join(f"{name}={json.dumps(value)}\n" for name, value in self.exports.items())
        return "".join(f"export {name}={_quoted(value)}\n" for name, value in self.exports.items())


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"$'{escaped}'" if "\n" in value else shlex.quote(value)


def corpus() -> list[Setup]:
    """Everything that people write by hand, as far as it was found."""
    setups = [
        Setup(f"portkey-{block['id']}", block["settings"], refused=_no_route(block["settings"]))
        for block in json.loads(PORTKEYS_OWN.read_text())
    ]
    for path in sorted(CORPUS.glob("*.json")):
        for entry in json.loads(path.read_text()):
            entry.pop("about")
            entry["words"] = tuple(entry.get("words", ()))
            setups.append(Setup(**entry | {"name": f"{path.stem}-{entry['name']}"}))
    names = [setup.name for setup in setups]
    assert len(names) == len(set(names)), "two entries of one name"
    return setups


def _no_route(settings: Mapping[str, Any]) -> str:
    """Two of Portkey's blocks are additions to another one, and one routes by Amazon's own sign-in."""
    headers = settings["env"].get("ANTHROPIC_CUSTOM_HEADERS", "")
    return "" if "x-portkey-" in headers else "no Portkey route|does not go through a gateway"
