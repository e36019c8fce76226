"""Templates into pages: everything that is put in is escaped."""

from __future__ import annotations

import os
import re
from functools import cache, partial
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from profiles import __version__
from profiles.base.text import took_words
from tray.manager.views.ways import way_of

if TYPE_CHECKING:
    from typing import Any

_COMMAND = re.compile(r"`([^`]*)`")


def draw(template: str, **shown: Any) -> str:
    """The page that a template makes of what is shown."""
    return environment().get_template(template).render(shown)


@cache
def environment() -> Environment:
    """What makes pages of templates."""
    folder = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals["version"] = __version__
    made.filters["sentence"] = sentence
    made.filters["commands"] = commands
    made.filters["remedies"] = partial(commands, lead=True)
    made.filters["took"] = took_words
    return made


def sentence(text: str) -> Markup:
    """A note as a sentence: its first letter large, a full stop, each command followed by its page here."""
    text = f"{text[:1].upper()}{text[1:]}" if text[:1] != "`" else text
    if text and text[-1] not in ".:?!":
        text += "."
    return commands(text, lead=True)


def commands(text: str, *, lead: bool = False) -> Markup:
    """A text whose commands are in their own type; they `lead` to the pages that do the same."""
    pieces = _COMMAND.split(text)
    return Markup("").join(
        _command(piece, lead=lead) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


def _command(command: str, *, lead: bool) -> Markup:
    drawn = Markup("<code>{}</code>").format(command)
    way = way_of(command) if lead else None
    return drawn if way is None else drawn + Markup(' (<a href="{1}">{0}</a>)').format(*way)
