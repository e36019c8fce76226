"""What `config new` asks a person at the terminal."""

from __future__ import annotations

import os
import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING

from profiles.base.errors import DeclinedError, PkccError, UsageError
from profiles.gateway.account.names import all_names
from profiles.portkey.config.authoring.conditions import read_query
from profiles.portkey.config.authoring.options import FIELDS, option_of
from profiles.portkey.config.authoring.strategies import Wish
from profiles.portkey.config.authoring.typed import number, statuses
from profiles.portkey.config.findings import path_of
from tray.actions.account.choice import Choice
from tray.actions.account.configs.new import NewConfig, make_config
from tray.terminal.choosing.choose import choose
from tray.terminal.keyboard.line_editing import paths
from tray.terminal.prompts import ask_valid, confirm, say
from tray.terminal.words.configs.checked import refused_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.actions.account.configs.check import PlacedFinding
    from tray.app import App

_NO_MORE = ":no more"
_KEY = "api_key"  # what the open-source gateway needs of a target that is no file
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
    """The questions, with what is known of the accounts that were asked before.

    Each answer is judged as a config that holds it would be, so that none is refused only at the end.
    """

    def __init__(self, app: App, *, self_hosted: bool) -> None:
        self._environ = app.environ
        self._self_hosted = self_hosted
        self._key_refs: dict[str, str] = {}  # by the target's word
        providers = all_names(app.locations).providers()
        self._known = [Choice(f"@{slug}", f"@{slug}", words) for slug, words in providers.items()]

    def wish(self) -> Wish:
        """All that is wished. Ctrl-C stops it."""
        say("A new Portkey config. Ctrl-C stops; nothing is written before you have seen it.\n")
        kind = choose(self._environ, "What is it to do?", _KINDS)
        wish = {"fallback": self._fallback, "loadbalance": self._shares, "conditional": self._conditions}.get(
            kind, lambda: Wish(to=self._target("Target") if kind == "to" else None)
        )()
        keys = {"--key-ref": [[*pair] for pair in self._key_refs.items()]} if self._key_refs else {}
        return wish._replace(fields={**keys, **self._fields()})

    def _fallback(self) -> Wish:
        targets = self._targets("First target", "Next target")
        said = ask_valid(
            "Next one on which statuses (such as 429,5xx; empty: any failure)", _checked(statuses)
        )
        return Wish(fallback=targets, on=said or None)

    def _shares(self) -> Wish:
        weighted = []
        for target in self._targets("Target", "One more target"):
            weight = ask_valid(f"Weight of {target}", _weight, "1")
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
        while said := self._target(more, needed=False):
            found.append(said)
        return tuple(found)

    def _target(self, question: str, *, needed: bool = True) -> str:
        """One of those that are known, or anything else that is typed; "" for no more."""
        if self._known:
            rows = self._known if needed else [Choice(_NO_MORE, "no more"), *self._known]
            typed = f"{question} (one of these, or another that you type)"
            said = choose(self._environ, typed, rows, check=self._is_target).replace(_NO_MORE, "")
        else:
            asked = f"{question}, such as @anthropic-prod" if needed else f"{question} (empty: no more)"
            said = ask_valid(asked, self._is_target, required=needed)
        if said and self._errors(Wish(to=said)):
            self._key_refs[said] = ask_valid(
                f"Where the key of {said} lies, such as keyring:NAME or env:NAME", self._is_key_of(said),
                required=True,
            )  # fmt: skip
        return said

    def _is_target(self, answer: str) -> str:
        wrong = next((each for each in self._errors(Wish(to=answer)) if each.path != _KEY), None)
        if wrong is None:
            return answer
        near = get_close_matches(f"@{answer}", [row.key for row in self._known], 1)
        hint = f"Did you mean {near[0]}?" if near else "Such as @anthropic-prod."
        raise UsageError(f"A gateway would refuse {answer}: {wrong.path} {wrong.message}", hint)

    def _is_key_of(self, target: str) -> Callable[[str], str]:
        def check(answer: str) -> str:
            for wrong in self._errors(Wish(to=target, fields={"--key-ref": [[answer]]})):
                raise UsageError(f"A gateway would refuse it: {wrong.path} {wrong.message}", "Ctrl-C stops.")
            return answer

        return check

    def _errors(self, wish: Wish) -> list[PlacedFinding]:
        new = make_config(wish, self_hosted=self._self_hosted)
        return [each for each in new.findings if each.level == "error"]

    def _field(self, option: str) -> Callable[[str], str]:
        """The check of a field's value; alone, or beside the cache that it is of."""
        beside = {"--cache": [["simple"]]} if option == "--max-age" else {}

        def check(answer: str) -> str:
            field = next(each for each in FIELDS if each.option == option)
            field.read("That", answer)
            for wrong in self._errors(Wish(fields={**beside, option: [[answer]]})):
                if option_of(path_of(wrong.path)) == option:  # else it is of what is not asked yet
                    raise UsageError(f"It {wrong.message}", f"Such as {field.form}.")
            return answer

        return check

    def _fields(self) -> dict[str, list[list[str]]]:
        retry = ask_valid("Ask the same target again, how often (0 to 5)", self._field("--retry"), "0")
        cache = choose(self._environ, "Keep answers at the gateway?", _CACHES)
        age = ask_valid("For how long", self._field("--max-age"), "1h") if cache != "none" else ""
        limit = ask_valid("Give up after (such as 60s; empty: never)", self._field("--timeout"))
        said = {
            "--retry": retry if int(retry) else "",
            "--cache": cache.replace("none", ""),
            "--max-age": age,
            "--timeout": limit,
        }
        return {option: [[word]] for option, word in said.items() if word}


def ask_config(app: App, *, self_hosted: bool) -> NewConfig:
    """The config that the person wishes; asked anew where only all answers together are refused."""
    while True:
        new = make_config(Asking(app, self_hosted=self_hosted).wish(), self_hosted=self_hosted)
        if not new.is_wrong:
            return new
        say(f"  A gateway would refuse that: {refused_words(new.findings)}.\n")


def show_it(new: NewConfig) -> bool:
    """Show the config and what it means; whether the person sees standard output too."""
    say(f"\n{new.text}\n{new.sentence}\n")
    return sys.stdout.isatty()


def where_to(output: str | None, *, force: bool) -> tuple[str | None, bool]:
    """The file that it goes to, None for none; and whether one that is there is replaced.

    One that was named before is asked about all the same. Raises DeclinedError for a no.
    """
    if output is not None:
        if not confirm(f"Write it to {output}?", default=True):
            raise DeclinedError("Nothing was written", "`pkcc-tray config new` starts again.")
        return output, force
    path = ask_valid("Write it to which file (empty: only show it)", _writable, complete=paths)
    return path or None, bool(path) and os.path.lexists(os.path.expanduser(path))


def _writable(answer: str) -> str:
    from tray.actions.account.configs.new_file import place_for

    path = place_for(answer, force=True)
    if os.path.lexists(path) and not confirm(f"{path} is there already. Replace it?", default=False):
        raise PkccError("It was left as it is", "Name another file.")
    return answer


def _weight(answer: str) -> str:
    found = number(answer)
    if found is None or found < 0:
        raise UsageError("A weight is a number, 0 or more", "Such as 0.7.")
    return answer


def _condition(answer: str) -> str:
    read_query(answer.split())
    return answer


def _checked(read: Callable[[str, str], object]) -> Callable[[str], str]:
    def check(answer: str) -> str:
        read("That", answer)
        return answer

    return check
