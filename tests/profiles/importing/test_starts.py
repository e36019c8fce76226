"""Aliases, functions and `A=1 claude` lines of start files: what each starts Claude Code with."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from support.missing import missing

from profiles.base.errors import PkccError
from profiles.base.secret_markers import fill
from profiles.importing.exports import read_exports
from profiles.importing.exports.gathering import MOST_SPENT, Effort
from profiles.importing.sources import read_source

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
changing() { export A=9 B=10; claude; export A=no; unset B; }
branching() { case x in y) export A=no B=no ;; x) export A=11 C=12 ;; esac; claude; }
apart() ( export A=13; claude )
"""
ZSH_FILE = r"""
short() { export A=1; if true; then B=2 claude "$@"; fi }
shorter() { A=3 claude "$@" }
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
function changing; set -gx A 9; set -gx B 10; claude; set -gx A no; set -e B; end
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
        ("zsh", ZSH_FILE),
        ("fish", FISH_FILE),
    ],
    ids=["bash", "zsh", "bash's own", "zsh's own", "zsh's braces", "fish"],
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f() { export A=a B=KA; claude; export A=b B=KB; claude; }",
         [{"A": "a", "B": "KA"}, {"A": "b", "B": "KB"}]),
        ("f() { export A=a B=KA; claude; unset A B; }", [{"A": "a", "B": "KA"}]),
        ("f() { if x; then export A=a B=KA; claude; else export A=b; claude; fi; }",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("f() { B=KA; if x; then A=a; B=KB; export A B; claude; elif y; then A=b; export A B; claude; fi; }",
         [{"A": "a", "B": "KB"}, {"A": "b", "B": "KA"}]),
        ("f() { case $1 in x) export A=a B=KA; claude ;; y) export A=b\nclaude ;;\n*) claude ;; esac; }",
         [{"A": "a", "B": "KA"}, {"A": "b"}, {}]),
        ("f() { export A=a B=KA; claude \"$@\" }\ng() { export A=b; claude }",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("f() { export A=a B=KA; if x; then claude; fi }\ng() { export A=b; claude }",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("f() ( export A=a B=KA; claude )\ng() ( export A=b\n claude\n)",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("f() { (export A=a B=KA; claude); export A=b; claude; }",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("f() { (export A=a B=KA; claude) | (export A=b; claude) }",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("f() { (case $1 in a) export A=a;; esac; export B=KA; claude); export A=b; claude; }",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("f() { case $1 in (a|b) (export A=a B=KA; claude);; (*) export A=b; (claude) esac; }",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("alias f='(export A=a B=KA; claude); export A=b; claude'",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("(export A=a B=KA; claude)\n(export A=b; claude)",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("f() { if x; then for x (a b) export A=a B=KA; claude; else export A=b; claude; fi; }",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("if x; then export A=a B=KA; claude; else export A=b; claude; fi\nunset A B",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
        ("(export A=a B=KA; claude)\nf() { export A=b; claude; }; (export D=1)",
         [{"A": "a", "B": "KA"}, {"A": "b"}]),
    ],
)  # fmt: skip
def test_each_start_has_what_was_exported_before_it(text: str, expected: list[dict[str, str]]) -> None:
    """One start's key went to another's URL: as exported at the function's end, or in another branch."""
    exports = read_exports(f"{text}\nexport C=1\n".encode(), "FILE", "shell")
    assert [start.values for start in exports.starts] == expected
    assert exports.values == {"C": "1"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("fish",
         "function f; set -gx A a; set -gx B KA; claude; set -e B; set -gx A b; claude; end"),
        ("fish",
         "function f; if x\nset -x A a; set -x B KA; claude\nelse if y\n set -x A b; claude; end; end"),
        ("fish",
         "function f; switch x\ncase 1\nset -x A a; set -x B KA; claude\ncase 2\nset -x A b;claude\nend;end"),
        ("fish",
         "function f; begin; set -lx A a; set --local --export B KA; claude; end; set -x A b; claude; end"),
        ("powershell",
         "function f { if ($x) { $env:A = 'a'; $env:B = 'KA'; claude } else { $env:A = 'b'; claude } }"),
    ],
)  # fmt: skip
def test_no_start_has_the_key_of_another_in_other_shells(kind: str, text: str) -> None:
    exports = read_exports(text.encode(), "FILE", kind)
    assert [start.values for start in exports.starts] == [{"A": "a", "B": "KA"}, {"A": "b"}]
    assert exports.values == {}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("shell", "f() { if x; then export A=a B=KA; else export A=b; fi; claude; }"),
        ("fish", "function f; if x; set -x A a; set -x B KA; else; set -x A b; end; claude; end"),
        (
            "powershell",
            "function f { if ($x) { $env:A = 'a'; $env:B = 'KA' } else { $env:A = 'b' }; claude }",
        ),
    ],
)
def test_after_branches_one_of_them_counts(kind: str, text: str) -> None:
    assert starts(text, kind) == {"f": {"A": "a", "B": "KA"}}


def test_what_powershell_puts_back_afterwards_is_no_value_of_the_start() -> None:
    text = "function f { $old = $env:A; $env:A = 'a'; try { claude @args } finally { $env:A = $old } }"
    assert starts(text, "powershell") == {"f": {"A": "a"}}


def test_what_a_function_takes_away_is_not_joined_from_outside() -> None:
    text = "export A=a B=KA\nf() { unset B; export A=b; claude; }\n"
    (start,) = read_exports(text.encode(), "FILE", "shell").starts
    assert (start.values, start.without) == ({"A": "b"}, {"B"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ export A=a B=KA; claude; } | tee x; export A=b; claude", [False, True]),
        ("{ export A=a B=KA; claude; } & export A=b; claude", [False, True]),
        ("if x; then export A=a B=KA; claude; fi |& cat; export A=b; claude", [False, True]),
        ("x | { export A=a B=KA; claude; }; export A=b; claude", [False, True]),
        ("for x in 1; do export A=a B=KA; claude; done | cat; export A=b; claude", [False, True]),
        ("x | while read l; do export A=a B=KA; claude; done; export A=b; claude", [False, True]),
        ("while x; do export A=a; claude; done; claude", [False, False]),
        ("export B=KA | cat; export A=b; claude", [True]),
        ("x | export B=KA; export A=b; claude", [True]),
        ("(export B=KA; claude) | cat; export A=b; claude", [False, False]),
        ("({ export B=KA; } | cat; claude); export A=b; claude", [True, False]),
        ("export A=a; claude & export A=b; claude | tee x", [False, False]),
        ("export A=a; x | y && z || w; A=b claude |& tee x; claude", [False, False]),
    ],
)
def test_what_a_pipe_may_have_taken_along_makes_no_profile(text: str, expected: list[bool]) -> None:
    """Set in a shell that has ended, one start's key would go to the URL of the next."""
    for whole in (f"f() {{ {text}; }}", f"alias f='{text}'", f"{text}\nunset A B\n"):
        found = read_exports(whole.encode(), "FILE", "shell").starts
        assert [start.unsure for start in found] == expected, whole


def test_a_start_behind_a_pipe_is_refused_by_name(tmp_path: Path) -> None:
    text = f"export {URL}=https://a.example {KEY}=key-of-a; }} | cat; export {URL}={OTHER}; claude"
    (tmp_path / ".zshrc").write_text(f"w() {{ {{ {text}; }}\n")
    (start,) = read_source(str(tmp_path / ".zshrc"), None).candidates
    assert start.name == "w"
    assert start.problem == "what was set before it in a pipe or in the background may be gone when it runs"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("shell", "f() { unset B; if x; then export A=a B=KB; claude; else export A=b; claude; fi; }"),
        ("fish", "function f; set -e B; if x; set -x A a; set -x B KB; claude"
                 "\nelse; set -x A b; claude; end; end"),
        ("powershell", "function f { rm Env:B; if (1) { $env:A='a'; $env:B='KB'; claude }"
                       " else { $env:A='b'; claude } }"),
    ],
)  # fmt: skip
def test_what_was_taken_away_before_a_branch_is_gone_in_the_other(kind: str, text: str) -> None:
    """The key from outside came back into the branch that has none, and went to its URL."""
    first, second = read_exports(text.encode(), "FILE", kind).starts
    assert (first.values, "B" in first.without) == ({"A": "a", "B": "KB"}, False)
    assert (second.values, "B" in second.without) == ({"A": "b"}, True)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("shell", "f() { if x; then unset B; export A=a; claude; else export A=b; claude; fi; }"),
        ("fish", "function f; if x; set -e B; set -x A a; claude; else; set -x A b; claude; end; end"),
        ("powershell", "function f { if (1) { rm Env:B; $env:A='a'; claude } else { $env:A='b'; claude } }"),
    ],
)
def test_what_a_branch_takes_away_is_there_in_the_other(kind: str, text: str) -> None:
    first, second = read_exports(text.encode(), "FILE", kind).starts
    assert ("B" in first.without, "B" in second.without) == (True, False)


def test_what_a_subshell_takes_away_is_there_after_it() -> None:
    text = "f() { (unset B; export A=a; claude); export A=b; claude; }"
    first, second = read_exports(text.encode(), "FILE", "shell").starts
    assert (first.without, second.without) == ({"B"}, set())


def test_what_a_subshell_at_the_end_of_a_file_exports_ends_with_it() -> None:
    assert read_exports(b"export A=1\n(export A=2 B=KA)", "FILE", "shell").values == {"A": "1"}


@pytest.mark.parametrize(
    "removal",
    [
        "Remove-Item Env:B",
        "ri -Path Env:\\b -ErrorAction SilentlyContinue",
        "Remove-Item 'Env:C', \"Env:B\"",
        "rm Env:B*",
        "Clear-Item env:B",
    ],
)
def test_powershell_takes_a_variable_away(removal: str) -> None:
    """The next start's URL got the key of the one before."""
    text = f"function f {{ $env:A = 'a'; $env:B = 'KA'; claude; {removal}; $env:A = 'b'; claude }}"
    exports = read_exports(text.encode(), "FILE", "powershell")
    assert [start.values for start in exports.starts] == [{"A": "a", "B": "KA"}, {"A": "b"}]
    assert "B" in exports.starts[1].without or "*" in removal


def test_powershell_removes_a_file_and_no_variable() -> None:
    text = "function f { $env:B = 'KA'; Remove-Item $env:B; Remove-Item B; claude }"
    assert starts(text, "powershell") == {"f": {"B": "KA"}}


def test_what_powershell_takes_away_outside_of_a_start_is_still_imported() -> None:
    """A function that clears the variables, or a script's last line, left nothing to import."""
    text = "$env:A = 'a'\nfunction off { Remove-Item Env:A }\nRemove-Item Env:A\n"
    assert read_exports(text.encode(), "FILE", "powershell").values == {"A": "a"}


def test_a_command_has_nothing_of_what_is_exported_after_it(tmp_path: Path) -> None:
    """The key of the later exports went to the gateway that the command names."""
    url, key = "ANTHROPIC_BASE_URL=https://gateway.example", "ANTHROPIC_AUTH_TOKEN=key-of-a"
    (tmp_path / ".zshrc").write_text(f"{url}/b claude\nexport {url}/a {key}\n")
    by_url = {
        next(value for value in each.values.values() if "/" in value): "key-of-a" in each.values.values()
        for each in read_source(str(tmp_path / ".zshrc"), None).candidates
    }
    assert by_url == {"https://gateway.example/a": True, "https://gateway.example/b": False}


def test_a_function_that_never_ends_starts_nothing_and_is_named() -> None:
    exports = read_exports(b"f() { export A=a; claude\nexport B=1\n", "FILE", "shell")
    assert (exports.starts, exports.values) == ([], {})
    assert exports.notes == ["line of 'f': that function never ends, so it is left out"]


OTHER = "https://b.example"
URL, KEY, LINES = "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_CUSTOM_HEADERS"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (".bashrc", f"use() {{ export {KEY}=key-of-a; }}\nalias w='{URL}={OTHER} claude'\n"),
        (".bashrc", f"use() {{ export {KEY}=key-of-a; }}\nw() {{ export {URL}={OTHER}; claude; }}\n"),
        (".bashrc", f"export {KEY}=b\nuse() {{ export {KEY}=key-of-a; }}\nalias w='{URL}={OTHER} claude'\n"),
        ("config.fish", f"function use; set -gx {KEY} key-of-a; end\nalias w '{URL}={OTHER} claude'\n"),
        ("profile.ps1", f"function use {{ $env:{KEY} = 'key-of-a' }}\n"
                        f"function w {{ $env:{URL} = '{OTHER}'; claude }}\n"),
    ],
)  # fmt: skip
def test_a_start_that_may_have_a_key_from_a_function_is_refused_by_name(
    name: str, text: str, tmp_path: Path
) -> None:
    """Whether `use` is called before is not known: its key would go to the other URL."""
    (tmp_path / name).write_text(text)
    (start,) = [each for each in read_source(str(tmp_path / name), None).candidates if each.name]
    assert start.name == "w"
    assert start.problem == f"{KEY} is set by a function, and whether that is called before is not known"


def test_functions_that_exclude_each_other_make_no_profile_together(tmp_path: Path) -> None:
    """The address was the last function's, and the key that of the one before."""
    path = tmp_path / ".bashrc"
    several = "are set in more than one way, by functions of which not all may be called"

    def problems(text: str) -> list[str]:
        path.write_text(text)
        return [each.problem for each in read_source(str(path), None).candidates]

    first = f"a() {{ export {URL}=https://a.example {KEY}=key-of-a; }}\n"
    assert problems(f"{first}b() {{ export {URL}={OTHER}; }}\n") == [f"{URL} and {KEY} {several}"]
    assert problems(f"{first}b() {{ export {URL}={OTHER} {KEY}=key-of-b; }}\n") == [""]
    assert problems(f"{first}b() {{ export {LINES}='x-portkey-provider: @a'; }}\n") == [""], "of one setup"
    outside = f"export {URL}={OTHER} {KEY}=key-of-b ANTHROPIC_MODEL=x\n"
    assert problems(f"{outside}a() {{ export {KEY}=key-of-a; }}\n") == [f"{URL} and {KEY} {several}"]
    model = "a() { export ANTHROPIC_MODEL=y; }\nalias w='ANTHROPIC_SMALL_FAST_MODEL=z claude'\n"
    assert problems(outside + model) == ["", ""], "a model decides no address"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (".zshrc", "export CLAUDE_CONFIG_DIR=~/work\n", "it has"),
        (".zshrc", "alias w='CLAUDE_CONFIG_DIR=$HOME/work claude'\n", "the alias 'w' has"),
        (".zshrc", "w() { export CLAUDE_CONFIG_DIR=${HOME}/work; claude; }\n", "the function 'w' has"),
        (
            "config.fish",
            "function w; set -lx CLAUDE_CONFIG_DIR ~/work; claude; end\n",
            "the function 'w' has",
        ),
    ],
)
def test_settings_that_lie_elsewhere_are_named(name: str, text: str, said: str, tmp_path: Path) -> None:
    """The route in them wins over what is exported, and would be missed by all who import a start file."""
    (tmp_path / name).write_text(text)
    with pytest.raises(PkccError, match=f"{said} Claude Code read .*/work/settings.json") as raised:
        read_source(str(tmp_path / name), None)
    assert "`pkcc-tray import " in raised.value.title
    more = "set -gx ANTHROPIC_BASE_URL u\n" if name == "config.fish" else "export ANTHROPIC_BASE_URL=u\n"
    (tmp_path / name).write_text(text + more)
    source = read_source(str(tmp_path / name), None)
    assert any(f"{said} Claude Code read" in note for note in source.notes)


def test_what_only_a_shell_knows_of_a_directory_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / ".zshrc").write_text("export ANTHROPIC_BASE_URL=u CLAUDE_CONFIG_DIR=${X:-pk-secret}\n")
    (note,) = read_source(str(tmp_path / ".zshrc"), None).notes
    assert (
        note
        == "it has Claude Code read settings in a directory that only the shell knows (CLAUDE_CONFIG_DIR)"
    )


def many(piece: str, count: int = 20_000) -> str:
    return "".join(piece % number for number in range(count))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("shell", many("export A%d=1\n") + "if x; then\nfi\n" * 20_000),
        ("shell", many("export A%d=1\n") + "claude\n" * 20_000),
        ("shell", many("A%d=1\n") + "(x)\n" * 20_000),
        ("shell", many("unset A%d\n") + "(x)\n" * 20_000),
        ("shell", "f() {\n" + many("export A%d=1\n") + "(claude)\n" * 20_000 + "}\n"),
        ("fish", "function f\n" + many("set -x A%d 1\n") + "if x\nclaude\nend\n" * 20_000 + "end\n"),
        ("powershell", ("function f {" + many("$env:A%d=1\n", 999) + "if(1){claude}\n" * 999 + "}\n") * 9),
        ("powershell", ("function f {" + many("$env:A%d=1\n", 999) + "rm Env:b*\n" * 999 + "claude}\n") * 9),
        ("powershell", ("function f {" * 2_000 + " # claude\n" + "}" * 2_000) * 10),
    ],
)  # fmt: skip
def test_what_would_take_minutes_to_follow_is_refused_early(
    kind: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each branch and each start copies what is exported: a file of 1 MB hung `import` and `doctor`."""
    spent: list[int] = []
    spend = Effort.spend

    def counted(effort: Effort, cost: int) -> None:
        spent.append(cost)
        spend(effort, cost)

    monkeypatch.setattr(Effort, "spend", counted)
    with pytest.raises(PkccError, match="than can be followed"):
        read_exports(text.encode(), "FILE", kind)
    assert sum(spent[:-1]) <= MOST_SPENT
