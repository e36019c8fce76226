"""A config of the builder is saved: at Portkey, in a file, in a profile; nothing is written over."""

from __future__ import annotations

import json
import re
import threading
from html import unescape
from typing import Any

import pytest
from support.editing import FALLBACK, draft, press, wait_for
from support.gateway.account import HostedAccount

from tray.actions.more.keep_config import keep_at_portkey
from tray.manager.pages.configs import saving

SECRET = "sk-CANARY-of-a-provider-0123456789abcdef"


def test_a_config_at_portkey_is_opened_changed_and_saved(
    visitor: Any, site: Any, opened: str, work: HostedAccount
) -> None:
    text = visitor.words(opened, "main")
    assert "1 field is not in this form and stays as it is: targets[0].openai_project" in text
    press(visitor, opened, "", t__0__attempts="4", t__1__model="claude-opus-4-6")
    assert "2 changes not saved" in visitor.words(opened, "main")
    assert wait_for(visitor, press(visitor, opened, "portkey")) == opened
    assert "Saved at Portkey" in visitor.words(opened, "main")
    saved = work.shelf.now(opened.rpartition("/")[2])
    assert saved["targets"][0] == {**FALLBACK["targets"][0], "retry": {"attempts": 4}}
    assert saved["targets"][1]["override_params"] == {"model": "claude-opus-4-6"}


def test_a_change_at_portkey_meanwhile_is_told_and_not_written_over(
    visitor: Any, site: Any, opened: str, work: HostedAccount
) -> None:
    slug = opened.rpartition("/")[2]
    press(visitor, opened, "", t__0__attempts="4")
    theirs = {"provider": "@theirs"}
    work.shelf.change(slug, theirs)
    assert wait_for(visitor, press(visitor, opened, "portkey")) == opened
    assert "Main was changed meanwhile" in visitor.words(opened, "main")
    assert work.shelf.now(slug) == theirs
    assert draft(site, opened)["targets"][0]["retry"] == {"attempts": 4}
    wait_for(visitor, press(visitor, opened, "mine"))
    assert work.shelf.now(slug)["targets"][0]["retry"] == {"attempts": 4}


def test_the_newer_one_can_be_loaded_instead(
    visitor: Any, site: Any, opened: str, work: HostedAccount
) -> None:
    work.shelf.change(opened.rpartition("/")[2], {"provider": "@theirs"})
    press(visitor, opened, "", t__0__attempts="4")
    wait_for(visitor, press(visitor, opened, "portkey"))
    wait_for(visitor, press(visitor, opened, "newer"))
    assert draft(site, opened) == {"provider": "@theirs"}
    assert "Nothing was written over it" not in visitor.words(opened, "main")


def test_what_is_wrong_keeps_it_from_being_saved_and_is_said_beside_its_field(
    visitor: Any, opened: str, work: HostedAccount
) -> None:
    before = len(work.asked)
    assert press(visitor, opened, "portkey", t__0__attempts="8") == opened
    text = visitor.get(opened).text
    assert "<title>Error: Main" in text
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text))
    assert "1 problem keeps this config from being saved" in words
    said = "Target 1: Attempts must be a whole number from 0 to 5"
    assert f'<a href="#t-0-attempts">{said}</a>' in text
    assert re.search(r'id="t-0-attempts"[^>]*aria-invalid="true"', text)
    assert re.search(r'ln-bad">[^<]*"attempts": 8', unescape(text))
    assert len(work.asked) == before


def test_a_new_config_is_saved_at_portkey_and_used_in_a_profile(
    visitor: Any, home: Any, work: HostedAccount
) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    at = press(visitor, path, "portkey", t__0__provider="@anthropic-prod", t__1__provider="@vertex-eu")
    assert at == f"{path}/save"
    assert "Type a name for the config" in visitor.fill(at, called="", profile="work").text
    done = visitor.carry_out(at, called="Both", profile="work").headers["location"]
    slug = done.split("/")[2]
    assert work.shelf.now(slug)["targets"] == [{"provider": "@anthropic-prod"}, {"provider": "@vertex-eu"}]
    assert done == f"/configs/{slug}/use"
    at = visitor.fill(done, profile="work").headers["location"]
    assert at == "/configs", visitor.words(at, "main")
    assert home.stored("work")["route"] == {"kind": "config", "id": slug}
    assert "Work uses Both from now on" in visitor.words("/configs", "main")


def test_a_name_that_is_taken_is_said(visitor: Any, work: HostedAccount) -> None:
    work.shelf.save("Ours", FALLBACK)
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "", t__0__provider="@a", t__1__provider="@b")
    sent = visitor.carry_out(f"{path}/save", called="Ours", profile="work")
    assert sent.headers["location"] == f"{path}/save"
    assert "There is a config named 'Ours' at Portkey already" in visitor.words(f"{path}/save", "main")
    assert not any(each.method == "POST" for each in work.asked)


def test_a_config_is_kept_in_a_file_and_changed_there(visitor: Any, home: Any, site: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "file", t__0__provider="@a", t__1__provider="@b")
    file = home.root / "balance.json"
    path = visitor.fill(f"{path}/file", file=str(file)).headers["location"]
    assert visitor.fill("/configs/open", kind="file", which=str(file)).headers["location"] == path
    assert json.loads(file.read_text())["targets"] == [{"provider": "@a"}, {"provider": "@b"}]
    assert file.stat().st_mode & 0o777 == 0o600
    press(visitor, path, "keep", t__0__provider="@c")
    assert json.loads(file.read_text())["targets"][0] == {"provider": "@c"}
    file.write_text('{"provider": "@by-hand"}')
    press(visitor, path, "keep", t__0__provider="@d")
    assert "was changed meanwhile" in visitor.words(path, "main")
    assert json.loads(file.read_text()) == {"provider": "@by-hand"}
    press(visitor, path, "mine")
    assert json.loads(file.read_text())["targets"][0] == {"provider": "@d"}


def test_no_file_is_written_over_unasked(visitor: Any, home: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "file", t__0__provider="@a", t__1__provider="@b")
    file = home.root / "mine.json"
    file.write_text("{}")
    answer = visitor.fill(f"{path}/file", file=str(file))
    assert "is there already" in answer.text
    assert file.read_text() == "{}"
    visitor.fill(f"{path}/file", file=str(file), replace="1")
    assert "targets" in file.read_text()


def test_a_file_that_a_profile_uses_is_in_force_at_once(visitor: Any, home: Any, site: Any) -> None:
    file = home.root / "used.json"
    file.write_text(json.dumps(FALLBACK))
    home.add("filed", "--config-file", str(file))
    home.ok("switch", "filed")
    assert "fallback, 2 targets" in visitor.words("/configs", "main")
    path = visitor.fill("/configs/open", kind="file", which=str(file)).headers["location"]
    assert "used by filed" in visitor.words(path, "main")
    press(visitor, path, "keep", t__1__provider="@other")
    assert "@other" in home.env()["ANTHROPIC_CUSTOM_HEADERS"]


def test_the_config_that_a_profile_holds_is_changed_and_undone(visitor: Any, home: Any, site: Any) -> None:
    home.add("held", "--label", "Held", "--provider", "@a")
    home.ok("set", "held", "route", json.dumps({"kind": "config", "inline": {"provider": "@a"}}))
    assert "In the profile Held" in visitor.words("/configs", "main")
    path = visitor.fill("/configs/open", kind="held", which="held").headers["location"]
    press(visitor, path, "keep", t__provider="@b")
    assert home.stored("held")["route"]["inline"] == {"provider": "@b"}
    visitor.undo()
    assert home.stored("held")["route"]["inline"] == {"provider": "@a"}


def test_what_is_typed_while_it_is_saved_is_not_saved_yet(
    visitor: Any, site: Any, opened: str, work: HostedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page would say "Saved" of what is nowhere but in memory."""
    sent, go_on = threading.Event(), threading.Event()

    def slow(*asked: Any) -> Any:
        done = keep_at_portkey(*asked)
        sent.set()
        assert go_on.wait(20)
        return done

    monkeypatch.setattr(saving, "keep_at_portkey", slow)
    job = press(visitor, opened, "portkey", t__0__attempts="4")
    assert sent.wait(20)
    press(visitor, opened, "stay", t__0__attempts="5")
    go_on.set()
    assert wait_for(visitor, job) == opened
    assert "1 change not saved" in visitor.words(opened, "main")
    assert [each.config for each in site.drafts.unsaved()] == [draft(site, opened)]


def test_a_copy_without_its_secrets_is_not_made(visitor: Any, home: Any, work: HostedAccount) -> None:
    """A file with dots in it would be no copy, and break whoever uses it."""
    slug = work.shelf.save("Old", {"provider": "openai", "api_key": SECRET})
    sent = {"kind": "saved", "which": slug, "profile": "work", "name": "Old", "then": "file"}
    at = visitor.carry_out("/configs/open", **sent).headers["location"]
    file = home.root / "copy.json"
    assert visitor.fill(at, file=str(file)).headers["location"] == f"/configs/{slug}"
    assert not file.exists()
    assert "1 problem keeps this config from being saved" in visitor.words(f"/configs/{slug}", "main")


def test_saving_a_new_config_untouched_says_what_it_lacks(visitor: Any, home: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "keep")
    assert "keep this config from being saved" in visitor.words(path)
