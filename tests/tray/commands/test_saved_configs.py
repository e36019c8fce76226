"""A config is saved at Portkey, and nobody's work is lost by it, there or here; no secret goes there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.gateway.account_rows import auth_error, control
from support.home.pseudo_terminal import CONTROL_C, CONTROL_D, terminal
from support.home.user_home import KEY, UserHome, files_with

MAIN = "pc-main-000000"
NEW = "pc-fallba-000001"
ONE = {"strategy": {"mode": "fallback"}, "targets": [{"provider": "@anthropic-prod"}, {"provider": "@b"}]}
TWO = {"targets": [{"provider": "@anthropic-prod"}, {"provider": "@c"}], "strategy": {"mode": "fallback"}}
SECRET = "sk-CANARY-of-a-provider-0123456789"
WITH_SECRET = {"provider": "openai", "api_key": SECRET}
PUSH = ("config", "push", "fallback.json", "--profile", "work", "--yes")


@pytest.fixture
def file(work: UserHome) -> Path:
    return write(work, ONE)


def write(home: UserHome, config: Any, name: str = "fallback.json") -> Path:
    path = home.root / name
    path.write_text(json.dumps(config))
    return path


def data(home: UserHome, *argv: str, code: int = 0) -> Any:
    ran = home.run(*argv, "--json")
    assert ran.code == code, ran.text
    return ran.json()["data"]


def changing(hosted: HostedAccount) -> list[str]:
    """What was asked that changes something at Portkey."""
    return [f"{each.method} {each.path}" for each in hosted.asked if each.method != "GET"]


def test_a_new_config_is_saved_and_its_id_is_the_last_line_for_a_script(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    ran = work.ok(*PUSH)
    assert ran.out.splitlines()[-1] == NEW
    assert hosted.shelf.now(NEW) == ONE
    assert hosted.configs[NEW][0]["name"] == "fallback"
    assert work.stored("work")["route"] == {"kind": "provider", "provider": "@anthropic-prod"}


def test_profiles_that_used_the_file_name_the_id_and_undo_gives_them_the_file_back(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    """Else every later switch would go on sending the whole file, or an old one."""
    route = ("--config-file", str(file), "--gateway", hosted.url, "--key-ref", "keyring:work")
    work.ok("add", "first", *route)
    work.ok("add", "second", *route, "--provider", "@anthropic-prod")
    work.ok("add", "stranger", *route[:4], "--key-ref", "env:OTHER_KEY")
    work.ok("switch", "first")
    ran = work.ok("config", "push", "fallback.json", "--yes")  # the key of the profile in use
    assert "first, second name it now." in ran.out
    assert work.stored("first")["route"] == {"kind": "config", "id": NEW}
    assert work.stored("second")["route"] == {"kind": "config", "id": NEW, "provider": "@anthropic-prod"}
    assert work.stored("stranger")["route"]["path"] == str(file)
    assert "stranger uses that file with another key" in ran.err
    assert f"x-portkey-config: {NEW}" in work.env()["ANTHROPIC_CUSTOM_HEADERS"]
    work.ok("undo")
    assert work.stored("first")["route"] == {"kind": "config", "path": str(file)}
    assert work.stored("second")["route"]["path"] == str(file)
    assert "x-portkey-config: {" in work.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert NEW in hosted.configs


def test_a_config_is_authored_saved_and_switched_to(work: UserHome, hosted: HostedAccount) -> None:
    work.ok("config", "new", "--fallback", "@anthropic-prod", "@bedrock-eu", "--on", "429", "-o", "mine.json")
    gateway = ("--gateway", hosted.url, "--key-ref", "keyring:work")
    work.ok("add", "mine", "--config-file", "mine.json", *gateway)
    saved = work.ok("config", "push", "--profile", "mine", "--yes").out.splitlines()[-1]
    work.ok("switch", "mine")
    assert f"x-portkey-config: {saved}" in work.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert [each["provider"] for each in hosted.shelf.now(saved)["targets"]] == [
        "@anthropic-prod",
        "@bedrock-eu",
    ]
    work.ok("check", "mine")


def test_the_same_again_changes_nothing_and_a_change_makes_a_version(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    """A push that was interrupted is typed again; a job pushes at every build."""
    work.ok(*PUSH)
    ran = work.ok(*PUSH)
    assert ran.out.splitlines() == [f"{NEW} was the same already.", NEW]
    assert changing(hosted) == ["POST /v1/configs"]
    write(work, dict(reversed(ONE.items())))  # another order is no other config
    work.ok(*PUSH)
    assert len(hosted.configs[NEW]) == 1
    write(work, TWO)
    ran = work.ok(*PUSH, "--id", NEW)
    assert ran.out.splitlines()[:2] == ['- targets[1].provider = "@b"', '+ targets[1].provider = "@c"']
    assert ran.out.splitlines()[-1] == NEW
    assert hosted.shelf.now(NEW) == TWO
    assert len(hosted.configs[NEW]) == 2


def test_a_saved_config_gets_another_name_once(work: UserHome, hosted: HostedAccount, file: Path) -> None:
    for _ in range(2):
        work.ok(*PUSH, "--id", MAIN, "--name", "Other")
    assert [version["name"] for version in hosted.configs[MAIN]] == ["Main", "Other"]
    assert hosted.shelf.now(MAIN) == ONE


def test_nobody_is_asked_about_nothing(work: UserHome, hosted: HostedAccount, file: Path) -> None:
    hosted.save("fallback", ONE)
    with terminal(["config", "push", "fallback.json"], work.environ, work.root) as term:
        assert term.finish() == 0
        assert term.screen.splitlines()[-2:] == [f"{NEW} was the same already.", NEW]


def test_a_config_of_that_name_that_is_perhaps_anothers_is_not_changed_unasked(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    hosted.save("fallback", TWO)
    ran = work.run(*PUSH)
    assert ran.code == 4
    assert "There is another config named 'fallback' already, pc-fallba-000001" in ran.err
    work.ok(*PUSH, "--name", "fallback")
    hosted.save("fallback", TWO)
    ran = work.run(*PUSH, "--name", "fallback")
    assert ran.code == 4
    assert "Several configs are named 'fallback': pc-fallba-000001, pc-fallba-000002" in ran.err
    assert changing(hosted) == [f"PUT /v1/configs/{NEW}"]


def test_nobody_is_asked_in_a_script_so_nothing_is_saved(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    ran = work.run(*PUSH[:-1])
    assert (ran.code, ran.out) == (4, "")
    assert "Nobody can be asked here, so nothing was saved\n  --yes saves it" in ran.err
    assert changing(hosted) == []


def test_a_person_sees_the_difference_and_says_yes_or_no(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    hosted.save("fallback", TWO)
    work.ok("add", "first", "--config-file", str(file), "--gateway", hosted.url, "--key-ref", "keyring:work")
    for answer, code in (("n", 4), ("y", 0)):
        with terminal(["config", "push", "fallback.json"], work.environ, work.root) as term:
            shown = term.expect("Save it at Portkey? (y/N): ")
            assert '- targets[1].provider = "@c"' in shown
            assert '+ targets[1].provider = "@b"' in shown
            assert f"{NEW} at Portkey would change: 1 field." in shown
            assert f"! No profile here uses {NEW}: perhaps it is somebody else's." in shown
            assert "first would name it then" in shown
            assert len(hosted.configs[NEW]) == 1
            term.type(answer)
            assert term.finish() == code
    assert term.screen.splitlines()[-1] == NEW
    assert len(hosted.configs[NEW]) == 2
    assert work.stored("first")["route"]["id"] == NEW


def test_a_profile_s_own_config_is_saved_without_naming_a_file(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    gateway = ("--gateway", hosted.url, "--key-ref", "keyring:work")
    work.ok("add", "filed", "--config-file", str(file), *gateway)
    work.ok("add", "inside", "--config-inline", str(file), *gateway)
    for name, saved in (("filed", NEW), ("inside", "pc-inside-000002")):
        assert work.ok("config", "push", "--profile", name, "--yes").out.splitlines()[-1] == saved
        assert work.stored(name)["route"] == {"kind": "config", "id": saved}
        assert hosted.shelf.now(saved) == ONE
    ran = work.run("config", "push", "--profile", "filed", "--yes")
    assert ran.code == 2
    assert "has no config of its own" in ran.err


def test_a_config_from_a_pipe_needs_a_name(work: UserHome, hosted: HostedAccount) -> None:
    push = ("config", "push", "-", "--yes")
    assert work.run(*push, stdin=json.dumps(ONE)).code == 2
    ran = work.run(*push, "--name", "Piped one", stdin=json.dumps({**ONE, "oops": 1}))
    assert ran.out.splitlines()[-1] == "pc-piped--000001"
    assert "Note: config oops: is not a field this version knows" in ran.err
    assert "inline" not in ran.err


def test_an_archived_config_of_that_name_is_left_alone(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    hosted.shelf.change(hosted.save("fallback", TWO), TWO, status="archived")
    assert work.ok(*PUSH).out.splitlines()[-1] == "pc-fallba-000002"
    assert hosted.shelf.now(NEW) == TWO


# Two at once, and what breaks in between ------------------------------------------------------------------


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    for place, others in (
        (f"/v1/configs/{MAIN}", lambda: hosted.shelf.change(MAIN, TWO)),
        # The same again, and yet a version of theirs.
        (f"/v1/configs/{MAIN}/versions", lambda: hosted.shelf.change(MAIN, hosted.shelf.now(MAIN))),
    ):
        hosted.before = {("GET", place): [lambda: None, others]}
        ran = work.run(*PUSH, "--id", MAIN)
        assert (ran.code, ran.out) == (4, "")
        assert f"somebody has changed {MAIN}: nothing was saved" in ran.err
    hosted.before = {("GET", "/v1/configs"): [lambda: None, lambda: hosted.save("fallback", TWO)]}
    ran = work.run(*PUSH)
    assert (ran.code, ran.out) == (4, "")
    assert changing(hosted) == []


def test_a_version_that_came_in_the_very_same_moment_is_named(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    """Portkey cannot be told to change only what was seen: so theirs is not lost, it must be found."""
    hosted.before = {("PUT", f"/v1/configs/{MAIN}"): [lambda: hosted.shelf.change(MAIN, TWO)]}
    ran = work.ok(*PUSH, "--id", MAIN)
    theirs = hosted.configs[MAIN][1]["version_id"]
    remedy = re.search(r"`pkcc-tray (config pull [^`]+)`", ran.err)
    assert remedy is not None
    assert json.loads(work.ok(*remedy[1].split()).out) == TWO
    assert theirs in ran.err


def test_where_the_profile_cannot_be_changed_after_all_the_id_is_told_and_the_remedy_works(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    work.ok("add", "first", "--config-file", str(file), "--gateway", hosted.url, "--key-ref", "keyring:work")
    stored = work.profiles / "first.json"
    before = stored.read_text()
    hosted.before = {("POST", "/v1/configs"): [lambda: stored.write_text("half a fi")]}
    ran = work.run(*PUSH)
    stored.write_text(before)
    assert (ran.code, ran.out) == (1, "")
    assert f"Saved at Portkey: {NEW}" in ran.err
    assert f"{NEW} is saved at Portkey, but no profile was changed" in ran.err
    assert work.stored("first")["route"]["path"] == str(file)
    remedy = re.search(r"`pkcc-tray (config push [^`]+)`", ran.err)
    assert remedy is not None
    work.ok(*remedy[1].split(), "--yes")
    assert work.stored("first")["route"]["id"] == NEW
    assert changing(hosted) == ["POST /v1/configs"]


def test_an_id_that_this_key_may_not_look_up_is_where_the_message_says(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    hosted.lacks = {"configs.list"}
    ran = work.run(*PUSH)
    assert (ran.code, ran.out) == (1, "")
    assert "'fallback' is saved at Portkey (4e54a1a4-109c-43ee-b0f7-000000000001)" in ran.err
    assert "This key may not list configs" in ran.err
    assert "--id ID` has the profile name it" in ran.err
    assert hosted.shelf.now(NEW) == ONE
    work.ok(*PUSH, "--id", NEW)


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("configs.create", "This key may not create configs"),
        ("configs.update", "This key may not change configs"),
    ],
)
def test_a_right_that_the_key_lacks_is_named_and_nothing_is_half(
    work: UserHome, hosted: HostedAccount, file: Path, scope: str, words: str
) -> None:
    hosted.lacks = {scope}
    ran = work.run(*PUSH, *(("--id", MAIN) if "update" in scope else ()))
    assert (ran.code, ran.out) == (6, "")
    assert words in ran.err
    assert f"the scope {scope} at" in ran.err
    assert [*hosted.configs] == [MAIN]
    assert len(hosted.configs[MAIN]) == 1


def test_a_config_that_the_key_may_change_and_not_read_is_replaced_with_a_word(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    hosted.lacks = {"configs.read"}
    ran = work.ok(*PUSH, "--id", MAIN)
    assert f"what {MAIN} is now is not known" in ran.err
    assert hosted.shelf.now(MAIN) == ONE


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (control(409, "AB07", "a config of that name is there"), 6, "a config of that name is there"),
        (control(400, "AB01", "targets[0] is wrong"), 6, "targets[0] is wrong"),
        (control(404, "AB08"), 6, "has nothing with which to create configs"),
        (auth_error(429, "apikey 5f0c rate limit exceded", "05"), 6, "over its rate limit"),
        (control(500, "AB04"), 1, "Whether the config is saved is not known"),
        ((200, {"success": True}), 1, "Whether the config is saved is not known"),
    ],
)
def test_each_refusal_of_portkeys_is_told_and_leaves_the_profile_as_it_was(
    work: UserHome, hosted: HostedAccount, file: Path, answer: Any, code: int, words: str
) -> None:
    work.ok("add", "first", "--config-file", str(file), "--gateway", hosted.url, "--key-ref", "keyring:work")
    hosted.refusals = {("POST", "/v1/configs"): answer}
    ran = work.run(*PUSH)
    assert (ran.code, ran.out) == (code, "")
    assert words in ran.err
    assert len(ran.err.splitlines()) == 2
    assert work.stored("first")["route"]["path"] == str(file)


def test_a_wrong_id_and_a_gateway_without_configs_are_told(work: UserHome, file: Path) -> None:
    ran = work.run(*PUSH, "--id", "pc-gone")
    assert (ran.code, ran.out) == (3, "")
    assert "has no config pc-gone" in ran.err
    work.ok("add", "airs", "--gateway", "airs", "--provider", "@a", "--key-ref", "keyring:work")
    ran = work.run("config", "push", "fallback.json", "--profile", "airs", "--yes")
    assert (ran.code, ran.out) == (1, "")
    assert "Prisma AIRS AI Gateway does not let a gateway key list configs" in ran.err


# Secrets --------------------------------------------------------------------------------------------------


def test_a_secret_is_sent_to_portkey_only_where_that_was_said(work: UserHome, hosted: HostedAccount) -> None:
    work.environ["OPENAI_KEY"] = SECRET
    for config in (WITH_SECRET, {"provider": "openai", "api_key": "env:OPENAI_KEY"}):
        write(work, config)
        ran = work.run(*PUSH)
        assert (ran.code, ran.out) == (2, "")
        assert "api_key " in ran.err
        assert "at Portkey everybody who may read configs would see it" in ran.err
        assert changing(hosted) == []
    with terminal(["config", "push", "fallback.json", "--with-secrets"], work.environ, work.root) as term:
        shown = term.expect("(y/N): ")
        assert "All who may read configs would see the secrets in it: api_key (env:OPENAI_KEY)" in shown
        assert SECRET not in shown
        term.type("n")
        term.finish()
    ran = work.ok(*PUSH, "--with-secrets")
    assert hosted.shelf.now(NEW) == WITH_SECRET
    assert SECRET not in ran.text
    assert not [path for path in files_with(SECRET, work.root) if path.name != "fallback.json"]


def test_a_file_cannot_have_a_command_run_by_being_pushed(work: UserHome, hosted: HostedAccount) -> None:
    write(work, {"provider": "openai", "api_key": 'cmd:["touch", "ran"]'})
    ran = work.run(*PUSH, "--with-secrets")
    assert ran.code == 2
    assert "names a command" in ran.err
    assert not (work.root / "ran").exists()


def test_a_providers_key_in_a_saved_config_is_dots_and_kept_nowhere(
    work: UserHome, hosted: HostedAccount
) -> None:
    slug = hosted.save("Secret", {**WITH_SECRET, "metadata": {"of": KEY}, "keys": {"api_keys": [SECRET]}})
    hosted.configs[slug][-1]["name"] = f"of {KEY}"
    write(work, {**WITH_SECRET, "api_key": SECRET + "x"})
    for argv in (
        ("config", "pull", slug),
        ("config", "pull", slug, "-o", "pulled.json", "--force"),
        ("config", "diff", "fallback.json", slug),
        ("config", "list"),
        ("config", "list", "--versions", slug),
        ("config", "push", "fallback.json", "--id", slug, "--yes", "--with-secrets"),
    ):
        for more in ((), ("--json",), ("--debug",)):
            assert "CANARY" not in work.run(*argv, *more).text
    (work.root / "fallback.json").unlink()
    assert files_with("CANARY", work.root) == []
    ran = work.run("config", "push", "pulled.json", "--id", slug, "--yes")
    assert ran.code == 2
    assert "is dots, where `config pull` has left out a secret" in ran.err


def test_a_config_is_pulled_with_its_secrets_into_a_file_of_ones_own(
    work: UserHome, hosted: HostedAccount
) -> None:
    slug = hosted.save("Secret", WITH_SECRET)
    assert work.run("config", "pull", slug, "--with-secrets").code == 2
    ran = work.ok("config", "pull", slug, "--with-secrets", "-o", "pulled.json")
    assert SECRET not in ran.text
    pulled = work.root / "pulled.json"
    assert json.loads(pulled.read_text()) == WITH_SECRET
    assert pulled.stat().st_mode & 0o777 == 0o600


# Pull, diff, list -----------------------------------------------------------------------------------------


def test_what_may_be_meant_is_named(work: UserHome, hosted: HostedAccount, file: Path) -> None:
    for argv in (
        ("pull", "pc-main-00000"), ("list", "--versions", "pc-main-00000"),
        ("diff", "fallback.json", "pc-main-00000"),
        ("push", "fallback.json", "--id", "pc-main-00000", "--yes"),
    ):  # fmt: skip
        ran = work.run("config", *argv)
        assert (ran.code, ran.out) == (3, "")
        assert f"Did you mean {MAIN} (Main)?" in ran.err
        by_name = work.run("config", *(word.replace("pc-main-00000", "Mian") for word in argv))
        assert (by_name.code, by_name.out) == (3, "")  # a script need not tell a name from an id


def test_a_config_is_pulled_and_no_file_lost_by_it(work: UserHome, hosted: HostedAccount, file: Path) -> None:
    hosted.shelf.change(MAIN, {"provider": "@é\x7f\u009b"})
    shown = work.ok("config", "pull", MAIN).out
    assert json.loads(shown) == hosted.shelf.now(MAIN)
    assert all(line.isprintable() for line in shown.splitlines())
    ran = work.run("config", "pull", MAIN, "-o", "fallback.json")
    assert ran.code == 4
    assert json.loads(file.read_text()) == ONE
    work.ok("config", "pull", MAIN, "-o", "fallback.json", "--force")
    assert json.loads(file.read_text()) == hosted.shelf.now(MAIN)
    assert work.run("config", "pull", MAIN, "-o", "nowhere/f.json").code == 3
    assert work.run("config", "pull", MAIN, "--version", "v").code == 3


def test_what_is_no_config_is_not_taken_for_one(work: UserHome, hosted: HostedAccount, file: Path) -> None:
    """Such as a list so deep that nothing could walk it, or an id that would end a script's line."""
    deep = b'{"data": {"config": {"a": ' + b"[" * 400 + b"]" * 400 + b"}}}"
    hosted.answers = {f"/v1/configs/{MAIN}": deep}
    for argv in (("pull", MAIN), ("pull", MAIN, "-o", "new.json"), ("diff", "fallback.json", MAIN)):
        ran = work.run("config", *argv)
        assert (ran.code, ran.out) == (1, "")
        assert "not what Portkey documents" in ran.err
    assert not (work.root / "new.json").exists()
    hosted.before = {("POST", "/v1/configs"): [lambda: hosted.shelf.slugs.append("pc-x; touch ran")]}
    ran = work.run(*PUSH)
    assert (ran.code, ran.out) == (1, "")
    assert "its pc-… id is not known" in ran.err


def test_diff_compares_data_and_says_by_its_exit_code(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    slug = hosted.save("One", dict(reversed(ONE.items())))
    assert work.run("config", "diff", "fallback.json", slug).code == 0
    write(work, {**ONE, "targets": [{"provider": "@z"}, *ONE["targets"]], "retry": {"attempts": 3}})
    ran = work.run("config", "diff", "fallback.json", slug)
    assert ran.code == 1
    assert ran.out.splitlines() == [
        '+ targets[0] = {"provider": "@z"}',
        '+ retry = {"attempts": 3}',
    ]
    assert ran.err == ""
    assert data(work, "config", "diff", "fallback.json", slug, code=1)["changes"][0] == {
        "path": "targets[0]",
        "after": {"provider": "@z"},
    }


def test_a_reference_in_the_file_is_not_followed_to_compare(work: UserHome, hosted: HostedAccount) -> None:
    slug = hosted.save("Secret", WITH_SECRET)
    write(work, {"provider": "openai", "api_key": "file:/etc/hostname"})
    ran = work.ok("config", "diff", "fallback.json", slug)
    assert "api_key is file:/etc/hostname here: what it leads to was not compared" in ran.err


def test_saved_configs_are_listed_with_the_profiles_that_name_them(
    work: UserHome, hosted: HostedAccount
) -> None:
    work.add("second", "--config", MAIN, "--gateway", hosted.url)
    hosted.save("Archived", ONE)
    hosted.shelf.change("pc-archiv-000001", ONE, status="archived")
    lines = work.ok("config", "list").out.splitlines()
    assert lines[0].split() == ["NAME", "ID", "STATUS", "CHANGED", "USED", "BY"]
    assert lines[1].split()[:3] == ["Archived", "pc-archiv-000001", "archived"]
    assert lines[2].split() == ["Main", MAIN, "active", "2026-11-01", "09:00", "UTC", "second"]
    hosted.refuses = (503, {})  # without a network: as last listed
    ran = work.ok("config", "list")
    assert MAIN in ran.out
    assert "in trouble" in ran.err


def test_versions_are_listed_the_newest_first(work: UserHome, hosted: HostedAccount) -> None:
    hosted.shelf.change(MAIN, ONE)
    lines = work.ok("config", "list", "--versions", MAIN).out.splitlines()
    assert lines[0].split() == ["VERSION", "STATUS", "CHANGED", "BY"]
    assert [line.split()[0] for line in lines[1:]] == [
        version["version_id"] for version in reversed(hosted.configs[MAIN])
    ]
    one = {"object": "list", "total": 2, "data": hosted.configs[MAIN][-1:]}
    hosted.answers = {f"/v1/configs/{MAIN}/versions": json.dumps(one).encode()}
    assert "longer than what could be read" in work.ok("config", "list", "--versions", MAIN).err
    hosted.answers, hosted.lacks = {}, {"configs.read"}
    assert work.run("config", "list", "--versions", MAIN).code == 6


# Organisations that take only saved configs ---------------------------------------------------------------


def test_add_offers_to_save_a_file_that_many_organisations_refuse_in_a_request(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    add = ["--config-file", "fallback.json", "--gateway", hosted.url, "--key-ref", "keyring:work"]
    for name, answer, route in (
        ("no", "n", {"kind": "config", "path": str(file)}),
        ("yes", "y", {"kind": "config", "id": NEW}),
    ):
        with terminal(["add", name, *add], work.environ, work.root) as term:
            shown = term.expect("Save it there, so that no request carries it? (y/N): ")
            assert "take only configs that are saved at Portkey" in shown
            assert "A new config 'fallback' would be saved at Portkey:" in shown
            assert "Tries @anthropic-prod, then @b" in shown
            term.type(answer)
            assert term.finish() == 0
        assert work.stored(name)["route"] == route
    assert f"Stored yes: config fallback ({NEW})" in term.screen
    assert "no, yes name it now." in term.screen
    assert changing(hosted) == ["POST /v1/configs"]


def test_add_goes_on_without_an_account_or_the_right_to_save(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    add = ["--config-file", "fallback.json", "--gateway", hosted.url, "--key-ref", "keyring:work"]
    hosted.refuses = auth_error(401, "Portkey API Key Expired", "01")
    with terminal(["add", "third", *add], work.environ, work.root) as term:
        assert term.finish() == 0
        assert "The key has expired" in term.screen
    assert work.stored("third")["route"]["path"] == str(file)
    note = "Note: Organisations made since June 2026 take only configs that are saved at Portkey, unless set"
    ran = work.ok("add", "hosted", *add[:2], "--key-ref", "keyring:work")
    assert note in ran.err
    assert "`pkcc-tray config push --profile hosted` saves it there" in ran.err
    assert note not in work.ok("add", "own", *add).err  # perhaps it is the open-source gateway


def test_check_offers_to_save_what_a_saved_only_organisation_refused(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    add = ("--config-file", "fallback.json", "--gateway", hosted.url, "--key-ref", "keyring:work")
    work.ok("add", "first", *add)
    hosted.saved_only = True
    with terminal(["check", "first", "--route"], work.environ, work.root) as term:
        shown = term.expect("Save it there, so that no request carries it?")
        assert "first: the config was refused: " in shown
        assert "saved" in shown.partition("was refused: ")[2].partition("\n")[0]  # why, before it is answered
        term.type("y")
        assert term.finish() == 0
        assert f"{NEW} is there" in term.screen
    assert work.stored("first")["route"] == {"kind": "config", "id": NEW}


@pytest.mark.parametrize("end", [CONTROL_C, CONTROL_D], ids=["Ctrl-C", "Ctrl-D"])
def test_an_offer_that_is_stopped_leaves_a_new_profile_as_it_was_stored(
    work: UserHome, hosted: HostedAccount, file: Path, end: str
) -> None:
    add = ["--config-file", "fallback.json", "--gateway", hosted.url, "--key-ref", "keyring:work"]
    with terminal(["add", "first", *add], work.environ, work.root) as term:
        term.expect("(y/N): ")
        term.press(end)
        assert term.finish() == 0
        assert "Stored first: config file fallback.json" in term.screen
    assert changing(hosted) == []


def test_check_names_the_command_that_a_saved_only_organisation_makes_necessary_and_it_works(
    work: UserHome, hosted: HostedAccount, file: Path
) -> None:
    hosted.saved_only = True
    work.ok(
        "add", "first", "--config-file", "fallback.json", "--gateway", hosted.url, "--key-ref", "keyring:work"
    )
    ran = work.run("check", "first", "--route")
    assert ran.code == 6
    assert "The organisation refuses inline configs" in ran.out
    remedy = re.search(r"`pkcc-tray (config push [^`]+)`", ran.out)
    assert remedy is not None
    work.ok(*remedy[1].split(), "--yes")
    assert work.stored("first")["route"] == {"kind": "config", "id": NEW}
    work.ok("check", "first", "--route")
