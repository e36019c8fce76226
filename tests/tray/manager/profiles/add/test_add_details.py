"""Steps 3 and 4: models, the name, and what few profiles need."""

from __future__ import annotations

from typing import Any

import pytest
from support.adding import Person
from support.gateway.account import HostedAccount
from support.gateway.account_rows import model


def test_a_model_that_retires_is_said_with_the_one_to_take(person: Person, hosted: HostedAccount) -> None:
    hosted.models.append(model("anthropic-prod", "claude-3-opus-20240229"))
    person.key()
    person.route()
    person.models(model_opus="claude-3-opus-20240229")
    page = person.html("/add/models")
    assert "Anthropic retired this model on 5 January 2026." in page
    assert 'data-use="model-opus" data-value="claude-opus-5-5"' in page


@pytest.mark.parametrize("dialect", ["vertex", "bedrock"])
def test_formats_with_names_of_their_own_need_a_model(person: Person, home: Any, dialect: str) -> None:
    person.key()
    person.route()
    assert person.models() == "/add/details"
    assert person.details(dialect=dialect, delivery="settings") == "/add/models"
    text = person.see("/add/models")
    assert f"The {dialect} format needs at least one model, because model names differ there" in text
    assert person.models(model_sonnet="claude-sonnet-5-5") == "/add/details"
    assert person.details(dialect=dialect, delivery="settings") == "/add/review"
    person.send("/add/save", switch="0")
    assert home.stored()["gateway"].endswith("/v1")
    assert "key_delivery" not in home.stored()  # it is this format's own


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"label": ""}, "Give it a name, such as Work"),
        ({"name": "spare"}, "There is a profile 'spare' already"),
        ({"name": "no/slash"}, "cannot be the name of a profile"),
        ({"trace": "two words\u00e9"}, "Trace id must be printable ASCII text on one line"),
        ({"metadata-key": ["team"], "metadata-value": ["x" * 200]}, "is longer than 128 characters"),
        (
            {"headers-key": ["x-portkey-config"], "headers-value": ["a"]},
            "has a field of its own in a profile",
        ),
        ({"headers-key": ["X-Session-Token"], "headers-value": ["abc"]}, "looks like a secret"),
        ({"env-key": ["FOO"], "env-value": ["uK3VbXq9aZ0pLm2RtYs7WcEfGh1J"]}, "looks like a secret"),
        ({"metadata-key": ["api_key"], "metadata-value": ["hunter2"]}, "looks like a secret"),
        ({"env-key": ["ANTHROPIC_BASE_URL"], "env-value": ["a"]}, "is written by pkcc-tray"),
        ({"dialect": "soap"}, "Choose an API format"),
        ({"delivery": "post"}, "Choose how Claude Code gets the key"),
    ],
)
def test_what_is_wrong_with_the_details_is_said_there(
    person: Person, home: Any, answers: Any, wrong: str
) -> None:
    home.add("spare", "--provider", "@spare")
    person.key()
    person.route()
    person.models()
    text = person.details(**answers)
    assert "There is a problem" in text
    assert wrong in text


def test_a_short_name_is_made_of_the_name_and_is_free(person: Person, home: Any) -> None:
    home.add("acme-client", "--provider", "@acme")
    person.key()
    person.route()
    person.models()
    assert person.details(label="Acme (client)", name="") == "/add/review"
    assert "acme-client-2" in person.see("/add/review")
