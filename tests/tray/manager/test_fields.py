"""A form with something wrong in it is shown again, with what was typed, but never a key."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import ChoiceLoader, DictLoader
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from profiles.base.errors import ConflictError
from tray.manager.access.gate import Gate
from tray.manager.answering.form import Form, form
from tray.manager.answering.page import page
from tray.manager.pages.shell import in_shell
from tray.manager.views import drawing
from tray.manager.views.fields import FieldError

KEY = "pk-live-0123456789abcdefghij"
TEMPLATE = """{% extends "shell.html" %}
{% from "parts/fields.html" import area_field, choice_cards, combo_field, fold, form, key_field, pairs_field,
   save_bar, segment, select_field, text_field, tick with context %}
{% block title %}Try{% endblock %}{% block heading %}<h1>Try</h1>{% endblock %}
{% block page %}{% call form(asks=true) %}
{{ text_field("label", "Name", "Work", hint="What you call it.") }}
{{ key_field("key", "New key", hint="Paste it.") }}
{{ area_field("more", "More", optional=true) }}
{{ select_field("format", "API format", [("messages", "messages (recommended)"), "vertex"], "messages") }}
{{ combo_field("sonnet", "Sonnet", [("claude-sonnet-4-6", "newest"), "claude-opus-4-6"]) }}
{% call(value) choice_cards("place", "Where",
   [("keyring", "System keyring", "Small"), ("file", "A file")]) %}
{% if value == "file" %}{{ text_field("file", "Path") }}{% endif %}{% endcall %}
{{ segment("kind", "Kind", [("provider", "Provider"), ("config", "Config")], "provider") }}
{{ tick("test", "Test it", true, hint="Free.") }}
{{ pairs_field("metadata", "Metadata", [("team", "platform")]) }}
{% call fold("Advanced") %}{{ text_field("trace", "Trace id") }}{% endcall %}
{% call save_bar(discard="/") %}<button class="btn btn-primary">Save</button>{% endcall %}
{% endcall %}{% endblock %}"""


@page
def show(site: Any, session: Any, request: Any) -> Response:
    return in_shell(site, session, request, "try")


@form
def send(site: Any, session: Any, fields: Form) -> Response | str:
    if fields.text("label") == "broken":
        raise ConflictError("It is in use", "Choose `pkcc-tray list`.")
    if fields.text("label") == "good":
        return f"/{fields.pasted('key')}/{fields.is_ticked('test')}/{fields.pairs('metadata')}"
    error = FieldError.of("label", ConflictError("The name is taken", "Choose another than `work`."))
    return in_shell(site, session, fields.request, "try", errors=[FieldError("place", "Choose one"), error])


@pytest.fixture
def visitor(site: Any, browser: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    real = drawing.environment()
    both = ChoiceLoader([DictLoader({"try.html": TEMPLATE}), real.loader])  # type: ignore[list-item]
    monkeypatch.setattr(real, "loader", both)
    app = Starlette(routes=[Route("/", show, methods=["GET"]), Route("/", send, methods=["POST"])])
    app.state.site = site
    made = browser(Gate(app, site.host, site.clock))
    made.cookies.set(site.cookie_name, site.begin_session().cookie)
    return made


def test_a_form_shows_what_it_holds(visitor: Any) -> None:
    text = visitor.get("/").text
    assert "<title>Try" in text
    assert 'value="Work"' in text
    assert 'name="test" value="1" checked' in text
    assert '<option value="messages" selected>' in text
    assert 'class="errors"' not in text
    assert "aria-invalid" not in text


def test_what_was_typed_is_there_again_but_never_a_key(visitor: Any) -> None:
    answer = visitor.fill(
        "/",
        label="<i>Mine</i>",
        key=KEY,
        more="two\nlines",
        format="vertex",
        sonnet="claude-x",
        place="file",
        file="/a/b",
        kind="config",
        **{"metadata-key": ["a", "", "b"], "metadata-value": ["1", "", "2"]},
    )
    text = answer.text
    assert answer.status_code == 422
    assert KEY not in text
    assert 'value="&lt;i&gt;Mine&lt;/i&gt;"' in text
    assert ">\ntwo\nlines</textarea>" in text
    assert '<option value="vertex" selected>' in text
    for value in ("claude-x", "/a/b", "a", "1", "b", "2"):
        assert f'value="{value}"' in text
    assert 'value="file" checked' in text
    assert 'value="config" checked' in text
    assert 'name="test" value="1" checked' not in text  # it was unticked
    assert text.count('class="pair"') == 2 + 2 + 1  # those without a script, and the one to copy


def test_what_is_wrong_is_said_above_and_beside_the_field(visitor: Any) -> None:
    text = visitor.fill("/", label="taken", key=KEY).text
    assert "<title>Error: Try" in text
    assert 'role="alert" aria-labelledby="errors-h"><h2 id="errors-h">There is a problem</h2>' in text
    assert '<a href="#label">The name is taken. Choose another than <code>work</code>.</a>' in text
    assert 'aria-describedby="label-h label-e" aria-invalid="true"' in text
    assert '<a href="#place">Choose one</a>' in text
    assert 'id="place" value="keyring"' in text  # where the link leads
    assert '<details class="fold" open>' in text


def test_a_key_field_is_none_that_a_browser_or_a_password_manager_keeps_or_fills(visitor: Any) -> None:
    text = visitor.get("/").text
    field = text[text.index('id="key"') :].partition(">")[0]
    for attribute in (
        'type="password"',
        'autocomplete="one-time-code"',  # with "off" Chromium asks whether to save it as a password
        "data-1p-ignore",
        'data-lpignore="true"',
        "data-bwignore",
        'data-form-type="other"',
    ):
        assert attribute in field
    assert "value" not in field


def test_what_an_action_raises_is_said_on_the_page_of_its_form(visitor: Any) -> None:
    assert visitor.fill("/", label="broken").headers["location"] == "/"
    assert "It is in use" in visitor.get("/").text


@pytest.mark.parametrize("pasted", [KEY, f"  {KEY}\r\n", f'"{KEY}"', f"' {KEY} '", f"`{KEY}`"])
def test_what_came_along_with_a_paste_is_dropped(visitor: Any, pasted: str) -> None:
    answer = visitor.fill(
        "/", label="good", key=pasted, test="1", **{"metadata-key": " a ", "metadata-value": "b"}
    )
    assert answer.headers["location"] == f"/{KEY}/True/[('a',%20'b')]"


@pytest.mark.parametrize("back", ["//elsewhere.example", "https://elsewhere.example/", "/nowhere"])
def test_no_form_leads_elsewhere(visitor: Any, back: str) -> None:
    assert visitor.fill("/", label="broken", back=back).headers["location"] == "/"
