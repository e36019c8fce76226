"""Our status line's command must be found again as ours, with the user's own in it, whatever that is."""

from __future__ import annotations

import pytest

from profiles.base.programs.command_line import hook_line
from profiles.claude_code.own_command import STATUS_COMMAND, profile_in, status_line_options
from profiles.claude_code.status_input import SAYS, beside_in, beside_words, telling_variables

OWN = (
    "",
    "~/x.sh",
    "bash ~/.claude/line.sh --a=b",
    "input=$(cat); echo \"$(echo $input | jq -r '.model.id')\"",
    "printf '%s\\n' `date`; exit 0",
    "a\nb\té \u2018x\u2019 %PATH% $HOME !",
    "C:\\x y\\z.exe /c",
)
PROGRAMS = {
    False: ("/usr/bin/pkcc-tray", "/home/a b/pkcc-tray"),
    True: ("C:\\Programs\\pkcc-tray.exe", "C:\\Program Files\\pkcc-tray.exe"),
}


@pytest.mark.parametrize("theirs", OWN)
@pytest.mark.parametrize("windows", [False, True])
def test_the_command_is_found_again_with_the_user_s_own_in_it(theirs: str, windows: bool) -> None:
    for program in PROGRAMS[windows]:
        words = [program, *STATUS_COMMAND, SAYS, "work", *beside_words(theirs, windows=windows)]
        line = hook_line(words, windows=windows)
        options = status_line_options(line)
        assert options is not None
        found = dict(zip(options[::2], options[1::2], strict=True))
        assert (found[SAYS], beside_in(found)) == ("work", theirs)
        assert profile_in(line) is None


@pytest.mark.parametrize("theirs", OWN)
def test_on_windows_no_shell_reads_anything_into_it(theirs: str) -> None:
    """Git Bash, cmd.exe and PowerShell have no quotes in common that keep all of it plain."""
    words = ["C:\\x\\pkcc-tray.exe", *STATUS_COMMAND, *beside_words(theirs, windows=True)]
    line = hook_line(words, windows=True)
    assert line.startswith("C:/x/pkcc-tray.exe statusline")
    assert not {*line} & {*"$`'%!\\\n"}


@pytest.mark.parametrize(
    "command",
    [
        "statusline",
        "date",
        "./pkcc-tray statusline",
        "/x/pkcc-tray statusline $(x)",
        "echo pkcc-tray statusline",
    ],
)
def test_another_s_command_is_not_taken_for_ours(command: str) -> None:
    assert status_line_options(command) is None


def test_no_key_is_among_what_is_asked_with() -> None:
    headers = "x-portkey-provider: @a\nX-Portkey-Api-Key: pk-1\nAuthorization: Bearer pk-2"
    environ = {
        "ANTHROPIC_BASE_URL": "https://x", "ANTHROPIC_AUTH_TOKEN": "pk-3", "ANTHROPIC_API_KEY": "pk-4",
        "AWS_BEARER_TOKEN_BEDROCK": "pk-5", "CLAUDE_CODE_OAUTH_TOKEN": "pk-6", "ANTHROPIC_MODEL": "m",
        "ANTHROPIC_CUSTOM_HEADERS": headers, "PATH": "/bin",
    }  # fmt: skip
    assert telling_variables(environ) == {
        "ANTHROPIC_BASE_URL": "https://x",
        "ANTHROPIC_MODEL": "m",
        "ANTHROPIC_CUSTOM_HEADERS": "x-portkey-provider: @a",
    }
