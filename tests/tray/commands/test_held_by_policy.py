"""What an administrator forces holds by every way in: the same words, exit code 4, nothing changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.catalog_homes import Publisher, join
from support.client.administrator import with_managed
from support.home.forced import force, lay
from support.home.projects import clone, local
from support.home.pseudo_terminal import terminal
from support.home.ready_home import ready_homes
from support.home.user_home import KEY, ROOT, UserHome

from profiles.policy import in_force

if TYPE_CHECKING:
    from profiles.policy.places import Place

BY = {"name": "Acme IT", "url": "https://it.acme.example/ai"}
STRANGE = "https://gw.strange.example"
Force = Callable[..., None]


@pytest.fixture
def forced(home: UserHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Force:
    """Has a policy hold from now on; all that a test does before was done before it came."""

    def forced(**policy: object) -> None:
        force(monkeypatch, tmp_path / "etc", managed_by=BY, **policy)

    return forced


@pytest.fixture(scope="module")
def olds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UserHome]:
    return ready_homes(tmp_path_factory.mktemp("old"), with_a_history)


@pytest.fixture
def old(olds: Iterator[UserHome]) -> UserHome:
    """A person with a history: a profile for another gateway, in use before `work`, and projects."""
    return next(olds)


def with_a_history(home: UserHome) -> None:
    home.add("work", "--provider", "@a")
    home.add("strange", "--provider", "@b", "--gateway", STRANGE)
    home.add("open", "--provider", "@c", "--key-delivery", "settings")
    home.ok("copy", "strange", "gone")
    home.ok("remove", "gone", "--yes")
    home.ok("export", "strange", "--output", "bundle.json")
    (home.root / "shell.sh").write_text(
        f"export ANTHROPIC_BASE_URL={STRANGE}\nexport ANTHROPIC_CUSTOM_HEADERS='x-portkey-provider: @x'\n"
        "export ANTHROPIC_AUTH_TOKEN=pk-another-key-0815\n"
    )
    clone(home, "app")
    (home.root / "other").mkdir()
    home.ok("target", "add", "other", str(home.root / "other" / "settings.json"))
    editor = home.root / "editor"
    editor.write_text(f'''#!/bin/sh\nsed -i '0,/{{/s#{{#{{ "gateway": "{STRANGE}",#' "$1"\n''')
    editor.chmod(0o755)
    home.environ["EDITOR"] = str(editor)
    home.ok("switch", "strange")
    home.ok("switch", "work")


def disk(home: UserHome) -> dict[str, bytes]:
    """All that counts: settings, profiles, rules, keys, what is remembered; no lock, cache or draft."""
    return {
        str(path.relative_to(home.root)): path.read_bytes()
        for path in sorted(home.root.rglob("*"))
        if path.is_file()
        and not path.name.endswith(("lock", "blanks"))
        and not {*path.parts} & {"rendered", "edits"}
    }


def refused(home: UserHome, says: str, *argv: str, stdin: str = "", cwd: Path | None = None) -> None:
    """The command is refused with these words, and leaves everything as it is."""
    before = disk(home)
    ran = home.run(*argv, stdin=stdin, cwd=cwd)
    assert (ran.code, ran.out) == (4, ""), ran
    assert says in ran.err, ran.err
    assert KEY not in ran.text
    assert disk(home) == before


NO_HOST = "Acme IT allows no gateway but api.portkey.ai"
CONTACT = "Contact: https://it.acme.example/ai"


@pytest.mark.parametrize(
    "argv",
    [
        ("switch", "strange"),
        ("switch", "strange", "--dry-run"),
        ("switch", "-"),
        ("switch", "strange", "--project", "app"),
        ("undo",),
        ("exec", "strange", "--", "env"),
        ("add", "new", "--provider", "@a", "--gateway", STRANGE, "--key-ref", "keyring:work"),
        ("set", "work", "gateway", STRANGE),
        ("switch", "strange", "--target", "other"),
        ("edit", "work"),
        ("remove", "gone", "--back"),
        ("copy", "strange", "twin"),
        ("rename", "strange", "twin"),
        ("import", "bundle.json", "--prefix", "x-"),
        ("import", "shell.sh", "--name", "shell"),
    ],
)
def test_a_gateway_that_is_not_allowed_is_reached_by_no_way(
    old: UserHome, forced: Force, argv: tuple[str, ...]
) -> None:
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    refused(old, NO_HOST, *argv)


def test_what_was_removed_does_not_come_back_by_undo_where_it_is_not_allowed(
    old: UserHome, forced: Force
) -> None:
    old.ok("remove", "strange", "--yes")
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    refused(old, NO_HOST, "undo")
    old.ok("remove", "open", "--yes")
    old.ok("undo")


def test_a_refusal_says_who_is_asked(old: UserHome, forced: Force) -> None:
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    assert CONTACT in old.run("switch", "strange").err
    answer = old.run("switch", "strange", "--json").json()
    assert (answer["error"]["title"], answer["error"]["exit_code"]) == (NO_HOST, 4)


def test_the_profile_in_use_is_held_too_when_the_policy_comes_later(old: UserHome, forced: Force) -> None:
    """One that was made, and switched to, before the policy is not written again, and goes with `off`."""
    old.ok("switch", "strange")
    old.edit_settings("@b", "@mine")
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    refused(old, NO_HOST, "restore")
    refused(old, NO_HOST, "adopt")
    assert old.ok("key", "print", "strange").out == f"{KEY}\n"  # no session that runs is broken
    old.ok("off")


def test_a_pin_from_before_the_policy_is_not_written_again(old: UserHome, forced: Force) -> None:
    app = old.root / "app"
    old.ok("switch", "strange", "--project", "app")
    carried = local(app)
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    old.ok("switch", "work")
    synced = old.run("project", "sync", "--json")
    assert NO_HOST in synced.text
    assert local(app) == carried
    old.ok("project", "remove", "app")


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ({"allowed_profiles": ["acme/*", "work"]}, "Acme IT allows no profile but acme/*, work"),
        ({"required_profile": "work"}, "Acme IT requires the profile work"),
    ],
)
@pytest.mark.parametrize(
    "argv",
    [
        ("switch", "strange"),
        ("switch", "-"),
        ("switch", "strange", "--project", "app"),
        ("project", "add", "app", "--profile", "strange"),
        ("project", "rule", "add", "~/app/**", "--profile", "strange"),
        ("undo",),
        ("exec", "strange", "--", "env"),
    ],
)
def test_a_profile_that_is_not_allowed_is_used_by_no_way(
    old: UserHome, forced: Force, policy: dict[str, Any], says: str, argv: tuple[str, ...]
) -> None:
    forced(**policy)
    refused(old, says, *argv)


def test_a_teams_file_does_not_lead_past_the_allowed_profiles(old: UserHome, forced: Force) -> None:
    (old.root / "app" / ".pkcc.toml").write_text('profile = "strange"\n')
    forced(allowed_profiles=["work"])
    refused(old, "Acme IT allows no profile but work", "project", "add", "app", "--trust")


def test_where_a_profile_is_required_off_is_refused_by_every_way(old: UserHome, forced: Force) -> None:
    old.ok("off")
    old.ok("switch", "work")
    forced(required_profile="work")
    refused(old, "Acme IT requires the profile work", "off")
    refused(old, "Acme IT requires the profile work", "off", "--dry-run")
    refused(old, "Acme IT requires the profile work", "undo")  # back to off
    assert old.ok("preference", "on_drift", "--json").json()["data"]["preferences"] == {"on_drift": "restore"}


@pytest.mark.parametrize("wanted", ["gone", 5])
def test_off_goes_on_where_the_required_profile_is_not_there(
    old: UserHome, forced: Force, wanted: object
) -> None:
    """Else an administrator's slip leaves a person whose gateway is down no way out at all."""
    old.ok("off")
    old.ok("switch", "work")
    forced(required_profile=wanted)
    refused(old, "Acme IT requires", "switch", "strange")
    old.ok("off", "--dry-run")
    old.ok("off")
    assert old.ok("status", "--short").out == "off\n"


def test_a_required_profile_takes_the_place_of_an_old_pin(old: UserHome, forced: Force) -> None:
    old.ok("switch", "strange", "--project", "app")
    forced(required_profile="work")
    old.ok("project", "sync")
    assert "gw.strange.example" not in local(old.root / "app")
    assert "key print work" in local(old.root / "app")
    assert old.run("status", "--short", cwd=old.root / "app").out == "work\n"


@pytest.mark.parametrize(
    "argv",
    [
        ("switch", "open"),
        ("switch", "open", "--project", "app"),
        ("add", "new", "--provider", "@a", "--key-delivery", "settings", "--key-ref", "keyring:work"),
        ("set", "work", "key_delivery", "settings"),
        ("exec", "open", "--", "env"),
    ],
)
def test_only_the_helper_hands_out_keys(old: UserHome, forced: Force, argv: tuple[str, ...]) -> None:
    forced(key_delivery="helper")
    refused(old, "Acme IT allows no key delivery but helper", *argv)


@pytest.mark.parametrize(
    ("argv", "stdin"),
    [
        (("switch", "strange"), ""),
        (("exec", "strange", "--", "env"), ""),
        (("add", "new", "--provider", "@a", "--key-ref", "env:NEW"), ""),
        (("add", "new", "--provider", "@a", "--key-stdin"), KEY),
        (("set", "work", "api_key", "env:NEW"), ""),
        (("key", "set", "work", "--stdin"), KEY),
        (("key", "rotate", "work", "--stdin"), KEY + "-new"),
        (("key", "vault", "init"), ""),
        (("import", "shell.sh", "--name", "shell"), ""),
    ],
)
def test_keys_come_from_the_allowed_places_alone(
    old: UserHome, forced: Force, argv: tuple[str, ...], stdin: str
) -> None:
    forced(allowed_key_schemes=["vault-kv"])
    refused(old, "Acme IT allows no place for keys but vault-kv", *argv, stdin=f"{stdin}\n")


def test_keys_in_the_vault_are_allowed_by_its_own_name(old: UserHome, forced: Force) -> None:
    """A machine without a keyring has no other place of ours."""
    forced(allowed_key_schemes=["vault"])
    old.ok("key", "set", "work", "--stdin", stdin=f"{KEY}-2\n")
    old.ok("set", "work", "api_key", "vault:work")
    old.ok("switch", "work")


def test_metadata_that_is_required_is_asked_of_profile_and_project(old: UserHome, forced: Force) -> None:
    says = "Acme IT requires the metadata key 'repo' in this directory"
    app = old.root / "app"
    old.add("full", "--provider", "@a", "--metadata", "repo=all")
    forced(required_metadata=["repo"])
    for argv in (("switch", "open"), ("switch", "open", "--dry-run"), ("exec", "open", "--", "env")):
        refused(old, says, *argv, cwd=app)
    refused(old, says, "switch", "open", "--project", "app")
    assert "pkcc-tray project add --metadata repo=NAME" in old.run("switch", "open", cwd=app).err
    old.ok("switch", "full")
    assert old.run("project", "add", "--metadata", "repo=app", cwd=app).code == 0
    assert old.run("switch", "open", cwd=app).code == 0
    assert metadata(json.loads(local(app))["env"]["ANTHROPIC_CUSTOM_HEADERS"]) == {"repo": "app"}
    lacks = "Acme IT requires the metadata key 'repo', which work does not have itself"
    refused(old, lacks, "switch", "work")  # the home directory is no project, nor is where a click is
    there = "In your project's directory, at a terminal: `pkcc-tray switch work`"
    assert there in old.run("switch", "work").err


def test_what_is_required_is_not_gone_round_by_undo_or_a_pin(old: UserHome, forced: Force) -> None:
    """Else requests go out without what every one of them must carry, as they did before the policy."""
    app = old.root / "app"
    forced(required_metadata=["repo"])
    lacks = "Acme IT requires the metadata key 'repo' in this directory"
    refused(old, lacks, "undo")
    refused(old, lacks, "project", "add", "app", "--profile", "strange")
    (app / ".pkcc.toml").write_text('profile = "strange"\n')
    refused(old, lacks, "project", "add", "app", "--trust")
    old.ok("project", "add", "app", "--profile", "strange", "--metadata", "repo=app", "--no-team")
    old.run("undo", cwd=app)  # the pin, which is no switch
    old.run("project", "add", ".", "--metadata", "repo=app", "--no-team", cwd=app)
    assert old.run("switch", "strange", cwd=app).code == 0


def test_a_pin_from_before_says_who_does_not_allow_it(old: UserHome, forced: Force) -> None:
    """Else it is shown as it should be, while its requests go where nothing may go any more."""
    app = old.root / "app"
    old.ok("project", "add", "app", "--profile", "strange")
    forced(allowed_profiles=["work"])
    before = local(app)
    why = "Acme IT allows no profile but work"
    assert f"not allowed here ({why})" in old.ok("project", "list").out
    (row,) = old.ok("project", "list", "--json").json()["data"]["projects"]
    assert (row["condition"], row["problem"]) == ("refused", why)
    assert why in old.ok("project", "sync").text
    assert "your administrator does not allow" in old.run("status", cwd=app).out
    said = old.run("doctor", cwd=app).text
    assert f"is pinned to strange: {why}" in said
    assert "trust add" not in said
    assert local(app) == before


@pytest.mark.parametrize(
    "field",
    [
        ("extra_env.ANTHROPIC_UNIX_SOCKET", "/tmp/x"),
        ("extra_env.CLAUDE_CODE_API_BASE_URL", "https://evil.example"),
        ("extra_headers.x-portkey-custom-host", "https://evil.example"),
    ],
)
def test_a_gateway_is_not_gone_round_by_a_further_variable_or_header(
    old: UserHome, forced: Force, field: tuple[str, str]
) -> None:
    """Else a profile names the allowed gateway, and its requests go past it."""
    old.ok("copy", "work", "round")
    old.ok("set", "round", *field)
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    refused(old, NO_HOST, "switch", "round")
    refused(old, NO_HOST, "set", "work", *field)
    old.ok("switch", "work")


def test_no_address_that_is_not_allowed_can_be_trusted(old: UserHome, forced: Force) -> None:
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    refused(old, NO_HOST, "trust", "add", STRANGE, "--profile", "work")


def test_a_new_profile_is_stored_but_not_put_in_force_where_it_may_not_be(
    old: UserHome, forced: Force
) -> None:
    """What was typed is not lost."""
    forced(required_metadata=["repo"], allowed_profiles=["work", "n*"])
    before = old.settings.read_bytes()
    options = ("--provider", "@a", "--key-ref", "keyring:work", "--switch")
    ran = old.run("add", "new", *options)
    assert (ran.code, "'new' is stored, but not active: Acme IT requires the metadata" in ran.err) == (
        4,
        True,
    ), ran
    ran = old.run("add", "other", *options, "--metadata", "repo=x")
    assert (ran.code, "Acme IT allows no profile but work, n*" in ran.err) == (4, True), ran
    assert old.settings.read_bytes() == before
    assert {"new", "other"} <= {path.stem for path in old.profiles.iterdir()}


def test_forced_metadata_is_over_all_others(old: UserHome, forced: Force) -> None:
    app = old.root / "app"
    old.add("mine", "--provider", "@a", "--metadata", "cost=mine", "--metadata", "own=1")
    old.run("project", "add", "--metadata", "cost=project", "--metadata", "repo=app", cwd=app)
    forced(forced_metadata={"cost": "4711"})
    old.ok("switch", "mine")
    line = old.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert metadata(line) == {"cost": "4711", "own": "1"}
    there = json.loads(local(app))["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    assert metadata(there) == {"cost": "4711", "own": "1", "repo": "app"}
    assert old.ok("status", "--json").json()["data"]["edited_since"] is False
    old.ok("undo")  # to what was written before the policy, with what it forces all the same
    assert metadata(old.env()["ANTHROPIC_CUSTOM_HEADERS"]) == {"cost": "4711"}


def metadata(lines: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(
        next(line.partition(": ")[2] for line in lines.split("\n") if line.startswith("x-portkey-metadata"))
    )
    return found


def test_import_and_export_are_switched_off(old: UserHome, forced: Force) -> None:
    forced(allow_import=False, allow_export=False)
    refused(old, "Acme IT does not allow importing profiles", "import", "bundle.json", "--prefix", "x-")
    refused(old, "Acme IT does not allow importing profiles", "import", "shell.sh", "--dry-run")
    refused(old, "Acme IT does not allow exporting profiles", "export")
    refused(old, "Acme IT does not allow exporting profiles", "export", "work", "--output", "new.json")


def test_the_manager_is_switched_off(old: UserHome, forced: Force) -> None:
    forced(manager_page=False)
    refused(old, "Acme IT does not allow the manager's page", "manage", "--no-browser")


@pytest.mark.parametrize(
    ("name", "value", "other", "shown"),
    [
        ("on_drift", "restore", "ignore", "restore"),
        ("key_cache_minutes", 5, "15", 5),
        ("check_for_updates", False, "on", False),
        ("key_print_through_tray", False, "on", False),
        ("catalog_hours", 6, "48", 6),
    ],
)
def test_a_preference_that_is_decided_cannot_be_set(
    old: UserHome, forced: Force, name: str, value: object, other: str, shown: object
) -> None:
    old.ok("preference", name, other)
    forced(**{name: value})
    answer = old.ok("preference", name, "--json").json()["data"]
    assert answer["preferences"] == {name: shown}
    assert (answer["decided"], answer["by"]) == ([name], "Acme IT")
    assert "Acme IT decides this" in old.ok("preference").out
    refused(old, f"Acme IT decides the preference {name}", "preference", name, other)
    old.ok("preference", "favourites_only", "on")


def test_a_policy_that_cannot_be_read_stops_changes_and_no_session(
    old: UserHome, forced: Force, tmp_path: Path
) -> None:
    forced()
    lay(tmp_path / "etc", "{\n no json")
    says = "policy.json is not valid JSON, line 2"
    for argv in (
        ("switch", "work"), ("switch", "strange"), ("switch", "work", "--project", "app"), ("restore",),
        ("undo",), ("set", "work", "label", "Mine"), ("remove", "open", "--yes"), ("copy", "work", "twin"),
        ("add", "new", "--provider", "@a", "--key-ref", "keyring:work"), ("key", "remove", "open", "--force"),
        ("project", "add", "app"), ("project", "rule", "add", "~/app/**", "--profile", "work"),
        ("import", "bundle.json", "--prefix", "x-"), ("preference", "on_drift", "ignore"),
        ("exec", "work", "--", "env"),
    ):  # fmt: skip
        refused(old, says, *argv)
    refused(old, says, "key", "set", "work", "--stdin", stdin=KEY)
    assert old.ok("key", "print", "work").out == f"{KEY}\n"
    old.ok("status")
    old.ok("off")


def test_without_a_policy_nothing_is_refused(old: UserHome) -> None:
    """Else the tests above could not fail."""
    for argv in (("switch", "strange"), ("undo",), ("copy", "strange", "twin"), ("off",), ("export",)):
        old.ok(*argv)


def test_at_a_terminal_required_metadata_is_asked_for_and_kept_with_the_project(
    old: UserHome, tmp_path: Path
) -> None:
    policy = json.dumps({"managed_by": BY, "required_metadata": ["repo", "unit"]})
    prefix = with_managed(tmp_path / "etc", {"policy.json": policy}, "pkcc-tray")
    argv = ["/usr/bin/env", *prefix, sys.executable, "-m", "tray", "switch", "open"]
    with terminal(argv, {**old.environ, "PYTHONPATH": str(ROOT)}, old.root / "app") as person:
        person.answer("Acme IT requires the metadata 'repo' for", "app")
        person.answer("Acme IT requires the metadata 'unit' for", "platform")
        assert person.finish() == 0
    there = json.loads(local(old.root / "app"))["env"]["ANTHROPIC_CUSTOM_HEADERS"]
    assert metadata(there) == {"repo": "app", "unit": "platform"}
    again = old.spawn("switch", "work", prefix=prefix, cwd=old.root / "app")
    assert again.code == 0, again
    refused_home = old.spawn("switch", "open", prefix=prefix)
    assert (refused_home.code, refused_home.out) == (4, "")


def test_a_policy_below_etc_holds_for_the_command_as_it_is_run(old: UserHome, tmp_path: Path) -> None:
    policy = json.dumps({"managed_by": BY, "allowed_gateway_hosts": ["api.portkey.ai"]})
    prefix = with_managed(tmp_path / "etc", {"policy.json": policy}, "pkcc-tray")
    before = disk(old)
    ran = old.spawn("switch", "strange", prefix=prefix)
    assert (ran.code, ran.out) == (4, "")
    assert NO_HOST in ran.err
    assert disk(old) == before
    assert old.spawn("key", "print", "strange", prefix=prefix).out == f"{KEY}\n"
    assert old.spawn("switch", "work", prefix=prefix).code == 0


def test_status_says_who_manages_this_and_what_is_not_as_they_want_it(old: UserHome, forced: Force) -> None:
    assert "managed" not in old.ok("status", "--json").json()["data"]
    forced(required_profile="strange")
    managed = old.ok("status", "--json").json()["data"]["managed"]
    assert managed == {
        "by": "Acme IT", "text": "", "url": BY["url"], "problem": "Acme IT requires the profile strange",
    }  # fmt: skip
    words = old.ok("status").out
    assert "managed   by Acme IT · https://it.acme.example/ai" in words
    assert "Acme IT requires the profile strange" in words
    old.ok("switch", "strange")
    assert old.ok("status", "--json").json()["data"]["managed"]["problem"] == ""


def test_another_profile_that_is_written_by_hand_is_put_back(old: UserHome, forced: Force) -> None:
    """A person who knows the settings' form would else have chosen for themselves."""
    written = old.settings.read_text()
    forced(required_profile="work")
    old.settings.write_text(written.replace("key print work", "key print strange").replace(
        "https://api.portkey.ai", STRANGE).replace("@a", "@b"))  # fmt: skip
    assert old.ok("status", "--json").json()["data"]["condition"] == "drift"
    old.ok("restore")
    assert old.settings.read_text() == written


def test_an_administrator_says_how_many_steps_are_kept(old: UserHome, forced: Force) -> None:
    """Fewer than there are now: what is older goes with the next step, profiles' as well as settings'."""
    for name in ("strange", "work", "strange", "work"):
        old.ok("switch", name)
    forced(history_steps=3)
    old.ok("switch", "strange")
    old.ok("set", "work", "label", "Mine")
    old.ok("set", "work", "label", "Ours")
    assert (
        len(old.ok("history", "--json").json()["data"]["steps"]) == 6
    )  # three each, of settings and the rest
    for _ in range(3):
        old.ok("set", "work", "label", "Mine")
        old.ok("set", "work", "label", "Ours")
    assert len(old.ok("history", "--json").json()["data"]["steps"]) == 6
    forced(history_steps=900)
    for _ in range(12):
        old.ok("switch", "work")
        old.ok("switch", "strange")
    assert len(old.ok("history", "--json").json()["data"]["steps"]) == 23  # not more than without a policy


def test_a_gateway_that_is_not_allowed_is_refused_before_its_key_is_asked_for(
    old: UserHome, tmp_path: Path
) -> None:
    """The key would else be typed, and sent there to look up what it may use."""
    policy = json.dumps({"managed_by": BY, "allowed_gateway_hosts": ["api.portkey.ai"]})
    prefix = with_managed(tmp_path / "etc", {"policy.json": policy}, "pkcc-tray")
    argv = ["/usr/bin/env", *prefix, sys.executable, "-m", "tray", "add", "new"]
    environ = {**old.environ, "PYTHONPATH": str(ROOT), "PKCC_PLAIN": "1"}
    with terminal(argv, environ, old.root) as person:
        person.answer("Which gateway?", "3")
        person.answer("Its base URL", STRANGE)
        person.expect(NO_HOST)
        person.expect("Its base URL")


def test_a_published_profile_is_the_only_one(home: UserHome, forced: Force, tmp_path: Path) -> None:
    """The usual way for a company: its catalog, and nothing else; drift and old pins come back to it."""
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.publish()
    join(home, publisher)
    home.add("private", "--provider", "@mine")
    home.ok("switch", "private")
    forced(allowed_profiles=["acme/*"], forced_metadata={"cost_center": "1"}, allow_other_catalogs=False)
    home.ok("switch", "acme/work")
    assert (
        metadata(home.env()["ANTHROPIC_CUSTOM_HEADERS"])["cost_center"] == "1"
    )  # over what the catalog locks
    home.ok("switch", "safe")  # of the only catalog that has it
    refused(home, "Acme IT allows no profile but acme/*", "switch", "private")
    forced(required_profile="acme/work")
    refused(home, "Acme IT requires the profile acme/work", "switch", "safe")
    home.ok("switch", "work")
    refused(home, "Acme IT requires the profile acme/work", "off")


def test_a_catalog_that_was_not_reached_for_long_is_left_and_not_entered(
    home: UserHome, forced: Force, tmp_path: Path
) -> None:
    publisher = Publisher(tmp_path / "share" / "pkcc")
    publisher.publish()
    join(home, publisher)
    home.add("work", "--provider", "@a")
    forced(catalog_max_age_days=7)
    home.ok("switch", "acme/work")
    record = home.root / ".local" / "state" / "pkcc-tray" / "catalogs" / "acme.json"
    old = json.loads(record.read_text())
    record.write_text(json.dumps({**old, "reached_at": old["reached_at"] - 9 * 86_400}))
    says = "Acme IT wants acme to be asked every 7 days, and it was not for 9"
    for argv in (("switch", "acme/safe"), ("switch", "safe"), ("exec", "acme/safe", "--", "env")):
        refused(home, says, *argv)
    home.ok("switch", "work")
    home.ok("catalog", "update", "acme")
    home.ok("switch", "acme/safe")


def test_the_list_says_which_profiles_are_not_allowed(old: UserHome, forced: Force) -> None:
    assert {row["refused"] for row in old.ok("list", "--json").json()["data"]["profiles"]} == {""}
    forced(allowed_gateway_hosts=["api.portkey.ai"])
    rows = old.ok("list", "--json").json()["data"]["profiles"]
    assert {row["name"]: row["refused"] for row in rows} == {"open": "", "strange": NO_HOST, "work": ""}
    assert "@b at gw.strange.example, not allowed here" in old.ok("list").out


def test_a_list_looks_at_the_policy_once_and_not_for_each_profile(
    home: UserHome, forced: Force, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look asks who may write every part of the way to it: a hundred profiles would take a moment."""
    forced(allowed_profiles=["a*"], forced_metadata={"company": "acme"})
    looks: list[object] = []
    look = in_force._marks

    def counted(place: Place) -> tuple[object, ...]:
        looks.append(place)
        return look(place)

    found = []
    for names in (["a1"], ["a2", "a3", "a4"]):
        for name in names:
            home.add(name, "--provider", "@a")
        monkeypatch.setattr(in_force, "_marks", counted)
        looks.clear()
        home.ok("list", "--json")
        found.append(len(looks))
        monkeypatch.setattr(in_force, "_marks", look)
    assert found[0] == found[1] > 0


def test_a_copy_or_a_new_profile_that_cannot_be_used_here_says_so_at_once(
    old: UserHome, forced: Force
) -> None:
    """`switch mine makes it active` was said of a profile that every switch refuses."""
    forced(allowed_profiles=["work"])
    said = "it cannot be switched to here: Acme IT allows no profile but work"
    assert said in old.ok("copy", "work", "mine").err
    assert said in old.ok("add", "new", "--provider", "@a", "--key-ref", "env:A").err
