"""What `config new` asks a person at the terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError, UsageError
from profiles.gateway.account.names import all_names
from profiles.portkey.config.authoring.conditions import read_query
from profiles.portkey.config.authoring.strategies import Wish
from profiles.portkey.config.authoring.targets import read_target, read_weighted
from profiles.portkey.config.authoring.typed import milliseconds, seconds, statuses, whole_number
from tray.actions.account.choice import Choice
from tray.actions.account.configs.new import NewConfig, load_target
from tray.terminal.choosing.choose import choose
from tray.terminal.prompts import ask_valid, confirm, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.app import App

_KINDS = [
    Choice("fallback", "try one, then the next", "when a provider fails or is busy"),
    Choice("loadbalance", "share requests among several", "by weights"),
    Choice("conditional", "choose by what a request says", "such as the metadata of a team"),
    Choice("to", "send every request to one", "with retries, a cache or other models"),
    Choice("none", "leave the route to the profile", "only retries, a cache, a time limit"),
]
_CACHES = [
    Choice("none", "not at all"),
    Choice("simple", "for the same request"),
    Choice("semantic", "for a similar request too", "some plans have none"),
]


class Asking:
    """The questions, with what is known of the accounts that were asked before."""

    def __init__(self, app: App) -> None:
        self._environ = app.environ
        providers = all_names(app.locations).providers()
        self._known = [Choice(f"@{slug}", f"@{slug}", words) for slug, words in providers.items()]

    def wish(self) -> Wish:
        """All that is wished. Ctrl-C stops it."""
        say("A new Portkey config. Ctrl-C stops; nothing is written before you have seen it.\n")
        kind = choose(self._environ, "What is it to do?", _KINDS)
        wish = {"fallback": self._fallback, "loadbalance": self._shares, "conditional": self._conditions}.get(
            kind, lambda: Wish(to=self._target("Target") if kind == "to" else None)
        )()
        return wish._replace(fields=self._fields())

    def _fallback(self) -> Wish:
        targets = self._targets("First target", "Next target")
        said = ask_valid(
            "Next one on which statuses (such as 429,5xx; empty: any failure)", _checked(statuses)
        )
        return Wish(fallback=targets, on=said or None)

    def _shares(self) -> Wish:
        weighted = []
        for target in self._targets("Target", "One more target"):
            weight = ask_valid(f"Its weight, {target}", _weight, "1")
            weighted.append(f"{target}={weight}")
        return Wish(loadbalance=tuple(weighted))

    def _conditions(self) -> Wish:
        found: list[tuple[str, ...]] = []
        question, needed = "Condition, such as metadata.team=eng", True
        while said := ask_valid(question, _condition, required=needed):
            found.append((*said.split(), self._target("Target of such requests")))
            question, needed = "One more condition (empty: no more)", False
        return Wish(conditional=tuple(found), default=self._target("Target of all other requests"))

    def _targets(self, first: str, more: str) -> tuple[str, ...]:
        found = [self._target(first), self._target(more)]
        while said := ask_valid(f"{more} (empty: no more)", _target):
            found.append(said)
        return tuple(found)

    def _target(self, question: str) -> str:
        """One of those that are known, or anything else that is typed."""
        if self._known:
            return choose(
                self._environ,
                f"{question} (one of these, or another that you type)",
                self._known,
                check=_target,
            )
        return ask_valid(f"{question}, such as @anthropic-prod", _target, required=True)

    def _fields(self) -> dict[str, list[list[str]]]:
        retry = ask_valid("Ask the same target again, how often (0 to 5)", _retries, "0")
        cache = choose(self._environ, "Keep answers at the gateway?", _CACHES)
        age = ask_valid("For how long", _checked(seconds), "1h") if cache != "none" else ""
        limit = ask_valid("Give up after (such as 60s; empty: never)", _checked(milliseconds))
        said = {
            "--retry": retry.strip("0"),
            "--cache": cache.replace("none", ""),
            "--max-age": age,
            "--timeout": limit,
        }
        return {option: [[word]] for option, word in said.items() if word}


def ask_wish(app: App) -> Wish:
    """What the person wishes."""
    return Asking(app).wish()


def show_it(new: NewConfig) -> bool:
    """Show the config and what it means; whether the person sees standard output too."""
    say(f"\n{new.text}\n{new.sentence}\n")
    return sys.stdout.isatty()


def where_to() -> tuple[str | None, bool]:
    """The file that it goes to, None for none; and whether one that is there is replaced."""
    path = ask_valid("Write it to which file (empty: only show it)", _writable)
    return path or None, bool(path) and os.path.lexists(os.path.expanduser(path))


def _writable(answer: str) -> str:
    from tray.actions.account.configs.new_file import place_for

    path = place_for(answer, force=True)
    if os.path.lexists(path) and not confirm(f"{path} is there already. Replace it?", default=False):
        raise PkccError("It was left as it is", "Name another file.")
    return answer


def _target(answer: str) -> str:
    read_target(answer, load_target)
    return answer


def _weight(answer: str) -> str:
    read_weighted(f"@a={answer}", load_target)
    return answer


def _condition(answer: str) -> str:
    read_query(answer.split())
    return answer


def _retries(answer: str) -> str:
    if whole_number("That", answer) > 5:
        raise UsageError("It is 5 times at most", "Such as 3.")
    return answer


def _checked(read: Callable[[str, str], object]) -> Callable[[str], str]:
    def check(answer: str) -> str:
        read("That", answer)
        return answer

    return check
