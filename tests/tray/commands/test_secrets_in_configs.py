"""A password in a config's address, a token in its header or list: no command shows or stores it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.gateway.account import HostedAccount
from support.home.user_home import UserHome, files_with

PW = "CANARY-0123456789"
HOST = {"provider": "openai", "custom_host": f"https://u:{PW}@h.example/v1"}
QUERY = {"provider": "openai", "custom_host": f"https://h.example/v1?api_key={PW}"}
HOOK = {
    "provider": "@a",
    "input_guardrails": [
        {"default.webhook": {"webhookURL": f"https://u:{PW}@h/x", "headers": json.dumps({"X-Key": PW})}}
    ],
}
LISTED = {"provider": "@a", "override_params": {"api_keys": [PW, PW + "-2"]}}
PAIRS = {"provider": "@a", "override_params": {"headers": [{"name": "Authorization", "value": PW}]}}
ALL = [HOST, QUERY, HOOK, LISTED, PAIRS]
HELD = [HOOK, QUERY]  # what no reference can stand for


def write(home: UserHome, config: Any) -> str:
    (home.root / "mine.json").write_text(json.dumps(config))
    return "mine.json"


@pytest.mark.parametrize("config", ALL)
def test_a_saved_config_is_shown_and_written_without_it(
    work: UserHome, hosted: HostedAccount, config: Any
) -> None:
    slug = hosted.save("Sec", config)
    work.ok("add", "sec", "--config", slug, "--gateway", hosted.url, "--key-ref", "keyring:work")
    (work.root / "other.json").write_text('{"provider": "@b"}')
    for argv in (
        ("config", "pull", slug),
        ("config", "pull", slug, "-o", "pulled.json", "--force"),
        ("config", "diff", "other.json", slug),
        ("explain", "--id", slug),
        ("explain", "sec"),
        ("config", "push", "other.json", "--id", slug, "--yes"),
    ):
        for more in ((), ("--json",)):
            assert PW not in work.run(*argv, *more).text
    assert files_with(PW, work.root) == []
    ran = work.run("config", "push", "pulled.json", "--id", slug, "--yes")
    assert ran.code == 2
    assert "is dots, where `config pull` has left out a secret" in ran.err


@pytest.mark.parametrize("config", ALL)
def test_a_config_of_ones_own_is_shown_without_it_and_goes_nowhere(
    work: UserHome, hosted: HostedAccount, config: Any
) -> None:
    file, slug = write(work, config), hosted.save("Main2", {"provider": "@b"})
    texts = [
        work.run(*argv, *more).text
        for argv in (
            ("config", "check", file),
            ("config", "diff", file, slug),
            ("config", "push", file, "--yes"),
            ("config", "new", "--fallback", "@b", file),
            ("explain", "--file", file),
        )
        for more in ((), ("--json",))
    ]
    assert not [text for text in texts if PW in text]
    assert "in clear text" in texts[0] or "must not hold a user name or password" in texts[0]
    assert [each for each in hosted.asked if each.method == "POST"] == []


@pytest.mark.parametrize("config", ALL)
def test_add_and_import_put_it_into_the_key_store_or_refuse_it(
    work: UserHome, hosted: HostedAccount, config: Any
) -> None:
    """In a profile, and in what is remembered of it, no secret stands in clear text."""
    file = write(work, config)
    key = ("--gateway", hosted.url, "--key-ref", "keyring:work")
    added = work.run("add", "mine", "--config-file", file, *key)
    (work.root / file).unlink()
    assert PW not in added.text
    assert added.code == (0 if config in (LISTED, PAIRS) else added.code)
    headers = f"x-portkey-api-key: pk-1\nx-portkey-config: {json.dumps(config)}"
    settings = {"env": {"ANTHROPIC_BASE_URL": hosted.url, "ANTHROPIC_CUSTOM_HEADERS": headers}}
    other = work.root / "settings-of-another.json"
    other.write_text(json.dumps(settings))
    imported = work.run("import", str(other), "--name", "theirs", "--yes")
    other.unlink()
    assert PW not in imported.text
    assert files_with(PW, work.root) == []
    for ran in (added, imported):
        if config in HELD:
            assert ran.code != 0
            assert "holds a login or token in clear text" in ran.err
        elif config is not HOST:
            assert ran.code == 0, ran.text
            name = "mine" if ran is added else "theirs"
            assert PW not in work.ok("config", "show", name).text
            assert PW not in json.dumps(work.stored(name))


def test_a_config_that_a_profile_has_used_since_before_works_and_is_shown_without_it(
    work: UserHome, hosted: HostedAccount
) -> None:
    """Else an update would end a setup that works."""
    file = write(work, {"provider": "@a"})
    work.ok("add", "mine", "--config-file", file, "--gateway", hosted.url, "--key-ref", "keyring:work")
    write(work, HOOK)
    work.ok("switch", "mine")
    for argv in (("config", "show", "mine"), ("explain", "mine"), ("show", "mine"), ("status",), ("diff",)):
        for more in ((), ("--json",)):
            assert PW not in work.ok(*argv, *more).text


def test_a_profile_of_an_older_version_that_holds_one_is_shown_without_it_and_does_not_travel(
    work: UserHome,
) -> None:
    """Earlier versions saw a secret by its field's name alone."""
    path = work.profiles / "work.json"
    inline = {**HOOK, "override_params": {**LISTED["override_params"], **PAIRS["override_params"]}}
    path.write_text(json.dumps({**work.stored(), "route": {"kind": "config", "inline": inline}}))
    work.ok("switch", "work")
    for argv in (("show", "work"), ("config", "show", "work"), ("explain", "work"), ("diff",), ("status",)):
        for more in ((), ("--json",)):
            assert PW not in work.ok(*argv, *more).text
    for argv in (("export", "work"), ("export", "-o", "b.json")):
        ran = work.run(*argv)
        assert (ran.code, ran.out) == (1, "")
        assert "work: the config in it holds a secret in clear text at input_guardrails[0]" in ran.err
        assert PW not in ran.err
    assert not (work.root / "b.json").exists()


def test_a_secret_that_is_typed_into_a_new_config_is_refused_unseen(work: UserHome) -> None:
    for words in (
        ("--custom-host", f"https://u:{PW}@h.example/v1"),
        ("--set", f"override_params.extra=https://h/?token={PW}"),
        ("--set", f'override_params.headers={{"Authorization": "{PW}"}}'),
    ):
        for more in ((), ("--json",)):
            ran = work.run("config", "new", "--to", "@a", *words, *more)
            assert ran.code == 2
            assert PW not in ran.text
