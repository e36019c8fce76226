"""What the readers of every kind gather of a file: variables, starts of Claude Code, notes. Pure."""

from __future__ import annotations

from typing import NamedTuple

from profiles.base.text import printable

MOST_SPENT = 3_000_000  # variables; of 1,500 real scripts the largest, 8,000 lines, takes 540,000


class Start(NamedTuple):
    """A start of Claude Code with variables of its own, and the alias or function that it is ("": a command).

    `kind` is alias, function or command. It has the `values`, and of what is exported otherwise not those
    named in `without` (`*`: none). `settings` are those that an option of it names: a file, or JSON. With
    `unsure` some may have been set in a shell that ended before.
    """

    name: str
    kind: str
    values: dict[str, str]
    without: frozenset[str] = frozenset()
    settings: str = ""
    unsure: bool = False

    @property
    def words(self) -> str:
        """Such as `the alias 'cpk'`."""
        return f"the {self.kind} {printable(self.name)!r}" if self.name else "a command"


class Exports(NamedTuple):
    """`values` by variable, the last one given counting; `notes` in plain words on what was not clear.

    `starts` are the starts of Claude Code with more than that. `of_functions` are the variables whose value
    is a function's, with its name; those of them are `torn` that something before it set in another way.
    """

    values: dict[str, str]
    notes: list[str]
    starts: list[Start] = []  # noqa: RUF012 - never changed in place
    of_functions: dict[str, str] = {}  # noqa: RUF012
    torn: frozenset[str] = frozenset()


class TooMuchError(Exception):
    """A file that nobody wrote by hand: to follow it would take minutes."""


class Effort:
    """What reading a file has cost, in variables that were copied: each branch and each start copies all."""

    def __init__(self) -> None:
        self.spent = 0

    def spend(self, cost: int) -> None:
        """Count that. Raises TooMuchError where it is more than any real file costs."""
        self.spent += cost
        if self.spent > MOST_SPENT:
            raise TooMuchError


class Exported(NamedTuple):
    """What is exported at one place of a file, and what was taken away before it; `unsure` as there."""

    values: dict[str, str]
    erased: frozenset[str]
    unsure: bool


class Collector:
    """Gathers what a file exports; of several values for one name the last counts, and that is said."""

    def __init__(self, effort: Effort) -> None:
        self.effort = effort
        self.exported: dict[str, str] = {}
        self.notes: list[str] = []
        self.starts: list[Start] = []
        self.erased: set[str] = set()  # taken away, whatever was exported before
        self.unsure = False  # what is exported may have been set in a shell that ended
        self.function = ""  # the one that is being read
        self._of_functions: dict[str, str] = {}  # of what functions set, the one that was last to
        self._torn: set[str] = set()

    def state(self) -> Exported:
        """What holds here, to go on from it later."""
        self.effort.spend(len(self.exported) + len(self.erased))
        return Exported(dict(self.exported), frozenset(self.erased), self.unsure)

    def go_on_from(self, state: Exported) -> None:
        """Let hold what held there."""
        self.effort.spend(len(state.values) + len(state.erased))
        self.exported, self.erased, self.unsure = dict(state.values), set(state.erased), state.unsure

    def export(self, name: str, value: str) -> None:
        """Take one exported value."""
        if self.exported.get(name, value) != value:
            self.notes.append(f"{name} is set to more than one value there: the last one counts")
            if self.function and self._of_functions.get(name, "") != self.function:
                self._torn.add(name)
        if not self.function:
            self._of_functions.pop(name, None)
            self._torn.discard(name)
        elif self.exported.get(name) != value:
            self._of_functions[name] = self.function
        self.exported[name] = value
        self.erased.discard(name)

    def erase(self, name: str) -> None:
        """Take one value away."""
        self.exported.pop(name, None)
        self.erased.add(name)

    def restore(self, name: str, state: Exported) -> None:
        """Let one value be as it was there."""
        if name in state.values:
            self.exported[name] = state.values[name]
        else:
            self.exported.pop(name, None)
        (self.erased.add if name in state.erased else self.erased.discard)(name)

    def start(self, start: Start) -> None:
        """Take one start of Claude Code, with what is exported at that moment."""
        self.effort.spend(len(self.exported) + len(self.erased))
        kept = {} if "*" in start.without else self.exported
        values = {name: value for name, value in kept.items() if name not in start.without}
        without = start.without | self.erased
        values |= start.values
        self.starts.append(start._replace(values=values, without=without, unsure=self.unsure))

    def done(self) -> Exports:
        """What was gathered, with every note once."""
        notes = list(dict.fromkeys(self.notes))
        return Exports(self.exported, notes, self.starts, self._of_functions, frozenset(self._torn))
