"""Configs in the manager: listed, opened, changed by the form without script, and saved; nothing is lost."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.home.user_home import KEY

from profiles.base.errors import ConflictError
from tray.actions.account.configs.opened import open_saved
from tray.actions.more.keep_config import keep_at_portkey
from tray.manager.pages.configs import listing, saving
from tray.manager.serving.drafts import MOST, Source

FALLBACK: dict[str, Any] = {
    "strategy": {"mode": "fallback", "on_status_codes": [429, 500]},
    "targets": [
        {"provider": "@anthropic-prod", "retry": {"attempts": 2}, "openai_project": "proj-1"},
        {"provider": "@vertex-eu"},
    ],
}
SECRET = "sk-CANARY-of-a-provider-0123456789abcdef"


@pytest.fixture
def hosted() -> Iterator[HostedAccount]:
    with HostedAccount(KEY) as running:
        yield running


@pytest.fixture
def work(home: Any, hosted: HostedAccount) -> HostedAccount:
    """A profile of an account that has read its configs before."""
    home.add("work", "--label", "Work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    home.ok("config", "list", "--profile", "work")
    return hosted


def shown(visitor: Any, path: str) -> str:
    """A page's words, its markup taken out."""
    text = visitor.get(path).text
    main = text[text.index("<main") :]
    text = re.sub(r"<svg.*?</svg>|<dialog.*?</dialog>|<[^>]*>", " ", main, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(text))


def typed_in(visitor: Any, path: str) -> dict[str, str]:
    """The builder's fields as a browser would send them."""
    text = visitor.get(path).text
    part = text[text.index('id="build"') : text.index('class="savebar"')]
    found = {}
    for tag in re.findall(r"<input[^>]*>", part):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', part, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner) or re.search(r'value="([^"]*)"', inner)
        found[name] = unescape(chosen[1]) if chosen else ""
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n(.*?)</textarea>', part, re.DOTALL):
        found[name] = unescape(inner)
    return found


def press(visitor: Any, path: str, do: str, **changed: str) -> str:
    """Press a button of the builder, some fields changed; where that leads."""
    fields = {**typed_in(visitor, path), **{name.replace("__", "-"): text for name, text in changed.items()}}
    answer = visitor.fill(path, **fields, do=do)
    assert answer.status_code == 303, answer.text
    location: str = answer.headers["location"]
    return location


def draft(site: Any, path: str) -> Any:
    return site.drafts.find(path.rpartition("/")[2]).config


def wait_for(visitor: Any, address: str) -> str:
    """Follow a job's page to where it leads."""
    while address.startswith("/jobs/"):
        address = visitor.follow(address).headers["location"]
    return address


@pytest.fixture
def opened(visitor: Any, work: HostedAccount) -> str:
    """The builder's address for a config that is saved at Portkey."""
    slug = work.shelf.save("Main", FALLBACK)
    sent = {"kind": "saved", "which": slug, "profile": "work", "name": "Main"}
    return wait_for(visitor, visitor.fill("/configs/open", **sent).headers["location"])


def test_nothing_is_asked_before_a_button_says_so(visitor: Any, home: Any, hosted: HostedAccount) -> None:
    home.add("work", "--label", "Work", "--provider", "@anthropic-prod", "--gateway", hosted.url)
    assert "They were not read yet" in shown(visitor, "/configs")
    assert hosted.asked == []
    hosted.shelf.save("Main", FALLBACK)
    at = wait_for(visitor, visitor.fill("/configs/read", profile="work").headers["location"])
    assert at == "/configs"
    assert "Main pc-main-" in shown(visitor, "/configs")
    assert "Read just now" in shown(visitor, "/configs")


def test_a_config_at_portkey_is_opened_changed_and_saved(
    visitor: Any, site: Any, opened: str, work: HostedAccount
) -> None:
    text = shown(visitor, opened)
    assert "1 field is not in this form and stays as it is: targets[0].openai_project" in text
    press(visitor, opened, "", t__0__attempts="4", t__1__model="claude-opus-4-6")
    assert "2 changes not saved" in shown(visitor, opened)
    assert wait_for(visitor, press(visitor, opened, "portkey")) == opened
    assert "Saved at Portkey" in shown(visitor, opened)
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
    assert "Main was changed meanwhile" in shown(visitor, opened)
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
    assert "Nothing was written over it" not in shown(visitor, opened)


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


def test_each_button_answers_with_the_form_again(visitor: Any, site: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    assert press(visitor, path, "add -", t__0__provider="@a", t__1__provider="@b") == f"{path}#t-2-provider"
    assert press(visitor, path, "up 1") == f"{path}#t-0"
    press(visitor, path, "group 1")
    press(visitor, path, "mode 1 loadbalance", t__1__1__provider="@c")
    press(visitor, path, "remove 2", t__1__0__weight="3")
    assert draft(site, path) == {
        "strategy": {"mode": "fallback"},
        "targets": [
            {"provider": "@b"},
            {
                "strategy": {"mode": "loadbalance"},
                "targets": [{"provider": "@a", "weight": 3}, {"provider": "@c"}],
            },
        ],
    }
    assert "75 %" in shown(visitor, path)
    assert "if that fails" in shown(visitor, path)
    press(visitor, path, "undo")
    assert len(draft(site, path)["targets"]) == 3
    press(visitor, path, "remove 9.9.9")
    assert len(draft(site, path)["targets"]) == 3


def test_rules_are_sentences(visitor: Any, site: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "mode - conditional", t__0__provider="@anthropic-prod", t__1__provider="@vertex-eu")
    press(visitor, path, "and - 0", t__r0__c0__value="platform")
    asked = {"t-r0-c1-field": "params.top_p", "t-r0-c1-operator": "$gte", "t-r0-c1-value": "0.7"}
    press(visitor, path, "rule -", **asked)
    press(visitor, path, "rule-remove - 1", t__0__name="claude")
    assert draft(site, path)["strategy"] == {
        "mode": "conditional",
        "conditions": [
            {
                "query": {"metadata.team": {"$eq": "platform"}, "params.top_p": {"$gte": 0.7}},
                "then": "claude",
            }
        ],
        "default": "vertex-eu",
    }
    assert "If team is platform and top_p is at least 0.7" in shown(visitor, path)


def test_json_and_back_to_the_form(visitor: Any, site: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    assert press(visitor, path, "json", t__0__provider="@a") == f"{path}#json"
    assert '"provider": "@a"' in typed_in(visitor, path)["json"]
    broken = '{"provider": "@a",}'
    press(visitor, path, "form", json=broken)
    assert typed_in(visitor, path)["json"] == broken
    assert "This is no config yet Line 1, column 1" in shown(visitor, path)
    press(visitor, path, "form", json=json.dumps({"provider": "@z", "x": {"y": [1]}}))
    assert draft(site, path) == {"provider": "@z", "x": {"y": [1]}}
    assert typed_in(visitor, path)["t-provider"] == "@z"
    assert "stays as it is: x" in shown(visitor, path)


def test_no_secret_comes_back(visitor: Any, site: Any, caplog: Any) -> None:
    """Neither from a field, nor from JSON, be it broken."""
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "", t__0__key=SECRET, t__0__provider="openai", t__1__provider="@b")
    assert SECRET not in visitor.get(path).text
    assert draft(site, path)["targets"][0]["api_key"] == "••••••••"
    assert press(visitor, path, "file") == path
    assert "holds a secret in clear text" in shown(visitor, path)
    press(visitor, path, "json", t__0__key="keyring:openai")
    for text in (f'{{"api_key": "{SECRET}"', f'{{"headers": "authorization: Bearer {SECRET}', SECRET):
        press(visitor, path, "look", json=text)
        assert SECRET not in visitor.get(path).text
    press(visitor, path, "form", json=json.dumps({"provider": "openai", "api_key": SECRET}))
    assert SECRET not in visitor.get(path).text
    assert SECRET not in caplog.text


def test_a_secret_that_is_saved_at_portkey_is_never_shown(visitor: Any, work: HostedAccount) -> None:
    slug = work.shelf.save("Old", {"provider": "openai", "api_key": SECRET})
    sent = {"kind": "saved", "which": slug, "profile": "work", "name": "Old"}
    path = wait_for(visitor, visitor.fill("/configs/open", **sent).headers["location"])
    assert SECRET not in visitor.get(path).text
    assert press(visitor, path, "portkey") == path
    assert work.shelf.now(slug)["api_key"] == SECRET


def test_a_new_config_is_saved_at_portkey_and_used_in_a_profile(
    visitor: Any, home: Any, work: HostedAccount
) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    at = press(visitor, path, "portkey", t__0__provider="@anthropic-prod", t__1__provider="@vertex-eu")
    assert at == f"{path}/save"
    assert "Type a name for the config" in visitor.fill(at, called="", profile="work").text
    done = wait_for(visitor, visitor.fill(at, called="Both", profile="work").headers["location"])
    slug = done.split("/")[2]
    assert work.shelf.now(slug)["targets"] == [{"provider": "@anthropic-prod"}, {"provider": "@vertex-eu"}]
    assert done == f"/configs/{slug}/use"
    at = visitor.fill(done, profile="work").headers["location"]
    assert at == "/configs", shown(visitor, at)
    assert home.stored("work")["route"] == {"kind": "config", "id": slug}
    assert "Work uses Both from now on" in shown(visitor, "/configs")


def test_a_name_that_is_taken_is_said(visitor: Any, work: HostedAccount) -> None:
    work.shelf.save("Ours", FALLBACK)
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "", t__0__provider="@a", t__1__provider="@b")
    sent = visitor.fill(f"{path}/save", called="Ours", profile="work").headers["location"]
    assert wait_for(visitor, sent) == f"{path}/save"
    assert "There is a config named 'Ours' at Portkey already" in shown(visitor, f"{path}/save")
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
    assert "was changed meanwhile" in shown(visitor, path)
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
    assert "fallback, 2 targets" in shown(visitor, "/configs")
    path = visitor.fill("/configs/open", kind="file", which=str(file)).headers["location"]
    assert "used by filed" in shown(visitor, path)
    press(visitor, path, "keep", t__1__provider="@other")
    assert "@other" in home.env()["ANTHROPIC_CUSTOM_HEADERS"]


def test_the_config_that_a_profile_holds_is_changed_and_undone(visitor: Any, home: Any, site: Any) -> None:
    home.add("held", "--label", "Held", "--provider", "@a")
    home.ok("set", "held", "route", json.dumps({"kind": "config", "inline": {"provider": "@a"}}))
    assert "In the profile Held" in shown(visitor, "/configs")
    path = visitor.fill("/configs/open", kind="held", which="held").headers["location"]
    press(visitor, path, "keep", t__provider="@b")
    assert home.stored("held")["route"]["inline"] == {"provider": "@b"}
    visitor.undo()
    assert home.stored("held")["route"]["inline"] == {"provider": "@a"}


def test_what_is_typed_is_looked_at_without_being_sent(visitor: Any, site: Any) -> None:
    """A script asks so: findings and JSON follow, the page's token stays good, and nothing typed is lost."""
    path = visitor.fill("/configs/new").headers["location"]
    fields = {**typed_in(visitor, path), "t-0-attempts": "9"}
    headers = {"origin": "http://127.0.0.1:43210", "sec-fetch-site": "same-origin"}
    answer = visitor.post(f"{path}/look", data=fields, headers=headers)
    assert "Attempts must be a whole number from 0 to 5" in answer.text
    assert draft(site, path)["targets"][0]["retry"] == {"attempts": 9}
    assert visitor.post(f"{path}/look", data={**fields, "token": "x"}, headers=headers).status_code == 403
    assert visitor.post(path, data={**fields, "do": "add -"}, headers=headers).status_code == 303


def test_a_config_that_is_not_open_any_more_leads_to_the_list(visitor: Any) -> None:
    assert visitor.get("/configs/pc-gone").headers["location"] == "/configs"
    assert visitor.get("/configs/pc-gone/use").headers["location"] == "/configs"
    assert "not open any more" in shown(visitor, "/configs")


def test_a_rows_menu_leads_on(visitor: Any, home: Any, work: HostedAccount) -> None:
    """Without a look at the form: a copy in a file, a profile for it."""
    slug = work.shelf.save("Both", FALLBACK)
    sent = {"kind": "saved", "which": slug, "profile": "work", "name": "Both"}
    at = wait_for(visitor, visitor.fill("/configs/open", **sent, then="file").headers["location"])
    assert at == f"/configs/{slug}/file"
    file = home.root / "copy.json"
    assert visitor.fill(at, file=str(file)).headers["location"] == f"/configs/{slug}"
    assert json.loads(file.read_text()) == FALLBACK
    at = wait_for(visitor, visitor.fill("/configs/open", **sent, then="use").headers["location"])
    assert "Work Now @anthropic-prod" in shown(visitor, at)
    held = visitor.fill("/configs/open", kind="file", which=str(file), then="save").headers["location"]
    assert "Save at Portkey" in shown(visitor, held)


def test_a_config_too_large_for_the_form_is_changed_as_json(visitor: Any, home: Any, site: Any) -> None:
    file = home.root / "large.json"
    targets = [{"provider": f"@p{number}"} for number in range(80)]
    file.write_text(json.dumps({"strategy": {"mode": "fallback"}, "targets": targets}))
    path = visitor.fill("/configs/open", kind="file", which=str(file)).headers["location"]
    assert "too large for the form" in shown(visitor, path)
    press(visitor, path, "json")
    less = {"strategy": {"mode": "fallback"}, "targets": targets[:40]}
    press(visitor, path, "form", json=json.dumps(less))
    assert visitor.get(path).text.count(">Move up<") == 39
    press(visitor, path, "discard")
    assert len(draft(site, path)["targets"]) == 80
    press(visitor, path, "undo")
    assert draft(site, path) == less


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
    assert "nobody" in shown(visitor, "/configs")


def test_providers_and_models_of_the_account_are_offered(
    visitor: Any, site: Any, work: HostedAccount
) -> None:
    wait_for(visitor, visitor.fill("/configs/read", profile="work").headers["location"])
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "", t__0__provider="@anthropic-prod")
    text = visitor.get(path).text
    assert 'id="t-1-provider-o1"' in text
    assert re.search(r'id="t-0-model-o1"[^>]*data-value="claude-', text)


def test_what_is_typed_is_one_step_to_take_back(visitor: Any, site: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "", t__0__provider="@a")
    headers = {"origin": "http://127.0.0.1:43210", "sec-fetch-site": "same-origin"}
    for typed in ("@b", "@be", "@bedrock"):
        visitor.post(f"{path}/look", data={**typed_in(visitor, path), "t-0-provider": typed}, headers=headers)
    assert draft(site, path)["targets"][0] == {"provider": "@bedrock"}
    press(visitor, path, "undo")
    assert draft(site, path)["targets"][0] == {"provider": "@a"}
    press(visitor, path, "undo", t__0__provider="@not-sent-yet")
    assert draft(site, path)["targets"][0] == {"provider": "@a"}
    press(visitor, path, "json")
    press(visitor, path, "discard", json="{")
    assert draft(site, path)["targets"] == [{}, {}]


def test_what_is_not_saved_yet_is_found_again(visitor: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    assert "Not saved yet" not in shown(visitor, "/configs")
    press(visitor, path, "", t__0__provider="@a")
    assert f'href="{path}"' in visitor.get("/configs").text
    assert "Not saved yet" in shown(visitor, "/configs")


def test_opening_a_config_again_goes_on_with_what_was_changed(
    visitor: Any, site: Any, opened: str, work: HostedAccount
) -> None:
    """Else a click on Edit in the list would throw the changes away."""
    press(visitor, opened, "", t__0__attempts="4")
    sent = {"kind": "saved", "which": opened.rpartition("/")[2], "profile": "work", "name": "Main"}
    assert visitor.fill("/configs/open", **sent).headers["location"] == opened
    assert draft(site, opened)["targets"][0]["retry"] == {"attempts": 4}


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
    assert "1 change not saved" in shown(visitor, opened)
    assert [each.config for each in site.drafts.unsaved()] == [draft(site, opened)]


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
    assert "Not saved yet" not in shown(visitor, "/configs")


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
    assert f"A profile that uses {slug}" in shown(visitor, "/add")


def test_a_copy_without_its_secrets_is_not_made(visitor: Any, home: Any, work: HostedAccount) -> None:
    """A file with dots in it would be no copy, and break anyone who uses it."""
    slug = work.shelf.save("Old", {"provider": "openai", "api_key": SECRET})
    sent = {"kind": "saved", "which": slug, "profile": "work", "name": "Old", "then": "file"}
    at = wait_for(visitor, visitor.fill("/configs/open", **sent).headers["location"])
    file = home.root / "copy.json"
    assert visitor.fill(at, file=str(file)).headers["location"] == f"/configs/{slug}"
    assert not file.exists()
    assert "1 problem keeps this config from being saved" in shown(visitor, f"/configs/{slug}")


@pytest.mark.parametrize(
    "odd",
    [
        {"strategy": []},
        {"strategy": {"mode": 5}, "targets": 3},
        {"targets": [1, "x", None, {"provider": 5}, {"targets": {}}]},
        {
            "strategy": {
                "mode": "conditional",
                "conditions": [
                    1,
                    {"query": 5},
                    {"query": {"$or": 5}},
                    {"then": 5, "query": {"x": {"$no": 1}}},
                ],
                "default": 5,
            },
            "targets": [{"name": 5}, {"name": ""}],
        },
        {"strategy": {"mode": "loadbalance"}, "targets": [{"weight": "x"}, {"weight": -1}, {"weight": True}]},
        {"strategy": {"mode": "loadbalance"}, "targets": [{"weight": 1e308}, {"weight": 1e308}]},
        {"retry": 5, "cache": [], "override_params": [1], "cb_config": "x"},
        {"override_params": {"a=b": 1, "model": {"x": 1}}, "forward_headers": [5, None], "drop_params": "x"},
        {"": 1, "<b>": "<script>", "provider": '"><script>alert(1)</script>'},
    ],
)
def test_what_is_odd_is_shown_and_kept(visitor: Any, home: Any, site: Any, odd: Any) -> None:
    """A config by somebody else, or of a later version, must not lock its owner out of the form."""
    file = home.root / "odd.json"
    file.write_text(json.dumps(odd))
    path = visitor.fill("/configs/open", kind="file", which=str(file)).headers["location"]
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert "This page cannot be shown" not in answer.text
    assert "<script>a" not in answer.text
    press(visitor, path, "")
    assert draft(site, path) == odd
    press(visitor, path, "add -")
    press(visitor, path, "mode - fallback")
    press(visitor, path, "keep")
    assert "This page cannot be shown" not in visitor.get(path).text


def test_a_new_config_finds_nothing_wrong_until_something_was_entered(visitor: Any) -> None:
    """It opened with two problems in red, before anything was typed."""
    path = visitor.fill("/configs/new").headers["location"]
    text = visitor.get(path).text
    assert "Nothing was entered yet" in text
    assert "tag-bad" not in text
    assert "aria-invalid" not in text
    press(visitor, path, "", t__0__provider="@anthropic-prod")
    assert "tag-bad" in visitor.get(path).text


def test_saving_a_new_config_untouched_says_what_it_lacks(visitor: Any, home: Any) -> None:
    path = visitor.fill("/configs/new").headers["location"]
    press(visitor, path, "keep")
    assert "keep this config from being saved" in visitor.words(path)


def test_the_focus_stays_on_the_mode_that_was_chosen(visitor: Any) -> None:
    """By keyboard the page began anew at its top."""
    path = visitor.fill("/configs/new").headers["location"]
    way = press(visitor, path, "mode - loadbalance")
    assert way == f"{path}#t-mode-loadbalance"
    assert 'id="t-mode-loadbalance"' in visitor.get(path).text
