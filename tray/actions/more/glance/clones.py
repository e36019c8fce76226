"""Which git clones each rule is for today, looked for within a limit of time."""

from __future__ import annotations

import time

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import home
from profiles.claude_code.settings.project_root import project_root
from profiles.projects.rules.matching import clones_below, compiled, first_match

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profiles.projects.rules.rules import Rule
    from tray.app import App

LIMIT_S = 0.5  # for all rules of a page; a home with very many directories is not looked through
KEPT_S = 20.0


class Fitting(NamedTuple):
    """The clones that a rule fits, and those of them that it decides, no earlier one.

    `is_all`: there are no more of them; otherwise the time was over.
    """

    fits: tuple[str, ...]
    decides: tuple[str, ...]
    is_all: bool


def clones_of(
    app: App,
    rules: Sequence[Rule],
    only: Rule | None = None,
    limit_s: float = LIMIT_S,
    clock: Callable[[], float] = time.monotonic,
) -> list[Fitting]:
    """What each rule fits, in their order; with `only` that one alone is looked for."""
    matchers = compiled(rules, home(app.environ))
    ends = clock() + limit_s

    def is_over() -> bool:
        return clock() >= ends

    found = []
    for matcher in matchers:
        if only in (None, matcher.rule):
            clones = tuple(sorted({project_root(each) for each in clones_below(matcher, is_over)}))
            decides = tuple(each for each in clones if first_match(matchers, each) is matcher.rule)
            found.append(Fitting(clones, decides, not is_over()))
    return found


class Clones:
    """What rules fit, looked for again after some seconds: a page is drawn anew at each change."""

    def __init__(self, app: App, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._known: tuple[float, tuple[Rule, ...], list[Fitting]] | None = None

    def of(self, rules: Sequence[Rule]) -> list[Fitting]:
        """What each of these rules fits."""
        now, wanted = self._clock(), tuple(rules)
        if self._known is None or self._known[1] != wanted or now - self._known[0] > KEPT_S:
            self._known = now, wanted, clones_of(self._app, wanted)
        return self._known[2]
