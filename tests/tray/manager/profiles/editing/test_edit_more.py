"""Edit: the profile's key, favourite, file and copy; what no page shows, and one that cannot be read."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from support.editing import edit, fields_of, resend
from support.home.user_home import KEY


def test_no_key_is_on_the_page_and_a_masked_text_stays_what_it_was(
    visitor: Any, home: Any, work: None
) -> None:
    path = home.profiles / "work.json"
    plain = json.loads(path.read_text())
    plain["extra_headers"] = {"X-License-Key": "clear-text-of-old", "X-Team": "a"}
    plain["route"] = {"kind": "config", "inline": {"api_key": "keyring:work", "provider": "openai"}}
    path.write_text(json.dumps(plain))
    text = visitor.get("/edit/work").text
    assert "clear-text-of-old" not in text
    assert "This profile has a config of its own" in text
    assert edit(visitor, label="Job").status_code == 303
    stored = home.stored()
    assert stored["extra_headers"]["X-License-Key"] == "clear-text-of-old"
    assert stored["route"]["inline"]["api_key"] == "keyring:work"


def test_a_profile_can_take_another_stored_key(visitor: Any, home: Any, work: None) -> None:
    home.add("spare", "--provider", "@spare")
    text = visitor.words("/edit/work")
    assert "Stored as work , in the vault" in text
    assert "Also used by No other profile" in text
    edit(visitor, key="keyring:spare")
    assert home.stored()["api_key"] == "keyring:spare"
    assert "Also used by spare" in visitor.words("/edit/work")


def test_a_profile_that_is_not_there_says_so(visitor: Any, home: Any, work: None) -> None:
    assert "There is no profile 'nobody'" in visitor.words("/edit/nobody")
    assert "There is no profile 'nobody'" in visitor.words("/remove/nobody")


def test_a_duplicate_is_edited_next(visitor: Any, home: Any, work: None) -> None:
    assert visitor.fill("/duplicate", name="work").headers["location"] == "/edit/work-2"
    assert "Both use the same key" in visitor.words("/edit/work-2")
    assert home.stored("work-2")["label"] == "Work (2)"
    assert visitor.fill("/duplicate", name="work").headers["location"] == "/edit/work-3"


def test_a_favourite_is_ticked_here_too(visitor: Any, home: Any, work: None) -> None:
    edit(visitor, favourite="1")
    assert "Work is saved Changed: Favourite" in visitor.words()
    assert re.search(r'name="favourite" value="1" checked', visitor.get("/edit/work").text)
    fields = fields_of(visitor.get("/edit/work").text)
    del fields["favourite"]
    resend(visitor, "/edit/work", fields, name="job")
    assert "checked" not in re.findall(r'<input[^>]*name="favourite"[^>]*>', visitor.get("/edit/job").text)[0]


def test_a_profile_that_cannot_be_read_leads_to_its_file(
    visitor: Any, home: Any, work: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home.profiles / "bad.json").write_text('{"api_key": "clear-text-of-old"')
    page = visitor.get("/edit/bad")
    assert page.status_code == 200
    assert "clear-text-of-old" not in page.text
    assert "bad cannot be read" in visitor.words("/edit/bad")
    monkeypatch.setenv("PATH", str(home.profiles))  # nothing opens anything
    job = visitor.fill("/open-profile", name="bad").headers["location"]
    while (answer := visitor.get(job)).status_code != 303:
        pass
    assert answer.headers["location"] == "/edit/bad"
    assert f"Nothing here opens {home.profiles / 'bad.json'}" in visitor.words("/edit/bad")
    assert visitor.fill("/open-profile", name="../../secrets").headers["location"] == "/"


def test_the_profile_as_json_and_as_a_bundle_hold_no_secret(visitor: Any, home: Any, work: None) -> None:
    path = home.profiles / "work.json"
    plain = json.loads(path.read_text())
    path.write_text(json.dumps({**plain, "extra_headers": {"X-License-Key": "clear-text-of-old"}}))
    page = visitor.get("/json/work").text
    assert "&#34;provider&#34;: &#34;@anthropic-prod&#34;" in page
    answer = visitor.get("/export/work")
    assert answer.headers["content-disposition"] == 'attachment; filename="work.pkcc.json"'
    assert "pkcc_tray_bundle" in answer.text
    for text in (page, answer.text):
        assert "clear-text-of-old" not in text
        assert KEY not in text


def test_a_model_that_is_retired_is_said_with_what_takes_its_place(visitor: Any, home: Any) -> None:
    home.add("old", "--provider", "@a", "--sonnet", "claude-3-5-sonnet-20241022")
    page = visitor.get("/edit/old").text
    assert "Anthropic retired this model on" in page
    assert 'data-use="models.sonnet" data-value="claude-' in page


def test_what_else_may_see_the_key_is_edited_too(visitor: Any, home: Any, work: None) -> None:
    edit(visitor, trusted="proxy:http://proxy.example:3128/\n\n url:https://gateway.example/v1 ")
    assert home.stored()["trusted"] == ["proxy:http://proxy.example:3128", "url:https://gateway.example/v1"]
    assert "What else may see the key" in visitor.words("/history")
    assert edit(visitor).status_code == 303
    for wrong in ("gateway.example", "url:https://me:hunter2@gateway.example", "ca:"):
        answer = edit(visitor, trusted=wrong)
        assert answer.status_code == 422, wrong
        assert 'href="#trusted"' in answer.text
        assert "hunter2" not in answer.text
    answer = edit(visitor, gateway="own", address="https://me:hunter2@gateway.example")
    assert answer.status_code == 422
    assert "hunter2" not in answer.text
    assert 'value="https://gateway.example"' in answer.text
    edit(visitor, trusted="")
    assert "trusted" not in home.stored()
