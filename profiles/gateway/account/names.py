"""What an account offers to be typed, as it is kept: names alone, read in the time that a press of Tab has.

Nothing is asked. A name that a shell could take for anything but a word is left out: it can still be typed.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from profiles.base.secret import Secret
from profiles.gateway.account.calls import CONFIGS, MODELS, PROVIDERS
from profiles.gateway.account.kept import KeptAnswers, directory_of
from profiles.gateway.account.place import Place
from profiles.gateway.account.records.row import Row, read_rows
from profiles.gateway.account.remembered import remembered_place
from profiles.portkey.editions import PORTKEY, is_portkey_url
from profiles.profile.rendering import base_url_of, gateway_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from profiles.base.locations import Locations
    from profiles.gateway.account.calls import Call
    from profiles.profile.rendering import Rendered

_PLAIN = re.compile(r"@?\w[\w@/.:+,=%-]{0,254}")  # a word to bash, zsh, fish and PowerShell alike
_PLACE = re.compile(r"[0-9a-f]{32}")
_MOST = 4  # accounts, the newest first


class KeptNames:
    """The names that one account offers, or several."""

    def __init__(self, kept: Iterable[KeptAnswers]) -> None:
        self._kept = tuple(kept)

    def providers(self) -> dict[str, str]:
        """Such as `{"anthropic-prod": "Anthropic, production"}`; those that models name, without a list."""
        found = dict(self._described(PROVIDERS))
        for model in () if found else self.models("@"):
            slug, slash, _ = model[1:].partition("/")
            if slash:
                found.setdefault(slug, "")
        return found

    def configs(self) -> dict[str, str]:
        """Such as `{"pc-main-ca7a87": "Main fallback"}`."""
        return dict(self._described(CONFIGS))

    def saved_configs(self) -> list[tuple[str, str]]:
        """Id and name of every config, also of such as no shell takes for a word."""
        return [
            each
            for rows in self._rows(CONFIGS)
            for each in read_rows(rows, lambda row: (row.name("slug"), row.text("name")))
        ]

    def models(self, begin: str = "") -> list[str]:
        """The models' ids that begin so, such as `@anthropic-prod/claude-sonnet-5-5`.

        Read without a record for each: there may be tens of thousands.
        """
        found: dict[str, None] = {}
        for rows in self._rows(MODELS):
            for row in rows if isinstance(rows, list) else ():
                name = row.get("id") if isinstance(row, dict) else None
                if isinstance(name, str) and name.startswith(begin) and _PLAIN.fullmatch(name):
                    found[name] = None
        return list(found)

    def _described(self, call: Call[Any]) -> Iterator[tuple[str, str]]:
        for rows in self._rows(call):
            for slug, words in read_rows(rows, _described):
                if _PLAIN.fullmatch(slug):
                    yield slug, words

    def _rows(self, call: Call[Any]) -> Iterator[object]:
        for answers in self._kept:
            kept = answers.load(call.name)
            if kept is not None:
                yield kept.answer


def _described(row: Row) -> tuple[str, str]:
    """The slug, and what people call it, with its status where it is not in use."""
    slug, name, status = row.name("slug"), row.text("name"), row.text("status")
    words = [name if name != slug else "", f"({status})" if status not in ("", "active") else ""]
    return slug, " ".join(filter(None, words))


def names_of(locations: Locations, rendered: Rendered) -> KeptNames:
    """What is kept of a profile's account; its key is not looked up."""
    place = remembered_place(locations, gateway_root(rendered), rendered.key_ref)
    return KeptNames([] if place is None else [KeptAnswers(locations, place)])


def is_managed(locations: Locations, rendered: Rendered) -> bool:
    """Whether a profile's gateway has an account, as far as is known: one's own, where it has answered."""
    if is_portkey_url(base_url_of(rendered)):
        return True
    names = names_of(locations, rendered)
    return bool(names.providers() or names.saved_configs())


def all_names(locations: Locations) -> KeptNames:
    """What is kept of those accounts that were asked last."""
    found = []
    with suppress(OSError), os.scandir(directory_of(locations)) as entries:
        for entry in entries:
            if _PLACE.fullmatch(entry.name):
                with suppress(OSError):
                    found.append((entry.stat().st_mtime, entry.name))
    return KeptNames(
        KeptAnswers(locations, Place("", Secret(""), PORTKEY, known_as=name))
        for _, name in sorted(found, reverse=True)[:_MOST]
    )
