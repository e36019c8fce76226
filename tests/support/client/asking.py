"""The installed client's own words about settings files, of which it sends no request."""

from __future__ import annotations

import json
import os
from typing import Any

from support.client.real_client import require_client

from profiles.claude_code.process.run_apart import run_apart
from profiles.claude_code.settings.ask_client import PLACES, QUESTION, WORDS


def ask(user: bytes, project: bytes | None = None) -> dict[str, Any]:
    """Its answer about the texts of those two files; an error's `file` is `user` or `project`."""
    texts = {"user": user} | ({} if project is None else {"project": project})
    files = {PLACES[kind]: text for kind, text in texts.items()}
    output = run_apart(str(require_client()), WORDS, os.environ, 60, given=QUESTION, files=files)
    rows = [json.loads(line) for line in output.splitlines() if b'"control_response"' in line]
    assert len(rows) == 1, output
    answer: dict[str, Any] = {"errors": [], **rows[0]["response"]["response"]}
    for error in answer["errors"]:
        (error["file"],) = (kind for kind in texts if error["file"].endswith("/".join(PLACES[kind])))
    return answer
