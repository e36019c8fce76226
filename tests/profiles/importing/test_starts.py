"""Aliases, functions and `A=1 claude` lines of start files: what each starts Claude Code with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from support.missing import missing

from profiles.base.secret_markers import fill
from profiles.importing.exports import read_exports

SECOND = "x-portkey-api-key: k\nx-portkey-provider: @a"


def starts(text: str, kind: str = "shell") -> dict[str, dict[str, str]]:
    """The values of each start by its name; what is not expanded in brackets."""
    return {
        start.name: {name: fill(text, lambda source: f"[{source}]") for name, text in start.values.items()}
        for start in read_exports(text.encode(), "FILE", kind).starts
    }


POSIX_FILE = r"""
export A=outside
alias one='A=1 B="x y" claude' two="A=2 command claude --verbose"
alias three="A=3 env -u B C=4 claude"
alias plain=claude other='A=1 vim'
one_more() {
  A=5 \
  B='6' \
  claude "$@"
}
exporting() { export A=7; if true; then export B=8; fi; claude "$@"; }
"""
BASH_FILE = r"""
function worded { A=1 B=$'x: 1\ny: 2' claude; }
function both() { local A=no; export B=2; A=3 claude; }
"""
FISH_FILE = r"""
set -gx A outside
alias one='A=1 B="x y" claude'
alias two 'env A=2 claude'
function one_more --description 'x'
    set -lx A 5
    if true
        set -x B 6
    else if false
        true
    end
    for x in 1; claude $argv; end
end
function exporting; set -gx A 7; A=8 claude; end
alias other 'A=1 vim'
"""


def values_seen(shell: str, text: str, call: str, directory: Path) -> dict[str, str]:
    """What a program called `claude` gets from the real shell, of A, B and C."""
    program = shutil.which(shell)
    if program is None:
        missing(shell)
    claude = directory / "claude"
    claude.write_text('#!/bin/sh\nfor n in A B C; do eval "printf \'%s=%s\\0\' $n \\"\\$$n\\""; done > out\n')
    claude.chmod(0o755)
    (directory / "file").write_text(text)
    options = {"bash": ["-O", "expand_aliases"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    source = f"{'source' if shell == 'fish' else '.'} ./file\n"
    (directory / "run").write_text(f"{source}eval {call}\n" if shell != "fish" else f"{source}{call}\n")
    environ = {"PATH": f"{directory}:/usr/bin:/bin", "HOME": str(directory)}
    subprocess.run([program, *options, "run"], cwd=directory, env=environ, check=True, timeout=20)
    pairs = (directory / "out").read_text().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair and not pair.endswith("="))


@pytest.mark.parametrize(
    ("shell", "text"),
    [
        ("bash", POSIX_FILE),
        ("zsh", POSIX_FILE),
        ("bash", BASH_FILE),
        ("zsh", BASH_FILE),
        ("fish", FISH_FILE),
    ],
    ids=["bash", "zsh", "bash's own", "zsh's own", "fish"],
)
def test_the_real_shell_starts_it_with_the_same(shell: str, text: str, tmp_path: Path) -> None:
    """A wrong value would make a profile that sends the key of one route to another."""
    exports = read_exports(text.encode(), "FILE", "fish" if shell == "fish" else "shell")
    seen = 0
    for start in exports.starts:
        if set(start.values):
            kept = {name: value for name, value in exports.values.items() if name not in start.without}
            assert {**kept, **start.values} == values_seen(shell, text, start.name, tmp_path), start
            seen += 1
    assert seen >= 2
    assert "other" not in [start.name for start in exports.starts]


def test_other_ways_to_start_it_are_known_too() -> None:
    text = """
alias a='A=1 npx -y @anthropic-ai/claude-code'
alias b='A=1 exec /opt/x/claude.exe'
alias c='env -i "A=1 2" nohup claude'
alias d='A=$KEY B=~/x claude'
alias e='A=1 npx something'
alias f='export A=1; claude'
"""
    assert starts(text) == {
        "a": {"A": "1"},
        "b": {"A": "1"},
        "c": {"A": "1 2"},
        "d": {"A": "[$KEY]", "B": "[~]/x"},
        "f": {"A": "1"},
    }
    (start,) = read_exports(b"alias c='env -i -u B A=1 claude --settings=/x/y.json'", "FILE", "shell").starts
    assert (start.without, start.settings) == ({"*", "B"}, "/x/y.json")


def test_what_a_function_exports_counts_as_before_where_it_does_not_start_claude() -> None:
    text = "use() { export A=1; }\nstarts() { export B=2; claude; }\nexport C=3\n"
    exports = read_exports(text.encode(), "FILE", "shell")
    assert (exports.values, starts(text)) == ({"A": "1", "C": "3"}, {"starts": {"B": "2"}})


def test_powershell_functions() -> None:
    text = """
function one { $env:A = "1}"; & claude @args }
function global:two([string]$x) {
    # claude }
    $env:B = '2'
}
$env:C = "3"
function three { $env:D = 'x'
    & "C:\\x\\claude.cmd" $args
}
"""
    exports = read_exports(text.encode(), "FILE", "powershell")
    assert exports.values == {"B": "2", "C": "3"}
    assert starts(text, "powershell") == {"one": {"A": "1}"}, "three": {"D": "x"}}


@pytest.mark.parametrize("kind", ["shell", "fish", "powershell"])
def test_a_text_that_never_closes_what_it_opens_ends(kind: str) -> None:
    """Each function looked for its end through the whole file."""
    read_exports(("function a {\n" * 5_000).encode(), "FILE", kind)
    read_exports(("a() {\n" * 5_000 + "claude").encode(), "FILE", kind)
    read_exports(("function a {\n" * 5_000 + "claude" + "}\n" * 5_000).encode(), "FILE", kind)
