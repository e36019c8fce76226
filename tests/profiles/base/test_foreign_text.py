"""Text that others wrote takes time in proportion to its length, and no address in it breaks a command.

Else one file of a cloned project, or one answer of a gateway, hangs `switch` and `doctor`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from support.counted import calls

from profiles.claude_code.beside.editor_settings import editor_variables
from profiles.claude_code.glued_lines import meant_lines
from profiles.claude_code.settings.json_text import JsonTextError, parse_object
from profiles.gateway.asking.echoes import repeats
from profiles.gateway.asking.network import proxy_for
from profiles.importing.exports.dollar_env import read_powershell
from profiles.profile.schema.fields import is_plain_http
from tray.doctor.secret_places import secrets_in

SMALL, TIMES = 1_000, 16  # a text that is read in proportion takes 16 times as long, a square 256 times


def _editor(text: str, directory: Path) -> None:
    (directory / ".vscode").mkdir(exist_ok=True)
    (directory / ".vscode" / "settings.json").write_text("claudeCode.environmentVariables" + text)
    editor_variables({}, str(directory))


def _constant(text: str) -> None:
    with pytest.raises(JsonTextError):
        parse_object('{"a": NaN' + text)


READERS: list[tuple[Callable[[str, Path], object], str]] = [
    (_editor, "/* "),
    (_editor, '\\"'),
    (lambda text, _: _constant(text), '\\"'),
    (lambda text, _: meant_lines("x-a: " + text + "."), " "),
    (lambda text, _: meant_lines("x-a: " + text + "."), "\\"),
    (lambda text, _: meant_lines("x-a: " + text + "."), "\\n"),
    (lambda text, _: meant_lines("x-a: " + text + "."), " \n"),
    (lambda text, _: repeats(text, "0123456789"), "\\"),
    (lambda text, _: read_powershell(text), "function a("),
    (lambda text, _: secrets_in("ANTHROPIC_AUTH_TOKEN" + text, {}), " "),
    (lambda text, _: secrets_in(text, {}), "ANTHROPIC_AUTH_TOKEN="),
]


@pytest.mark.parametrize(("read", "piece"), READERS)
def test_time_is_in_proportion_to_the_length(
    read: Callable[[str, Path], object], piece: str, tmp_path: Path
) -> None:
    def seconds(count: int) -> float:
        start = process_time()
        read(piece * count, tmp_path)
        return process_time() - start

    read(piece, tmp_path)  # what is loaded only once
    few = calls(lambda: read(piece * SMALL, tmp_path))
    assert calls(lambda: read(piece * SMALL * TIMES, tmp_path)) <= 2 * TIMES * few
    # What a regular expression does inside of one call shows in time alone, which a busy machine spoils once.
    assert any(seconds(SMALL * TIMES) < 4 * TIMES * max(seconds(SMALL), 0.002) for _ in range(3))


@pytest.mark.parametrize("url", ["http://[x", "http://[1:2]", "https://a]"])
def test_what_is_no_address_breaks_nothing(url: str) -> None:
    """Else `import`, `trust` or `doctor` ends in a traceback over another one's typing error."""
    assert not is_plain_http(url)
    assert proxy_for(url, {"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": "a"}) == "http://proxy:1"
