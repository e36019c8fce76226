"""Our own helper is shown and remembered as it is: a foreign one, taken for ours, would show its secret."""

from __future__ import annotations

import json
import ntpath
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.base.programs.command_line import for_cmd, for_sh
from profiles.claude_code.own_command import is_own_helper, own_command_in, profile_in
from profiles.claude_code.owned_slots import HELPER_KEY
from profiles.claude_code.settings.masked import mask_value
from profiles.switching.displaced_secrets import storable_parts

OURS = [
    "/usr/bin/pkcc-tray key print work",
    "pkcc-tray key print work",
    "~/.local/bin/pkcc-tray key print work",
    "/home/me/.local/bin/pkcc-tray --config-dir /home/me/own key print work",
    "'/home/me/my tools/pkcc-tray' --config-dir '/home/me/own $place' key print work-2.b_c",
    """'/home/o'"'"'brien/pkcc-tray' key print work""",
    '"/home/me/my tools/pkcc-tray" key print work',
    "/opt/venv/bin/python3.12 -m tray key print work",
    "/opt/venv/bin/python3.12 -P -m tray key print work",
    "/opt/venv/bin/python -m tray --config-dir /x key print work",
    "/home/me/pkcc-tray-0.2.0-x86_64.AppImage key print work",
    "/Applications/pkcc-tray.app/Contents/MacOS/pkcc-tray key print work",
    "'/home/ключ/pkcc-tray' key print work",
    r"C:\Users\me\AppData\Local\Programs\pkcc-tray\pkcc-tray.exe key print work",
    r'"C:\Program Files\pkcc-tray\pkcc-tray.exe" key print work',
    r'"C:\R&D\pkcc-tray.exe" --config-dir "D:\my own" key print work',
    r'"C:\O' + r"'Brien (x86)\pkcc-tray.exe" + r'" key print work',
    r"C:\Python312\python.exe -m tray key print work",
    r"\\server\share\pkcc-tray.exe key print work",
    "'/mnt/c/Program Files/pkcc-tray/pkcc-tray.exe' --config-dir 'C:\\my own' key print work",
]
FOREIGN = [
    "vaultcli key print --password hunter2",
    "vaultcli key print work",
    "/usr/bin/pkcc-tray key print work --password hunter2",
    "/usr/bin/pkcc-tray key print --password=hunter2",
    "PASSWORD=hunter2 /usr/bin/pkcc-tray key print work",
    "/usr/bin/pkcc-tray --password hunter2 key print work",
    "/usr/bin/pkcc-tray key print work; echo hunter2",
    "/usr/bin/pkcc-tray key print work\necho hunter2",
    "/usr/bin/pkcc-tray key print work && echo hunter2",
    "/usr/bin/pkcc-tray key print work | tee hunter2",
    "/usr/bin/pkcc-tray key print $(echo hunter2)",
    "$(echo hunter2)/pkcc-tray key print work",
    "`echo hunter2`/pkcc-tray key print work",
    '"$(echo hunter2)/pkcc-tray" key print work',
    "/usr/bin/pkcc-tray  key print work",
    "/usr/bin/pkcc-tray key print work ",
    " /usr/bin/pkcc-tray key print work",
    "/usr/bin/pkcc-tray key print ''",
    "/usr/bin/pkcc-tray key print -work",
    "/usr/bin/pkcc-tray key print " + "w" * 65,
    "/usr/bin/pkcc-tray key print clé",
    "/usr/bin/pkcc-tray key remove work",
    "/usr/bin/pkcc-tray --config-dir key print work",
    "/usr/bin/mypkcc-tray key print work",
    "./tools/pkcc-tray key print work",
    "tools/pkcc-tray key print work",
    "../pkcc-tray key print work",
    "/usr/bin/python -m tray.evil key print work",
    "/usr/bin/python -c hunter2 -m tray key print work",
    "/usr/bin/env pkcc-tray key print work",
    "sh -c 'pkcc-tray key print work'",
    "'/usr/bin/pkcc-tray key print work",
    r'"C:\a\pkcc-tray.exe" key print work & echo hunter2',
    r"C:\a\pkcc-tray.exe key print work ^& echo hunter2",
    r"C:\a\pkcc-tray.exe key print work>hunter2",
    "key print work",
    "",
]


@pytest.mark.parametrize("command", OURS)
def test_a_helper_of_ours_is_known_and_shown_whole(command: str) -> None:
    """Masked, a user could not see which installation the settings belong to."""
    assert profile_in(command) in ("work", "work-2.b_c")
    assert mask_value(HELPER_KEY, command) == command
    assert storable_parts(HELPER_KEY, json.dumps(command)) == []
    assert f"{own_command_in(command)} key print {profile_in(command)}" == command


@pytest.mark.parametrize("command", FOREIGN)
def test_any_other_command_is_hidden_and_goes_to_the_key_store(command: str) -> None:
    """A user's own helper may name its password: it went in clear text into state.json and on the screen."""
    assert not is_own_helper(command)
    assert "hunter2" not in mask_value(HELPER_KEY, command)
    assert "".join(storable_parts(HELPER_KEY, json.dumps(command))) == json.dumps(command)[1:-1]


NAME = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,9}", fullmatch=True)


@given(
    st.text("ab /'\"$&é(.-", min_size=1),
    st.booleans(),
    NAME,
)
def test_whatever_a_linux_shell_is_given_by_us_is_known(place: str, own: bool, name: str) -> None:
    argv = [f"/{place}/pkcc-tray", *(["--config-dir", f"/{place}"] if own else []), "key", "print", name]
    assert profile_in(for_sh(argv)) == name


@given(
    st.text("ab \\'$&é(.-", min_size=1),
    st.booleans(),
    NAME,
)
def test_whatever_windows_is_given_by_us_is_known(place: str, own: bool, name: str) -> None:
    program = ntpath.join("C:\\", "x" + place.rstrip("\\"), "pkcc-tray.exe")
    argv = [program, *(["--config-dir", "C:\\x y\\"] if own else []), "key", "print", name]
    assert profile_in(for_cmd(argv)) == name


def test_a_long_word_in_the_user_s_status_line_costs_its_length() -> None:
    """Such as a script in base64: `statusline on` held the lock for minutes."""
    raw = json.dumps({"type": "command", "command": "a" * 30_000})
    began = time.process_time()
    assert storable_parts("statusLine", raw) == []
    assert time.process_time() - began < 5
    for text in ("TOKEN=a", "x -H '9_api-key' : b", '"éTOKEN"=c'):
        raw = json.dumps({"command": text})
        assert "".join(storable_parts("statusLine", raw)) == raw
