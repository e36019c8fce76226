"""Configs in the manager: the list, what opens from it, and what is found there again."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from support.editing import FALLBACK, draft, press, wait_for
from support.gateway.account import HostedAccount

from profiles.base.errors import ConflictError
from tray.actions.account.configs.opened import open_saved
from tray.manager.pages.configs import listing
from tray.manager.serving.drafts import MOST, Source

SECRET = "sk-CANARY-of-a-provider-0123456789abcdef"


def test_nothing_is_asked_before_a_button_says_so(visitor: Any, home: Any, hosted: HostedAccount) -> None:
    home.add("work", "--label", "Work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    assert "They were not read yet" in visitor.words("/configs", "main")
    assert hosted.asked == []
    hosted.shelf.save("Main", FALLBACK)
    at = visitor.carry_out("/configs/read", profile="work").headers["location"]
    assert at == "/configs"
    assert "Main pc-main-" in visitor.words("/configs", "main")
    assert "Read just now" in visitor.words("/configs", "main")


def test_a_config_that_is_not_open_any_more_leads_to_the_list(visitor: Any) -> None:
    assert visitor.get("/configs/pc-gone").headers["location"] == "/configs"
    assert visitor.get("/configs/pc-gone/use").headers["location"] == "/configs"
    assert "not open any more" in visitor.words("/configs", "main")


def test_a_rows_menu_leads_on(visitor: Any, home: Any, work: HostedAccount) -> None:
    """Without a look at the form: a copy in a file, a profile for it."""
    slug = work.shelf.save("Both", FALLBACK)
    sent = {"kind": "saved", "which": slug, "profile": "work", "name": "Both"}
    at = visitor.carry_out("/configs/open", **sent, then="file").headers["location"]
    assert at == f"/configs/{slug}/file"
    file = home.root / "copy.json"
    assert visitor.fill(at, file=str(file)).headers["location"] == f"/configs/{slug}"
    assert json.loads(file.read_text()) == FALLBACK
    at = visitor.carry_out("/configs/open", **sent, then="use").headers["location"]
    assert "Work Now @anthropic-prod" in visitor.words(at, "main")
    held = visitor.fill("/configs/open", kind="file", which=str(file), then="save").headers["location"]
    assert "Save at Portkey" in visitor.words(held, "main")


def test_what_is_no_config_is_not_opened(visitor: Any, home: Any) -> None:
    """Some other file is not shown, whatever is in it."""
    file = home.root / "other.json"
    for text in ("[1]", "no json", f"{SECRET}"):
        file.write_text(text)
        assert visitor.fill("/configs/open", kind="file", which=str(file), back="/configs").status_code == 303
        page = visitor.get("/configs").text
        assert "notice-bad" in page
        assert SECRET not in page
    visitor.fill("/configs/open", kind="held", which="nobody", back="/configs")
    assert "nobody" in visitor.words("/configs", "main")


def test_what_is_not_saved_yet_is_found_again(visitor: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    assert "Not saved yet" not in visitor.words("/configs", "main")
    press(visitor, path, "", t__0__provider="@a")
    assert f'href="{path}"' in visitor.get("/configs").text
    assert "Not saved yet" in visitor.words("/configs", "main")


def test_opening_a_config_again_goes_on_with_what_was_changed(
    visitor: Any, site: Any, opened: str, work: HostedAccount
) -> None:
    """Else a click on Edit in the list would throw the changes away."""
    press(visitor, opened, "", t__0__attempts="4")
    sent = {"kind": "saved", "which": opened.rpartition("/")[2], "profile": "work", "name": "Main"}
    assert visitor.fill("/configs/open", **sent).headers["location"] == opened
    assert draft(site, opened)["targets"][0]["retry"] == {"attempts": 4}


def test_a_config_that_is_opened_twice_at_once_goes_on_with_what_was_changed(
    visitor: Any, site: Any, opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second click on Edit, answered late, would throw the changes away that were made since the first."""
    read, go_on = threading.Event(), threading.Event()

    def slow(*asked: Any) -> Any:
        found = open_saved(*asked)
        read.set()
        assert go_on.wait(20)
        return found

    monkeypatch.setattr(listing, "open_saved", slow)
    sent = {"kind": "saved", "which": opened.rpartition("/")[2], "profile": "work", "name": "Main"}
    job = visitor.fill("/configs/open", **sent).headers["location"]
    assert read.wait(20)
    press(visitor, opened, "", t__0__attempts="4")
    go_on.set()
    assert wait_for(visitor, job) == opened
    assert draft(site, opened)["targets"][0]["retry"] == {"attempts": 4}


def test_json_that_is_none_yet_is_gone_on_with(visitor: Any, home: Any) -> None:
    """Half a config, typed as JSON, is changed all the same."""
    file = home.root / "mine.json"
    file.write_text(json.dumps(FALLBACK))
    sent = {"kind": "file", "which": str(file)}
    path = visitor.fill("/configs/open", **sent).headers["location"]
    visitor.fill(path, **{"as": "json", "json": '{"provider": "@half'}, do="stay")
    assert visitor.fill("/configs/open", **sent).headers["location"] == path
    assert "@half" in visitor.get(path).text
    visitor.fill(path, **{"as": "json", "json": '{"provider": "@half'}, do="discard")
    assert "Not saved yet" not in visitor.words("/configs", "main")


def test_none_is_dropped_that_is_not_saved(site: Any) -> None:
    """ "Kept until the manager closes", the list says: of the 41st, too."""
    first = site.drafts.open("", Source("new"), {})
    for number in range(MOST):
        site.drafts.open("", Source("new"), {}).change({"retry": {"attempts": number}})
    assert site.drafts.find(first.address) is None  # in which nothing was changed
    assert len(site.drafts.unsaved()) == MOST
    with pytest.raises(ConflictError):
        site.drafts.open("", Source("new"), {})
    assert len(site.drafts.unsaved()) == MOST


def test_a_profile_is_added_with_a_config(visitor: Any, opened: str) -> None:
    slug = opened.rpartition("/")[2]
    assert 'formaction="/add/with"' in visitor.get(f"{opened}/use").text
    assert 'action="/add/with"' in visitor.get("/configs").text
    assert visitor.fill("/add/with", config=slug).headers["location"] == "/add"
    assert f"A profile that uses {slug}" in visitor.words("/add", "main")


def test_keys_of_one_workspace_have_one_card(visitor: Any, home: Any, hosted: HostedAccount) -> None:
    """A person with five keys saw the same configs five times, and looked for what differed."""
    slug = hosted.shelf.save("Main", FALLBACK)
    for name in ("work", "home"):
        home.add(name, "--provider", "@anthropic-prod", "--gateway", hosted.url)
        visitor.carry_out("/configs/read", profile=name)
    home.add("later", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    words = visitor.words("/configs", "main")
    assert words.count(f"Main {slug}") == 1
    assert "Saved in the workspace of the keys home, work" in words
    assert "Saved in the workspace of the key later" in words


def test_an_account_without_its_key_asks_for_the_key(visitor: Any, home: Any) -> None:
    """Its button could only fail: there is nothing to read the configs with."""
    home.ok("add", "acme", "--provider", "@acme", "--key-ref", "keyring:acme")
    page = visitor.get("/configs").text
    assert 'href="/keys/acme/enter"' in page
    assert "Read the configs" not in page
