"""completion: commands, options and profile names, completed by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tray.terminal.results import Report

if TYPE_CHECKING:
    import argparse

    from tray.app import App

_SHELLS = ("bash", "zsh", "fish", "powershell")
# What argcomplete takes from zsh for the line is all of it: `cd x && pkcc-tray switch` would begin with cd.
_OWN_WORDS = '"${(j: :)${(@)words[1,CURRENT-1]}} $PREFIX"'
_ZSH_LINE = {
    'COMP_LINE="$BUFFER"': f"COMP_LINE={_OWN_WORDS}",
    'COMP_POINT="$CURSOR"': f"COMP_POINT=${{#:-{_OWN_WORDS}}}",
}
_DESCRIBED = '        _describe "${words[1]}"'
# It registers itself with zsh's completion, which a bare ~/.zshrc has not begun.
_REGISTERS = "        compdef _python_argcomplete pkcc-tray"
_ZSH_BEGUN = {
    _REGISTERS: "        whence compdef > /dev/null || { autoload -Uz compinit && compinit -i; }\n"
    + _REGISTERS
}
# A word without a description ends in a colon there, and would be shown with a dash and nothing behind it.
_ZSH_WORDS = {_DESCRIBED: f'        completions=("${{(@)completions%:}}")\n{_DESCRIBED}'}


class Completion(NamedTuple):
    """The script that makes a shell complete our commands."""

    shell: str
    script: str


def arguments_completion(parser: argparse.ArgumentParser) -> None:
    """SHELL."""
    parser.add_argument("shell", metavar="SHELL", choices=_SHELLS, help="one of " + ", ".join(_SHELLS))


def completion(app: App, shell: str) -> Report:
    """The script that a shell's start-up file evaluates, for commands, options and profile names."""
    from argcomplete.shell_integration import shellcode

    script = shellcode(["pkcc-tray"], use_defaults=False, shell=shell)  # no files where we offer none
    for whole, own in {**_ZSH_LINE, **_ZSH_BEGUN, **_ZSH_WORDS}.items():
        script = script.replace(whole, own)
    return Report(Completion(shell, script), raw=script + "\n")
