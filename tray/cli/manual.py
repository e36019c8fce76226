"""The manual pages, made from the command line's own parsers, so that neither can lag behind the other.

For packages, and for `desktop install` where none brought them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.cli.described import Described, described, sentence
from tray.cli.reference import COMMON_OPTIONS, CORE, ENVIRONMENT, EXIT_CODES, FILES
from tray.cli.verbs import BY_WORDS, VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GROUPS = tuple(dict.fromkeys(verb.group for verb in VERBS))


def man_pages(version: str, date: str) -> dict[str, str]:
    """The pages of section 1 by their names: `pkcc-tray`, and one for each group of commands.

    They are troff with the man macros; `date` is an ISO date.
    """
    title = f'1 "{date}" "pkcc\\-tray {_escaped(version)}" "User Commands"'
    pages = {"pkcc-tray": [f".TH PKCC\\-TRAY {title}", *_main_page()]}
    for group in _GROUPS:
        name = _page_of(group)
        pages[name] = [f".TH {_escaped(name.upper())} {title}", *_group_page(group)]
    return {name: "\n".join(lines) + "\n" for name, lines in pages.items()}


def _main_page() -> Iterator[str]:
    yield from (
        ".SH NAME",
        "pkcc\\-tray \\- switch Claude Code between Portkey routes",
        ".SH SYNOPSIS",
        ".B pkcc\\-tray",
        ".br",
        ".B pkcc\\-tray",
        "\\fICOMMAND\\fR [\\fIARGUMENTS\\fR] [\\fIOPTIONS\\fR]",
        ".br",
        ".B pkcc\\-tray exec",
        "\\fINAME\\fR \\-\\- \\fICMD\\fR ...",
        ".SH DESCRIPTION",
        "Stores routes through the Portkey gateway as named profiles, and writes the one in use into Claude",
        "Code's settings file, of which every other byte stays as it is. Keys lie in the system keyring.",
        ".PP",
        "Without a command it starts the tray where there is a desktop, and prints its help elsewhere.",
        ".SH COMMANDS",
        "The usual ones:",
    )
    for words in CORE:
        yield from _definition(f"pkcc-tray {words}", sentence(BY_WORDS[words].summary))
    for group in _GROUPS:
        names = ", ".join(verb.words for verb in VERBS if verb.group == group)
        yield from (".PP", f"{group}, in \\fB{_escaped(_page_of(group))}\\fR(1): {_escaped(names)}.")
    yield from _definitions("OPTIONS", ((term, sentence(text)) for term, text in COMMON_OPTIONS))
    yield ".SH EXAMPLES"
    for words in CORE:
        yield from _examples(described(BY_WORDS[words]))
    yield from _end(see=[_page_of(group) for group in _GROUPS])


def _group_page(group: str) -> Iterator[str]:
    its = [described(verb) for verb in VERBS if verb.group == group]
    names = _escaped(", ".join(command.words for command in its))
    yield from (".SH NAME", f"{_escaped(_page_of(group))} \\- {names}", ".SH SYNOPSIS")
    for number, command in enumerate(its):
        if number:
            yield ".br"
        positional = "".join(f"\\fI{_escaped(word)}\\fR " for word in command.positional)
        yield from (f".B pkcc\\-tray {_escaped(command.words)}", f"{positional}[\\fIOPTIONS\\fR]")
    yield ".SH COMMANDS"
    for command in its:
        yield from _command(command)
    yield from _end(see=["pkcc-tray"])


def _end(see: list[str]) -> Iterator[str]:
    for title, rows in (("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES), ("EXIT STATUS", EXIT_CODES)):
        yield from _definitions(title, ((term, sentence(text)) for term, text in rows))
    yield from (".SH SEE ALSO", ",\n".join(f"\\fB{_escaped(name)}\\fR(1)" for name in see))


def _page_of(group: str) -> str:
    return f"pkcc-tray-{group.lower()}"


def _command(command: Described) -> Iterator[str]:
    yield f'.SS "pkcc\\-tray {_escaped(command.words)}"'
    yield _escaped(command.summary)
    for name, meaning in command.arguments:
        yield from _definition(name, meaning)
    yield from (".PP", "Examples:")
    yield from _examples(command)


def _examples(command: Described) -> Iterator[str]:
    for line, what in command.examples:
        yield from _definition(line, what)


def _definitions(title: str, rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield f'.SH "{title}"'
    for term, text in rows:
        yield from _definition(term, text)


def _definition(term: str, text: str) -> Iterator[str]:
    yield from (".TP", f".B {_escaped(term)}", _escaped(text))


def _escaped(text: str) -> str:
    """Text as troff shows it: a hyphen that can be copied, no line that is taken for a macro."""
    shown = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq").replace("…", "...")
    return "\\&" + shown if shown.startswith((".", "'")) else shown
