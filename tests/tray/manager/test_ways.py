"""A person who opens no terminal is never left with a command: its page stands behind it."""

from __future__ import annotations

from typing import Any

from tray.manager.views.drawing import commands, sentence
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


def test_a_profile_that_a_rule_names_leads_to_the_rules(visitor: Any, home: Any) -> None:
    """Removing it was a dead end: a command to type."""
    home.add("work")
    home.ok("project", "rule", "add", "~/work/**", "--profile", "work", "--metadata", "a=b")
    assert '(<a href="/projects">Open Projects</a>)' in visitor.get("/remove/work").text
