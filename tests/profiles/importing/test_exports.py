"""If these fail, an import takes another value than the shell exports, or runs what stands in its file.

The real shells are asked: each reads the same file, and what it exports is what must be read from the text.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.missing import missing

from profiles.base.errors import PkccError
from profiles.base.secret_markers import fill
from profiles.importing.exports import KINDS, kind_of, read_exports
from profiles.importing.sources import read_source

SHELLS = {"bash": "shell", "dash": "shell", "zsh": "shell", "fish": "fish"}


def read(text: str, kind: str = "shell") -> dict[str, str]:
    return read_exports(text.encode(), "FILE", kind).values


def marked(text: str, kind: str = "shell") -> dict[str, str]:
    """The values, what was not expanded in brackets."""
    return {name: fill(value, lambda source: f"[{source}]") for name, value in read(text, kind).items()}


def exported_by(shell: str, text: str, directory: Path) -> dict[str, str]:
    """The variables that the real shell exports after it has read the text."""
    program = shutil.which(shell)
    if program is None:
        missing(shell)
    script = directory / "script"
    script.write_text(text + "\n/usr/bin/env -0 > out\n", encoding="utf-8")
    options = {"zsh": ["-f"], "fish": ["--no-config"]}.get(shell, [])
    subprocess.run(
        [program, *options, str(script)],
        cwd=directory,
        env={"HOME": str(directory), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=20,
        check=False,
    )
    lines = (directory / "out").read_bytes().decode("utf-8", "replace").split("\0")
    return dict(line.split("=", 1) for line in lines if line.startswith(("T_", "ANTHROPIC_")))


HEADERS = "x-portkey-api-key: pk\nx-portkey-provider: @a"
POSIX_FILE = r"""
# export T_COMMENT=1
export T_PLAIN=abc T_SECOND='single $HOME \n' # behind
export T_DOUBLE="a \"quoted\" \$HOME \\ \n and \`tick\`"
export T_LINES='x-portkey-api-key: pk
x-portkey-provider: @a'
export T_JOINED="a"'b'c\ d"e"
export T_CONTINUED=one\
two
T_LATER=x; export T_LATER
T_NEVER=x
export T_EMPTY=
if true; then export T_INSIDE='in "it"'; fi
f() { export T_FUNCTION=1; }
f
cat > /dev/null <<'END'
export T_HEREDOC=1
END
cat > /dev/null <<-END2; export T_BEHIND=1
	export T_HEREDOC2=1
	END2
X=1 Y= export T_PREFIXED=1
true && export T_AND=1 || export T_NOT=2
T_ONCE=1 true
export T_GONE=1; unset T_GONE
export T_HASH=a#b T_URL=https://api.portkey.ai/v1?x=1
export T_JSON='{"_user": "jane", "a": "b c"}'
case x in x) export T_CASE=1 ;; esac
"""
BASH_FILE = r"""
export T_ANSI=$'a: 1\nb: \'2\'\t\x41\u00e9\101\\'
declare -x T_DECLARED="v"
declare T_HIDDEN=v
typeset -x T_TYPESET=v
export T_APPENDED=a; T_APPENDED+=b
echo ${T_X:-"}"} "$(echo ')')" > /dev/null
[[ a =~ ^a ]] && export T_TEST=1
set -a; T_ALL=1; set +a; T_NOTALL=1
export T_LAST=1
"""
FISH_FILE = r"""
# set -gx T_COMMENT 1
set -gx T_PLAIN abc
set -gx T_SINGLE 'it\'s \\ \n $HOME'
set -gx T_DOUBLE "a \"b\" \$HOME \\ \n"
set -Ux T_BARE a\nb\x41\ c
set --global --export T_LONG 'v' # behind
set -x T_LIST one two
set -g T_HIDDEN 1
export T_EXPORTED=a"b c"
set -gx T_LINES 'x-portkey-api-key: pk
x-portkey-provider: @a'
if true; set -gx T_INSIDE 1; end
X=1 Y= set -gx T_PREFIXED 1
X= export T_PREFIXED_TOO=1
set -gx T_GONE 1; set -e T_GONE
set -gx T_JSON '{"_user": "jane"}'
set -gx T_EMPTY
"""


def test_a_batch_file_reads_as_cmd_reads_it() -> None:
    text = r"""@echo off
rem set T_COMMENT=1
:: set T_COMMENT=2
set T_PLAIN=one two
set "T_QUOTED=x & y"
SET T_CARET=a^&b& set T_SECOND=4
setx T_LASTING "five six" /M
setx T_WORD seven
if exist x set T_INSIDE=8
set T_REFERS=%PATH%;x
set /p T_ASKED=ask
set "T_HEADERS=x-portkey-provider: @a"
echo set T_SHOWN=1
claude %*
"""
    assert marked(text.replace("\n", "\r\n"), "batch") == {
        "T_PLAIN": "one two",
        "T_QUOTED": "x & y",
        "T_CARET": "a&b",
        "T_SECOND": "4",
        "T_LASTING": "five six",
        "T_WORD": "seven",
        "T_INSIDE": "8",
        "T_REFERS": "[%PATH%];x",
        "T_HEADERS": "x-portkey-provider: @a",
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('set "T_A="', {}),
        ("set T_A=1\nset T_A=", {}),
        ("if exist x (set T_A=key)", {"T_A": "key"}),
        ("if exist x (set T_A=1& set T_B=a^)b) else (set T_C=2)", {"T_A": "1", "T_B": "a)b"}),
        ("set T_A=a(b)", {"T_A": "a(b)"}),
        ("set T_A=a%%b%C%", {"T_A": "a%b[%C%]"}),
        ("set T_A=https://x/%%20%%20y", {"T_A": "https://x/%20%20y"}),
    ],
)
def test_a_value_in_a_batch_file_ends_where_cmd_ends_it(line: str, expected: dict[str, str]) -> None:
    """A key came with the bracket behind it, and an empty value as a quote."""
    assert marked(line, "batch") == expected


@pytest.mark.parametrize(
    ("shell", "text"),
    [
        *((shell, POSIX_FILE) for shell in ("bash", "dash", "zsh")),
        *((shell, BASH_FILE) for shell in ("bash", "zsh")),
        ("fish", FISH_FILE),
    ],
    ids=["bash", "dash", "zsh", "bash's own", "zsh's own", "fish"],
)
def test_a_whole_file_reads_as_the_real_shell_reads_it(shell: str, text: str, tmp_path: Path) -> None:
    expected = exported_by(shell, text, tmp_path)
    found = read(text, SHELLS[shell])
    unsure = {"T_NOT"}  # behind `||`: only running it would tell
    assert {name: value for name, value in found.items() if name not in unsure} == expected


VALUES = st.text(
    st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=30
)


def single(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def double(value: str) -> str:
    return '"' + "".join("\\" + char if char in '\\"$`' else char for char in value) + '"'


def ansi_c(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
    return f"$'{escaped}'"


def fish_single(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_double(value: str) -> str:
    return '"' + "".join("\\" + char if char in '\\"$' else char for char in value) + '"'


WAYS = {
    "bash": [("export T_{n}={v}", single), ("export T_{n}={v}", double), ("export T_{n}={v}", ansi_c)],
    "dash": [("export T_{n}={v}", single), ("export T_{n}={v}", double)],
    "zsh": [("export T_{n}={v}", single), ("typeset -gx T_{n}={v}", double), ("export T_{n}={v}", ansi_c)],
    "fish": [("set -gx T_{n} {v}", fish_single), ("set -Ux T_{n} {v}", fish_double)],
}


@pytest.mark.parametrize("shell", WAYS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(VALUES, min_size=1, max_size=20))
@example(
    values=[HEADERS, "it's", '"', "\\", "a\\", "$(touch x)", "`touch x`", "~", "#", "a\n#b\n", "!", "{a,b}"]
)
def test_any_value_quoted_in_any_way_is_what_the_real_shell_exports(
    shell: str, values: list[str], tmp_path: Path
) -> None:
    lines = []
    for number, value in enumerate(values):
        for way, (line, quote) in enumerate(WAYS[shell]):
            lines.append(line.format(n=f"{number}_{way}", v=quote(value)))
    text = "\n".join(lines)
    assert read(text, SHELLS[shell]) == exported_by(shell, text, tmp_path)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.sampled_from([*"ab'\"\\ \n;#=$", "export T_A=", "set -gx T_A "]), max_size=14))
@example(pieces=["export T_A=", "$", "\\", "\n", "a"])
@example(pieces=["export T_A=", '"', "$", "\\", "\n", "a", '"'])
def test_a_line_of_odd_pieces_never_gives_a_value_that_the_shell_would_not(
    shell: str, pieces: list[str], tmp_path: Path
) -> None:
    text = "".join(pieces)
    if re.search(r"\$\w*[\\'\"]*export", text):
        return  # whether that is the command `export` hangs on a variable: it is not taken for one
    if shell == "dash" and re.search(r"\$['\"]", text):
        return  # a dollar and text in quotes there; a start-up file is read as bash and zsh do
    found = {name: value for name, value in read(text, SHELLS[shell]).items() if name.startswith("T_")}
    (tmp_path / "out").unlink(missing_ok=True)
    try:
        expected = exported_by(shell, text, tmp_path)
    except FileNotFoundError:
        return  # the shell itself refused the file: nothing is exported, and nothing is lost
    if expected and "\0" not in "".join(found.values()):
        assert found == expected


BOTH = [
    r"\a\b\e\E\f\n\r\t\v", r"\\ \' \" \?", r"\101\1019\7", r"\x41\x414\x7", r"\u41 \u00e9 \u0041g \u20AC",
    r"\U1F600 \U00000041", r"\303\251 \xc3\xa9", r"a\0b", r"a\x00b", r"a\u0000b", r"a\400b",
    "\\u00e9\u00e9\n'\\''",
]  # fmt: skip
BASH_ALONE = [
    r"a\c@b", r"a\c@env:HOME\c@b", r"\ca\cA\cz\c[\c]\c^\c_\c?", r"\c\\", r"\c\nb", r"\c ", r"\c", r"\cé",
    r"\q\8\z",
    r"\x", r"\xg", r"\x{41}b", r"\u", r"\ug", r"\UFFFFFFFFb", "a\\\nb",
]  # fmt: skip
NO_TEXT = [r"\xe9b", r"\ud800b", r"\377"]  # bytes that are no UTF-8: no header can hold them


@pytest.mark.parametrize(
    ("shell", "inside"),
    [
        *((shell, text) for shell in ("bash", "zsh") for text in BOTH),
        *(("bash", text) for text in BASH_ALONE),
    ],
)
def test_each_escape_of_a_dollar_quote_is_what_the_real_shell_makes_of_it(
    shell: str, inside: str, tmp_path: Path
) -> None:
    r"""A key or header would be imported with other characters; `\c@` even as the mark of a secret."""
    text = f"export T_A=$'{inside}' T_B=b\nexport T_C=1"
    found = read(text, SHELLS[shell])
    assert found == exported_by(shell, text, tmp_path)
    assert "\0" not in "".join(found.values())


@pytest.mark.parametrize("inside", NO_TEXT)
def test_bytes_that_are_no_text_are_marked_as_such(inside: str) -> None:
    assert "\ufffd" in read(f"export A=$'{inside}'")["A"]


def test_a_dollar_quote_that_never_ends_costs_its_line_alone() -> None:
    assert read("export A=$'a\\'\nexport B=b\n") == {"B": "b"}
    assert read("export A=$'a\\") == {}


@pytest.mark.parametrize(
    ("word", "value"), [(r"a\cab", "a\x01b"), (r"a\xc3\xa9b\u00e9", "aébé"), (r"\x41", "A")]
)
def test_the_escapes_of_fish_too(word: str, value: str, tmp_path: Path) -> None:
    text = f"set -gx T_A {word}\n"
    assert read(text, "fish") == exported_by("fish", text, tmp_path) == {"T_A": value}


@pytest.mark.parametrize("word", [r"a\c@env:HOME\c@b", r"a\c[b", r"a\c"])
def test_a_control_character_that_fish_does_not_know_costs_its_line(word: str) -> None:
    """The first would be taken for a mark that stands for a secret of the user's."""
    assert read(f"set -gx T_A {word}\nset -gx T_B 1\n", "fish") == {"T_B": "1"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("fish", "set -gx A 'x\n; set -gx C 1; '\"y\nset -gx B 1\n"),
        ("shell", "export A='x\n; export C=1; '\"y\nexport B=1\n"),
    ],
)
def test_text_within_quotes_is_no_command_though_an_unclosed_quote_follows_it(kind: str, text: str) -> None:
    """What only stood in a value would be imported as a variable."""
    assert read(text, kind) == {"B": "1"}


def test_a_powershell_comment_does_not_end_with_its_own_first_bracket() -> None:
    """A setting that is commented out would be imported."""
    assert read("<#> $env:A = 1\n#>\n$env:B = 1\n", "powershell") == {"B": "1"}


REFERENCES = [
    ("shell", 'export A="x $B ${C:-"}"}"', {"A": 'x [$B] [${C:-"}"}]'}),
    ("shell", "export A=$(touch pwned) B=`touch pwned`", {"A": "[$(touch pwned)]", "B": "[`touch pwned`]"}),
    ("shell", "export A='$B' C=\\$D E=$ F=a$", {"A": "$B", "C": "$D", "E": "$", "F": "a$"}),
    ("shell", "export A=$1$? B=~/x", {"A": "[$1][$?]", "B": "[~]/x"}),
    ("shell", 'export A=a$=b B="a$^" C=$[1+1] D="$~b" E=$+b F=a$+',
     {"A": "a[$=b]", "B": "a[$^]", "C": "[$[1+1]]", "D": "[$~b]", "E": "[$+b]", "F": "a$+"}),
    ("shell", 'export A="$(cat "a b" \'c)\' )"x', {"A": "[$(cat \"a b\" 'c)' )]x"}),
    ("fish", 'set -gx A "x $B" (cat b)', {"A": "x [$B] [(cat b)]"}),
    ("fish", 'set -gx A "$(cat b)"', {"A": "[$(cat b)]"}),
    ("powershell", '$env:A = "x $B $(Get-Content b) $env:C"', {"A": "x [$B] [$(Get-Content b)] [$env:C]"}),
    ("powershell", '$env:A = "a" + $b', {"A": '["a" + $b]'}),
    ("powershell", "$env:A = Get-Content b", {"A": "[Get-Content b]"}),
    ("nushell", '$env.A = $"x (open b)"', {"A": '[$"x (open b)"]'}),
    ("nushell", "$env.A = (open b)", {"A": "[(open b)]"}),
    ("dotenv", "A=\"x ${B}\"\nC=$D\nE='$F'", {"A": "x [${B}]", "C": "[$D]", "E": "$F"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "expected"), REFERENCES, ids=[text for _, text, _ in REFERENCES])
def test_what_a_shell_would_expand_or_run_is_kept_apart_and_not_run(
    kind: str, text: str, expected: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert marked(text, kind) == expected
    assert list(tmp_path.iterdir()) == []


DOCUMENTED = [
    # PowerShell: about_Quoting_Rules, about_Special_Characters, about_Environment_Variables
    ("powershell", "$env:A = 'it''s $x `n'", {"A": "it's $x `n"}),
    ("powershell", '$Env:A="a ""b"" `$x `n`t`u{e9} `` `""', {"A": 'a "b" $x \n\té ` "'}),
    ("powershell", "${env:A} = 1; $env:B = 'b' # c\n<# $env:C = 1 #>", {"A": "1", "B": "b"}),
    ("powershell", "$env:A = @'\nx: 'y'\nz\n'@\n", {"A": "x: 'y'\nz"}),
    ("powershell", '$env:A = @"\nx: "y`n$"@"\n"@', {"A": 'x: "y\n$"@"'}),
    ("powershell", "[Environment]::SetEnvironmentVariable('A', 'b', 'User')", {"A": "b"}),
    ("powershell", "if ($x) { $env:A = 'b' }\n$x = '$env:B = 1'\n$env:C -eq 'd'", {"A": "b"}),
    # Nushell: the book's chapters on strings and on the environment
    ("nushell", "$env.A = 'a\"b\\n'\n$env.B = \"a\\\"b\\n\\u{e9}\"\n$env.C = `d e`",
     {"A": 'a"b\\n', "B": 'a"b\né', "C": "d e"}),
    ("nushell", "$env.A = r#'it's'# # c\n$env.B = abc", {"A": "it's", "B": "abc"}),
    ("dotenv", "A=b c # d\nexport B = 'e\\n'\nC=\"f\\n\\\"g\"\n# D=1\nE=h#i\nF=\n",
     {"A": "b c", "B": "e\\n", "C": 'f\n"g', "E": "h#i", "F": ""}),
    ("dotenv", 'A="one\ntwo"\nB=3', {"A": "one\ntwo", "B": "3"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "expected"), DOCUMENTED, ids=[text for _, text, _ in DOCUMENTED])
def test_each_kind_s_own_quoting_rules_are_followed(kind: str, text: str, expected: dict[str, str]) -> None:
    assert read(text, kind) == expected


def test_doubt_is_told_and_a_broken_line_costs_only_itself() -> None:
    found = read_exports(
        b"export A=1\nexport A=2\nANTHROPIC_MODEL=x\nexport B='c\nexport D=1\n", "F", "shell"
    )
    assert found.values == {"A": "2", "D": "1"}
    assert found.notes == [
        "A is set to more than one value there: the last one counts",
        "line 4: a quote or bracket there never ends, so that line is skipped",
        "ANTHROPIC_MODEL is set there, but not exported: it is left out",
    ]


@pytest.mark.parametrize(
    ("data", "title"),
    [(b"a\0b", "is not a text file"), (b"x" * 2_000_000, "is too large")],
    ids=["NUL", "large"],
)
def test_what_is_no_such_file_is_refused(data: bytes, title: str) -> None:
    with pytest.raises(PkccError, match=title):
        read_exports(data, "FILE", "shell")


def test_windows_own_encodings_and_line_ends_are_understood() -> None:
    text = "$env:A = 'é'\r\n$env:B = @'\r\na\r\nb\r\n'@\r\n"
    for data in (text.encode("utf-16"), text.encode("utf-8-sig"), text.encode()):
        assert read_exports(data, "p.ps1", "powershell").values == {"A": "é", "B": "a\nb"}


def test_a_path_tells_the_kind() -> None:
    names = [
        "/h/.zshrc",
        "/h/config.fish",
        "C:\\p\\profile.ps1",
        "env.nu",
        "C:\\p\\Portkey.CMD",
        "/h/.env",
        ".env.local",
        "prod.env",
        "/h/.config/environment.d/50-claude.conf",
    ]
    assert [kind_of(name) for name in names] == [*KINDS[:5], *["dotenv"] * 4]


@pytest.mark.parametrize("kind", KINDS)
@given(
    pieces=st.lists(
        st.sampled_from([*"aA=\"'\\`$({)} \n#@<>|&;!~-+.[]:,envsetx1\xe9", "export ", "$env:A=", "set -x "])
    )
)
@settings(max_examples=400, deadline=None)
def test_no_text_at_all_makes_it_fail(kind: str, pieces: list[str]) -> None:
    for value in read("".join(pieces), kind).values():
        assert value.count("\0") % 2 == 0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "piece", ["$(", "'", '"', "`", "(", "<<a\n", "$env:A=(", "{", "@'\n", "${", "\\", "A=$("]
)
def test_a_hostile_file_takes_no_time_and_no_stack(kind: str, piece: str) -> None:
    text = "export A=1\n" + piece * (100_000 // len(piece))
    read_exports(text.encode(), "FILE", kind)


def test_fish_goes_on_after_a_comment_in_a_continued_line(tmp_path: Path) -> None:
    """Found by the property above: the comment was taken for the value."""
    text = "set -gx T_A \\\n# a comment\n  b\nset -gx T_B \\\n c # d\n"
    assert read(text, "fish") == exported_by("fish", text, tmp_path) == {"T_A": "b", "T_B": "c"}
    (value,) = read("set -gx T_C \\ # \n", "fish").values()
    assert "\0" in value  # of this fish itself keeps more than it should: left out, and said


def test_a_limit_that_is_set_but_not_exported_is_told(tmp_path: Path) -> None:
    """Else a limit that import would have taken is missing from the profile, and nothing says why."""
    line = "export ANTHROPIC_BASE_URL=https://gateway.example/v1\nCLAUDE_CODE_MAX_OUTPUT_TOKENS=5\n"
    (tmp_path / "start.sh").write_text(line)
    notes = read_source(str(tmp_path / "start.sh"), "shell").notes
    assert notes == ["CLAUDE_CODE_MAX_OUTPUT_TOKENS is set there, but not exported: it is left out"]
