"""sh, bash, zsh and their like: `export A=…`, `declare -x A=…`, and `A=…` that is exported later on."""

from __future__ import annotations

from itertools import dropwhile
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.secret_markers import fill
from profiles.base.text import printable
from profiles.claude_code.routing_names import OF_THE_CLIENT
from profiles.importing.exports.commands import VARIABLE, Commands, Word
from profiles.importing.exports.gathering import Collector, Effort, Exported, Exports
from profiles.importing.exports.posix_functions import (
    BRANCHES,
    PIPED,
    Function,
    brackets,
    parts,
    with_branches,
)
from profiles.importing.exports.posix_words import POSIX
from profiles.importing.exports.scanning import unexpanded
from profiles.importing.exports.starts import started_by, starts_within

if TYPE_CHECKING:
    from collections.abc import Iterable

_DECLARING = {"declare", "typeset", "local", "readonly"}
_DEEPEST = 100  # blocks within blocks: what is still deeper is as at that depth


def read_posix(text: str) -> Exports:
    """What the text exports anywhere, whether a condition would hold or not; a start has its own branch's."""
    effort = Effort()
    anywhere, at_starts = _Variables(effort), _Variables(effort)
    for command, function in parts(text, anywhere.found.notes):
        anywhere.take_each(brackets(command.between))
        at_starts.take_each(with_branches(command._replace(words=[]) if function else command))
        if function:
            anywhere.take_function(function)
            at_starts.take_function(function)
        elif command.words:
            anywhere.take(command.words)
    return anywhere.done()._replace(starts=at_starts.found.starts)


class _State(NamedTuple):
    """What a shell's variables are at one place."""

    exported: Exported
    known: dict[str, str]
    names: set[str]  # to be exported, with a value or not
    everything: bool


class _Block(NamedTuple):
    """An `if`, a `case`, a group or a subshell that is not at its end."""

    sign: str
    before: _State
    branches: list[_State]
    changes: int  # so many were made before it
    piped: bool


class _Variables:
    """What a shell's variables are after the commands it has read so far."""

    def __init__(self, effort: Effort) -> None:
        self.found = Collector(effort)
        self._known: dict[str, str] = {}  # assigned, exported or not
        self._exported: set[str] = set()
        self._everything = False  # `set -a`
        self._blocks: list[_Block] = []
        self._changes = 0  # of variables
        self._changes_before = 0  # the last command, or all of a block
        self._piped = False  # what comes now stands behind a pipe

    def take_function(self, function: Function) -> None:
        """Take a function: what it exports counts, unless it starts Claude Code or is a subshell."""
        name, body = function.name, function.body
        if body is None:
            self.found.notes.append(
                f"line of {printable(name)!r}: that function never ends, so it is left out"
            )
        elif starts := starts_within(name, "function", body, _Variables(self.found.effort)):
            self.found.starts += starts
        elif not function.apart:
            self.found.function = name
            self.take_each(body)
            self.found.function = ""

    def take_each(self, commands: Iterable[list[Word]]) -> None:
        """Take these commands into account, one after the other."""
        for words in commands:
            self.take(words)

    def take(self, words: list[Word]) -> None:
        """Take one command into account."""
        sign = words[0].text if words and words[0].plain else ""
        if sign in PIPED:
            self._end_piped(True)
            self._piped = sign == "|"
        elif sign in BRANCHES:
            self._branch(sign)
        elif words:
            self._changes_before = self._changes
            self._take(words)
            self._end_piped(self._piped)
            self._piped = False

    def _end_piped(self, piped: bool) -> None:
        """What was set in a part of a pipe may be gone after it: that depends on the shell."""
        self.found.unsure |= piped and self._changes > self._changes_before

    def _take(self, words: list[Word]) -> None:
        if start := started_by(words):
            self.found.start(start)
            return
        command = list(dropwhile(Word.assignment, words))  # in `A=1 export B=2`, A is the command's alone
        if not command:
            for name in map(self._assign, filter(None, map(Word.assignment, words))):
                self._export(name, taken=self._everything or name in self._exported)
        else:
            self._run(command)

    def _branch(self, sign: str) -> None:
        """Leave what a branch of an `if` or `case` sets out of the next, a subshell's out of the rest."""
        if not BRANCHES[sign]:
            deep = len(self._blocks) >= _DEEPEST
            before = self._blocks[-1].before if deep else self._state()
            # Where no pattern of a `case` fits, nothing is set.
            branches = [before] if sign == "case" else []
            self._blocks.append(_Block(sign, before, branches, self._changes, self._piped))
            self._piped = False
        elif not self._is_open(BRANCHES[sign]):
            return
        elif sign in (")", "}", "done", "fi", "esac"):
            self._end_block(sign, self._blocks.pop())
        else:
            self._blocks[-1].branches.append(self._state())
            self._go_on_from(self._blocks[-1].before)

    def _is_open(self, sign: str) -> bool:
        """Whether such a block is open; what never ends within it, ends with it."""
        for number, block in enumerate(reversed(self._blocks)):
            self.found.effort.spend(1)
            if block.sign == sign:
                del self._blocks[len(self._blocks) - number :]
                return True
            if block.sign == "case" and sign == "(":
                return False  # the bracket behind a pattern
        return False

    def _end_block(self, sign: str, block: _Block) -> None:
        if sign == ")":
            self._go_on_from(block.before)
            self._changes = block.changes
        elif sign in ("fi", "esac"):
            branches = [self._state(), *block.branches]
            self._go_on_from(max(branches, key=lambda state: len(state.exported.values)))
        self._changes_before = block.changes
        self._end_piped(block.piped)

    def _state(self) -> _State:
        self.found.effort.spend(len(self._known) + len(self._exported))
        return _State(self.found.state(), dict(self._known), set(self._exported), self._everything)

    def _go_on_from(self, state: _State) -> None:
        self.found.effort.spend(len(state.known) + len(state.names))
        self.found.go_on_from(state.exported)
        self._known, self._exported = dict(state.known), set(state.names)
        self._everything = state.everything

    def _run(self, command: list[Word]) -> None:
        head, rest = command[0].text, command[1:]
        flags = {flag for word in rest if word.text[:1] in "-+" for flag in word.text[1:]}
        if head == "set" and rest and rest[0].text.startswith(("-", "+")):
            if "a" in rest[0].text or "allexport" in [word.text for word in rest]:
                self._everything = rest[0].text[0] == "-"
        elif head == "unset" and "f" not in flags:
            for word in rest:
                self._unset(word.text)
        elif head == "export":
            self._declare(rest, taken=not flags & {"n", "f"})
        elif head == "alias":
            self._alias(rest)
        elif head in _DECLARING and command[0].plain == len(head):
            self._declare(rest, taken="x" in flags or self._everything)

    def _declare(self, words: list[Word], *, taken: bool) -> None:
        for word in words:
            given = word.assignment()
            self._export(self._assign(given) if given else word.text, taken=taken)

    def _alias(self, words: list[Word]) -> None:
        for name, equals, text in (word.text.partition("=") for word in words):
            if equals:  # what is not expanded stands there as it did, and is read again
                commands = Commands(fill(text, str), [], POSIX)
                within = [part for each in commands for part in with_branches(each)]
                self.found.starts += starts_within(name, "alias", within, _Variables(self.found.effort))

    def _assign(self, given: tuple[str, str, str]) -> str:
        name, operator, value = given
        self._changes += 1
        if operator == "+=":
            value = self._known.get(name, unexpanded(f"${name}")) + value
        self._known[name] = value
        return name

    def _export(self, name: str, *, taken: bool) -> None:
        if taken and VARIABLE.fullmatch(name):
            self._changes += 1
            self._exported.add(name)
            if name in self._known:
                self.found.export(name, self._known[name])

    def _unset(self, name: str) -> None:
        self._changes += 1
        self._known.pop(name, None)
        self.found.erase(name)
        self._exported.discard(name)

    def done(self) -> Exports:
        """All that is exported; a note names what looks as if it should be, and is not."""
        self.found.notes += [
            f"{name} is set there, but not exported: it is left out"
            for name in self._known
            if name not in self.found.exported and name.startswith(OF_THE_CLIENT)
        ]
        return self.found.done()
