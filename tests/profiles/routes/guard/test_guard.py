"""The guard: a key is only ever printed where the asking session sends it to its own gateway."""

from __future__ import annotations

import pytest

from profiles.claude_code.process import unread_kinds
from profiles.claude_code.routing_names import BASE_URLS, MESSAGES, PROVIDERS, SWITCH_OF
from profiles.portkey.addresses import is_same_address, shown_address
from profiles.profile.rendering import Rendered
from profiles.routes.guard.asker import BY_HAND, Asker, from_fields, to_fields
from profiles.routes.guard.judge import judge
from profiles.routes.guard.refusal import Refusal
from profiles.routes.guard.sources import Source

GW = "https://gw.example"
EVIL = "https://evil.example"
BASE = MESSAGES.base_url
WORK = Rendered("work", "messages", {BASE: GW}, [], True, "keyring:work")
CLIENT = {"CLAUDE_CODE_ENTRYPOINT": "cli"}


def asker(environ: dict[str, str] | None = None, started: dict[str, str] | None = None) -> Asker:
    """A session that was started in a shell with `started`, and whose environment is `environ` now."""
    return Asker(False, CLIENT | (environ or {}), {} if started is None else started, "/p", "1:2")


def user(**env: str) -> Source:
    return Source("user", "/h/settings.json", {BASE: GW} | env, certain=True)


def project(certain: bool = True, **env: str) -> Source:
    return Source("project", "/p/settings.json", env, certain=certain)


def local(certain: bool = True, **env: str) -> Source:
    return Source("local", "/p/settings.local.json", env, certain=certain)


def verdict(
    who: Asker, *sources: Source, home: Rendered = WORK, remembered: dict[str, str] | None = None
) -> Refusal | None:
    known = remembered or {}
    return judge("work", who, sources, [home], lambda name, value: known.get(name) == value)


AT_HOME = {BASE: GW}


def test_a_session_at_home_gets_its_key() -> None:
    assert verdict(asker(AT_HOME), user()) is None


@pytest.mark.parametrize("make", [project, local])
def test_a_project_that_names_another_address_gets_none_though_the_session_does_not_know_it_yet(
    make: type[Source],
) -> None:
    """Claude Code asks before it applies a project's files: its environment still says home."""
    refusal = verdict(asker(AT_HOME), make(**{BASE: EVIL}), user())
    assert refusal is not None
    assert (refusal.what, refusal.host) == ("address", EVIL)
    assert refusal.file.startswith("/p/")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_that_the_client_knows_is_a_way_out(provider: object) -> None:
    """A clone that names none but a switch sends the key to that cloud."""
    name = provider.name  # type: ignore[attr-defined]
    only_switch = verdict(asker(AT_HOME), project(**{SWITCH_OF[name]: "1"}), user())
    assert only_switch is not None
    with_url = verdict(asker(AT_HOME), project(**{SWITCH_OF[name]: "1", BASE_URLS[name]: EVIL}), user())
    assert with_url is not None
    assert with_url.host == EVIL
    assert verdict(asker(AT_HOME), project(**{BASE_URLS[name]: EVIL}), user()) is None, "not switched on"


def test_what_the_environment_alone_says_counts() -> None:
    """`--settings`, a shell's export, and a removed variable that stays in force show nowhere else."""
    refusal = verdict(asker({BASE: EVIL}), user())
    assert refusal is not None
    assert refusal.kind == "environment"
    assert verdict(asker(AT_HOME | {SWITCH_OF["vertex"]: "1"}), user()) is not None


def test_a_missing_address_is_anthropic_itself() -> None:
    refusal = verdict(asker({}), Source("user", "/h", {}, certain=True))
    assert refusal is not None
    assert refusal.host == "api.anthropic.com"


def test_a_pinned_project_is_at_home_before_and_after_its_file_is_applied() -> None:
    """Else a project with a profile of its own would get no key at a session's start."""
    pinned = local(**{BASE: GW})
    others = Source("user", "/h", {BASE: "https://other.example"}, certain=True)
    for environ in ({BASE: "https://other.example"}, AT_HOME):
        assert verdict(asker(environ), pinned, others) is None
    assert verdict(asker({BASE: EVIL}), pinned, others) is not None


def test_a_file_that_the_client_may_leave_out_does_not_vouch_for_the_one_it_beats() -> None:
    """A clone ships both: one that leads away, and one that leads home and is dropped as a whole."""
    files = (project(**{BASE: EVIL}), user())
    assert verdict(asker(AT_HOME), local(certain=True, **{BASE: GW}), *files) is None
    assert verdict(asker(AT_HOME), local(certain=False, **{BASE: GW}), *files) is not None


def test_a_file_that_the_client_was_told_to_leave_out_vouches_for_nothing() -> None:
    """`claude --setting-sources user,project` in a hostile clone whose local file names the gateway."""
    who = asker(AT_HOME)
    files = (local(**{BASE: GW}), project(**{BASE: EVIL}), user())
    assert verdict(who, *files) is None
    assert verdict(who._replace(unread=("local",)), *files) is not None
    assert verdict(who._replace(unread=("local", "project")), local(EDITOR="vim"), user()) is None


@pytest.mark.parametrize(
    ("words", "unread"),
    [
        ("claude -p x", ()),
        ("claude --setting-sources user,project -p x", ("local",)),
        ("claude --setting-sources=user", ("project", "local")),
        ("claude --setting-sources user, project, local", ("project", "local")),  # two words more
        ("claude --setting-sources", ("user", "project", "local")),
        ("claude --setting-sources user,project,local", ()),
    ],
)
def test_which_files_a_command_line_leaves_out(words: str, unread: tuple[str, ...]) -> None:
    assert unread_kinds(words.split(" ")) == unread


def test_a_file_that_cannot_be_judged_gets_no_key() -> None:
    assert verdict(asker(AT_HOME), Source("project", "/p", {}, unknown="is too large"), user()) is not None


def test_a_proxy_of_the_shell_is_never_refused_and_one_of_a_project_always() -> None:
    proxy = {"HTTPS_PROXY": "http://proxy.corp:8080"}
    assert verdict(asker(AT_HOME | proxy, proxy), user()) is None
    assert verdict(asker(AT_HOME | proxy, proxy), project(**proxy), user()) is None, "the same one"
    assert verdict(asker(AT_HOME), project(**proxy), user()) is not None
    assert verdict(asker(AT_HOME | proxy), user()) is not None, "none that the shell or a file knows"


def test_a_proxy_of_the_user_s_file_counts_as_it_was_at_the_switch() -> None:
    proxy = {"HTTPS_PROXY": "http://proxy.corp:8080"}
    who = asker(AT_HOME | proxy)
    assert verdict(who, user(**proxy), remembered=proxy) is None
    assert verdict(who, user(**proxy)) is not None


def test_a_switch_for_certificates_is_harmless_where_it_leaves_the_check_on() -> None:
    name = "NODE_TLS_REJECT_UNAUTHORIZED"
    assert verdict(asker(AT_HOME), project(**{name: "1"}), user()) is None
    assert verdict(asker(AT_HOME), project(**{name: "0"}), user()) is not None


def test_what_a_profile_trusts_is_as_good_as_home() -> None:
    home = WORK._replace(trusted=["url:https://mirror.example", "proxy:http://proxy.corp:8080", "ca:/c.pem"])
    there = project(**{BASE: "https://MIRROR.example:443/"})
    assert verdict(asker(AT_HOME), there, user(), home=home) is None
    around = {"HTTPS_PROXY": "http://me:secret@proxy.corp:8080", "NODE_EXTRA_CA_CERTS": "/c.pem"}
    assert verdict(asker(AT_HOME), project(**around), user(), home=home) is None
    assert verdict(asker(AT_HOME), project(HTTPS_PROXY="http://other:8080"), user(), home=home) is not None


def test_by_hand_nothing_is_judged() -> None:
    assert verdict(BY_HAND, project(**{BASE: EVIL})) is None


def test_a_script_of_the_user_s_own_is_not_judged_by_a_route_that_is_none_of_its_business() -> None:
    script = Asker(False, {}, {}, "/p", "")
    for uncertain in (project(certain=False, **{BASE: GW}), project(certain=False, HTTPS_PROXY="")):
        assert verdict(script, uncertain) is None
    routed = Asker(False, {BASE: GW}, {BASE: GW}, "/p", "")
    assert verdict(routed, Source("user", "/h", {BASE: "https://other.example"})) is None
    assert verdict(script, project(**{SWITCH_OF["bedrock"]: "1"})) is not None
    assert verdict(script, Source("user", "/h", {BASE: "https://other.example"})) is None
    assert verdict(script, project(**{BASE: EVIL})) is not None


@pytest.mark.parametrize(
    "odd",
    [
        "https://gw.example@evil.example",
        "https://gw.example\\@evil.example",
        "https://gw.example:443@evil.example",
        "https://gw.example.",
        "https://gw.example/..",
        "https://gw.example#@evil",
        "https://gw.example?x",
        "https:gw.example",
        "//gw.example",
        "https://gw.examp\u2113e",
        "https://gw.example\t",
        " https://gw.example",
        "https://gw.example:8443",
        "http://gw.example",
        "https://gw.example//",
        "https://gw.example/v1",
        "https://[gw.example]",
        "",
    ],
)
def test_no_odd_spelling_passes_for_the_gateway(odd: str) -> None:
    assert not is_same_address(odd, GW) or odd.rstrip("/") == GW


def test_the_gateway_itself_may_be_spelled_otherwise() -> None:
    for spelled in ("https://GW.example/", "HTTPS://gw.example:443", "https://gw.example:0443"):
        assert is_same_address(spelled, GW)


def test_what_is_shown_of_an_address_holds_no_login_and_names_the_real_host() -> None:
    assert shown_address("https://gw.example:pw@evil.example/x?key=1") == "https://evil.example/x"
    assert len(shown_address("https://" + "a" * 500)) <= 100


def test_an_asker_survives_the_way_to_the_tray() -> None:
    who = asker({"HTTPS_PROXY": "a=b\n\udcff"}, {"HTTPS_PROXY": ""})
    assert from_fields(to_fields(who)) == who
    assert from_fields(to_fields(who._replace(started=None))) == who._replace(started=None)
    told = who._replace(unread=("project", "local"))
    assert from_fields(to_fields(told)) == told
    assert from_fields(to_fields(BY_HAND)) == BY_HAND
    assert from_fields({}) is None


@pytest.mark.parametrize("text", ["https://evil.example/$(id)", "https://evil.example/`id`", "./ca.pem;id"])
def test_no_refusal_offers_a_command_with_a_strangers_text_that_a_shell_would_run(text: str) -> None:
    """A clone chooses that text, and the line is there to be copied into a shell."""
    from profiles.routes.guard.words import refusal_line

    for found in (
        verdict(asker(AT_HOME), project(**{BASE: text}), user()),
        verdict(asker(AT_HOME), project(NODE_EXTRA_CA_CERTS=text), user()),
    ):
        assert found is not None
        assert "trust add" not in refusal_line("work", found, GW)
    plain = verdict(asker(AT_HOME), project(**{BASE: EVIL}), user())
    assert plain is not None
    assert f"`pkcc-tray trust add {EVIL} --profile work`" in refusal_line("work", plain, GW)
