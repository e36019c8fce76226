"""A person who opens no terminal is never left with a command: its page stands behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.catalog_homes import Publisher, join

from profiles.gateway.asking.steps import Veil
from tray.manager.views.drawing import commands, environment, sentence
from tray.manager.views.fields import FieldError, Fields
from tray.manager.views.ways import way_of


def test_a_command_in_a_sentence_is_followed_by_its_page() -> None:
    said = sentence("remove it first: `pkcc-tray project rule remove '~/a/**'`")
    code = "<code>pkcc-tray project rule remove &#39;~/a/**&#39;</code>"
    assert said == f'Remove it first: {code} (<a href="/projects">Open Projects</a>).'
    assert "<a" not in commands("`pkcc-tray key list`")  # a heading, or a link itself


def test_a_command_without_a_page_or_about_no_profile_leads_nowhere() -> None:
    assert way_of("pkcc-tray exec work") is None
    assert way_of("pkcc-tray set NAME label x") is None
    assert way_of("git status") is None
    assert way_of("pkcc-tray edit work") == ("Edit", "/edit/work")


@pytest.mark.parametrize(
    ("command", "page"),
    [
        ("pkcc-tray key set work", ("Enter key", "/keys/work/enter")),
        ("pkcc-tray key set acme/work", ("Enter key", "/keys/acme/work/enter")),
        ("pkcc-tray key set NAME", ("Open Keys", "/keys")),
        ("pkcc-tray key vault init", ("Create a vault", "/keys/vault")),
        ("pkcc-tray catalog accept acme --input user=j", ("See the catalog", "/catalogs/acme")),
        ("pkcc-tray catalog update", ("Open Catalogs", "/catalogs")),
        ("pkcc-tray switch work", ("Open Overview", "/")),
        ("pkcc-tray off", ("Open Overview", "/")),
        ("pkcc-tray remove work", ("Remove", "/remove/work")),
        ("pkcc-tray set acme/work label x", ("See its catalog", "/catalogs/acme")),
    ],
)
def test_what_is_named_most_has_a_page_about_the_very_thing(command: str, page: tuple[str, str]) -> None:
    assert way_of(command) == page


def test_what_is_wrong_in_a_field_leads_on_too() -> None:
    """Beside a field there was the command alone: its reader had to find the page."""
    text = '{% from "parts/fields.html" import text_field with context %}{{ text_field("key", "Key") }}'
    fields = Fields(None, [FieldError("key", "None is stored: `pkcc-tray key set work`")])
    page = environment().from_string(text).render(fields=fields)
    assert '(<a href="/keys/work/enter">Enter key</a>)' in page


def test_a_profile_that_a_rule_names_leads_to_the_rules(visitor: Any, home: Any) -> None:
    """Removing it was a dead end: a command to type."""
    home.add("work")
    home.ok("project", "rule", "add", "~/work/**", "--profile", "work", "--metadata", "a=b")
    assert '(<a href="/projects">Open Projects</a>)' in visitor.get("/remove/work").text


def test_what_others_wrote_leads_nowhere(visitor: Any, home: Any, tmp_path: Path) -> None:
    """A publisher's words would have a button of ours: `Remove`, beside the reason to press it."""
    publisher = Publisher(tmp_path / "share" / "pkcc")
    asks = "It is wrong: `pkcc-tray remove own`"
    publisher.publish(withdrawn=[{"name": "work", "why": asks}], title=asks, contact=asks)
    home.add("own")
    join(home, publisher)
    pages = [visitor.get(page).text for page in ("/", "/catalogs", "/catalogs/acme", "/doctor")]
    assert any("It is wrong: &#39;pkcc-tray remove own&#39;" in page for page in pages)
    assert [page for page in pages if 'href="/remove/own"' in page and "It is wrong: <code>" in page] == []
    assert "`" not in home.ok("catalog", "show", "acme").out.partition("It is wrong")[2].partition("\n")[0]


def test_what_a_gateway_says_leads_nowhere() -> None:
    """Who runs a gateway that fails would have a reader of *Check* led to a form."""
    said = Veil([]).quote("no such route: `pkcc-tray remove work`")
    assert said == "no such route: 'pkcc-tray remove work'"
    assert "<a" not in sentence(said)


@pytest.mark.parametrize("name", ["a/../../remove/work", "a//b", "acme/work/more", "acme/.."])
def test_what_is_no_name_leads_to_no_page_of_it(name: str) -> None:
    """A catalog's publisher says in words why a profile is withdrawn: that led to any page they chose."""
    for command in ("key set", "remove", "edit", "catalog accept"):
        way = way_of(f"pkcc-tray {command} {name}")
        assert way is None or way[1] in ("/keys", "/catalogs"), way
