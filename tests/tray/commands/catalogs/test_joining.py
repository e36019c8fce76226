"""catalog add and join: nobody follows anybody unseen, and one line is enough for a new colleague."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.catalog_homes import GATEWAY, PLAIN, Publisher, join, with_work
from support.catalogs import ACME
from support.home.pseudo_terminal import terminal
from support.home.user_home import KEY, SETTINGS, UserHome, files_with

from profiles.catalogs.format.model import Catalog
from profiles.catalogs.format.parse import parse
from profiles.catalogs.kept import contents


def test_one_line_joins_and_the_profile_is_in_use_with_a_key_that_no_file_holds(
    home: UserHome, publisher: Publisher
) -> None:
    join(home, publisher)
    assert home.ok("status", "--short").out == "acme/work\n"
    headers = home.env()["ANTHROPIC_CUSTOM_HEADERS"]
    assert "x-portkey-provider: @anthropic-prod" in headers
    assert home.ok("key", "print", "acme/work").out.strip() == KEY
    assert not files_with(KEY, home.root)
    home.ok("off")
    assert home.settings.read_bytes() == SETTINGS


def test_a_reference_that_gives_no_key_is_not_answered_with_key_set(
    home: UserHome, publisher: Publisher
) -> None:
    """`key set` refuses a profile whose key lies elsewhere."""
    line = ("join", str(publisher.directory), "--key", publisher.key, "--yes", "--key-ref", "env:NOT_THERE")
    said = home.ok(*line).out
    assert "No key yet in env:NOT_THERE" in said
    assert "key set" not in said


def test_an_address_that_never_had_one_is_not_said_to_have_lost_it(
    home: UserHome, publisher: Publisher
) -> None:
    publisher.file.unlink()
    said = home.run("catalog", "add", str(publisher.directory), "--key", publisher.key, "--yes").err
    assert "The catalog is not at its source" in said


@pytest.mark.parametrize("command", ["join", "catalog add"])
def test_an_expired_catalog_is_joined_and_switched_to_with_a_word(
    home: UserHome, publisher: Publisher, command: str
) -> None:
    """Its publisher may have left, and nobody would ever hear of it."""
    publisher.publish(expires="2020-01-01")
    key = ("--key-ref", "env:PORTKEY_API_KEY") if command == "join" else ()
    ran = home.ok(*command.split(), str(publisher.directory), "--key", publisher.key, "--yes", *key)
    assert ran.err.count("has expired on 2020-01-01: ask its publisher") == 1, ran
    assert "has expired on 2020-01-01" in home.ok("switch", "acme/safe").err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "Add --yes, and --key"),
        (("--yes",), "Add --key with its publisher's key"),
        (("--key", "RWQnothing", "--yes"), "minisign"),
        (("--expect", "sha256:00", "--yes"), "sha256"),
    ],
)
def test_without_a_terminal_somebody_must_have_said_whose_it_is(
    home: UserHome, publisher: Publisher, options: tuple[str, ...], says: str
) -> None:
    ran = home.run("catalog", "add", str(publisher.directory), *options)
    assert ran.code in (1, 2), ran
    assert says in ran.err
    assert "No catalogs yet" in home.ok("catalog", "list").out
    assert home.run("switch", "acme/work").code == 3


@pytest.mark.parametrize("verb", ["join", "catalog add"])
def test_what_is_wrong_is_said_before_a_yes_is_asked_for(
    home: UserHome, publisher: Publisher, verb: str
) -> None:
    """Who mistyped the path added --yes and a key first, and only then heard that nothing is there."""
    ran = home.run(*verb.split(), str(publisher.directory / "nowhere"))
    assert (ran.code, "is not there" in ran.err, "--yes" in ran.err) == (1, True, False), ran
    ran = home.run(*verb.split(), str(publisher.directory), "--input", "user=jane")
    assert (ran.code, "does not ask for 'user'" in ran.err) == (2, True), ran
    ran = home.run(*verb.split(), str(publisher.directory))
    assert (ran.code, "Add --yes, and --key" in ran.err) == (2, True), ran


def test_a_directory_is_named_as_every_other_command_takes_it(home: UserHome) -> None:
    publisher = Publisher(home.root / "mine")
    publisher.publish()
    home.ok("catalog", "add", "mine", "--key", publisher.key, "--yes")
    assert str(publisher.directory) in home.ok("catalog", "show", "acme").out
    assert home.run("catalog", "add", "other", "--key", publisher.key, "--yes").code == 2


def test_exactly_the_content_that_is_expected_is_taken_unsigned_too(
    home: UserHome, publisher: Publisher
) -> None:
    publisher.publish(signed=False)
    right = publisher.sha256
    publisher.publish(signed=False)
    refused = home.run("catalog", "add", str(publisher.directory), "--expect", right, "--yes")
    assert refused.code == 1
    home.ok("catalog", "add", str(publisher.directory), "--expect", publisher.sha256, "--yes")
    shown = home.ok("catalog", "show", "acme").out
    assert "by nobody" in shown


def test_another_s_signature_is_refused_and_nothing_is_kept(home: UserHome, publisher: Publisher) -> None:
    other = Publisher(publisher.directory, number=2)
    other.publish()
    ran = home.run("catalog", "add", str(publisher.directory), "--key", publisher.key, "--yes")
    assert ran.code == 1
    assert "signed by another key" in ran.err
    assert "No catalogs yet" in home.ok("catalog", "list").out


def test_what_it_asks_is_answered_by_option_or_asked_for(home: UserHome, tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "share")
    publisher.publish(inputs=ACME["inputs"], profiles=[{**PLAIN, "metadata": {"_user": "{user}"}}])
    line = ("catalog", "add", str(publisher.directory), "--key", publisher.key, "--yes")
    ran = home.run(*line)
    assert (ran.code, "--input user=" in ran.err) == (2, True)
    assert home.run(*line, "--input", "user=JANE DOE").code == 2
    assert home.run(*line, "--input", "user=jane", "--input", "other=1").code == 2
    home.ok(*line, "--input", "user=jane")
    home.ok("switch", "acme/work")
    assert '"_user": "jane"' in home.env()["ANTHROPIC_CUSTOM_HEADERS"].replace('":"', '": "')


def test_at_a_terminal_it_is_shown_first_and_the_usual_answer_is_no(
    home: UserHome, publisher: Publisher
) -> None:
    environ = {**home.environ, "TERM": "dumb"}
    with terminal(["catalog", "add", str(publisher.directory)], environ, home.root, columns=80) as screen:
        shown = screen.expect("Follow acme? (y/N)")
        assert "Acme AI gateway" in shown
        assert "api.portkey.ai" in shown
        screen.type("")
        assert screen.finish() == 4
    assert "No catalogs yet" in home.ok("catalog", "list").out
    with terminal(["join", str(publisher.directory)], environ, home.root, columns=80) as screen:
        screen.answer("Follow acme?", "y")
        screen.answer("Portkey API key", KEY)
        screen.expect("acme/work is in use")
        assert screen.finish() == 0
    assert home.ok("key", "print", "acme/work").out.strip() == KEY


def test_a_suggested_key_that_is_not_there_yet_is_signed_in_to_later_or_one_of_one_s_own_is_typed(
    home: UserHome, tmp_path: Path
) -> None:
    suggested = {**PLAIN, "key": {"suggest": "vault-kv://secret/portkey/all#api_key"}}
    publisher = Publisher(tmp_path / "share")
    publisher.publish(profiles=[suggested, {**PLAIN, "name": "safe"}])
    before = home.settings.read_bytes()
    environ = {**home.environ, "TERM": "dumb"}
    with terminal(["join", str(publisher.directory)], environ, home.root, columns=80) as screen:
        screen.answer("Follow acme?", "y")
        screen.expect("is not installed")
        screen.answer("sign in later?", "")
        screen.expect("No key yet: sign in")
        assert screen.finish() == 0
    assert home.settings.read_bytes() == before  # without a key Claude Code would not work
    home.ok("catalog", "remove", "acme")
    with terminal(["join", str(publisher.directory)], environ, home.root, columns=80) as screen:
        screen.answer("Follow acme?", "y")
        screen.answer("sign in later?", "n")
        screen.answer("Portkey API key", KEY)
        screen.expect("acme/work is in use")
        assert screen.finish() == 0
    assert home.ok("key", "print", "acme/work").out.strip() == KEY
    assert home.ok("key", "print", "acme/safe").out.strip() == KEY


def test_a_key_may_lie_where_the_person_says(home: UserHome, publisher: Publisher) -> None:
    """So in a Codespace: a variable that the container has."""
    home.environ["PORTKEY_API_KEY"] = KEY
    line = (
        "join",
        str(publisher.directory),
        "--key",
        publisher.key,
        "--yes",
        "--key-ref",
        "env:PORTKEY_API_KEY",
    )
    home.ok(*line)
    assert home.ok("key", "print", "acme/work").out.strip() == KEY
    assert not files_with(KEY, home.root)


def test_joining_twice_does_no_harm_and_finishes_what_was_left(home: UserHome, publisher: Publisher) -> None:
    """A container's start runs it each time; and a first try may have failed at the key."""
    line = ("join", str(publisher.directory), "--key", publisher.key, "--yes")
    assert "No key yet" in home.ok(*line).out
    assert home.ok("status", "--short").out == "off\n"
    (home.root / "acme").mkdir()
    home.ok("join", "acme")  # its name is enough by now, whatever lies beside
    publisher.publish(profiles=[{**PLAIN, "models": {"sonnet": "claude-sonnet-6"}}])
    for _ in range(2):
        home.ok(*line, "--key-stdin", stdin=f"{KEY}\n")
        assert home.ok("status", "--short").out == "acme/work\n"
    assert home.env()["ANTHROPIC_DEFAULT_SONNET_MODEL"] == "claude-sonnet-6"
    publisher.file.unlink()
    assert "is not there" in home.ok(*line).err
    other = home.run(
        "join", str(publisher.directory), "--key", Publisher(publisher.directory, 2).key, "--yes"
    )
    assert (other.code, "another signing key" in other.err) == (4, True)


def test_what_a_link_or_catalog_add_leaves_open_is_done_by_the_command_they_name(
    home: UserHome, publisher: Publisher
) -> None:
    """`switch` was named before there was a key: Claude Code sent requests without one."""
    said = home.ok("catalog", "add", str(publisher.directory), "--key", publisher.key, "--yes").out
    assert "`pkcc-tray join acme` goes on: your key, then acme/work in use." in said
    with terminal(["join", "acme"], home.environ, home.root, columns=80) as screen:
        screen.answer("Portkey API key", KEY)
        screen.expect("`pkcc-tray check acme/work`")
        assert screen.finish() == 0
    assert home.ok("status", "--short").out == "acme/work\n"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ai.acme.example/pkcc-catalog.json", "https://ai.acme.example/pkcc-catalog.json"),
        ("ai.acme.example:8443/a.json", "https://ai.acme.example:8443/a.json"),
    ],
)
def test_an_address_as_a_browser_shows_it_is_answered_with_the_whole_one(
    home: UserHome, typed: str, meant: str
) -> None:
    """It was taken for a share that is not mounted, or a git repository by ssh."""
    ran = home.run("join", typed, "--yes", "--key-ref", "env:A", "--expect", f"sha256:{'0' * 64}")
    assert (ran.code, meant in ran.err) == (2, True), ran


@pytest.mark.parametrize("typed", ["where it lies", "its name"])
def test_what_is_followed_already_must_be_what_is_expected(
    home: UserHome, publisher: Publisher, typed: str
) -> None:
    """Else a line that names one content goes on with another, which somebody has put there meanwhile."""
    home.environ["OWN"] = KEY
    home.ok("catalog", "add", str(publisher.directory), "--key", publisher.key, "--yes")
    source = str(publisher.directory) if typed == "where it lies" else "acme"
    line = ("join", source, "--yes", "--key-ref", "env:OWN", "--expect")
    ran = home.run(*line, f"sha256:{'0' * 64}")
    assert (ran.code, f"is not what was expected: {publisher.sha256}" in ran.err) == (1, True), ran
    assert "acme/work" not in home.ok("status", "--short").out
    home.ok(*line, publisher.sha256)
    assert home.ok("status", "--short").out == "acme/work\n"


@pytest.mark.parametrize(
    "line",
    [
        ("join", "acme", "--expect", "nonsense"),
        ("join", "acme", "--expect", ""),
        ("join", "acme", "--key", ""),
        ("join", "acme", "--expect", f"sha256:{'z' * 64}"),
        ("join", "acme", "--key", "nonsense"),
        ("join", "acme", "--name", "a/b"),
        ("catalog", "accept", "acme", "--expect", "nonsense"),
        ("catalog", "accept", "acme", "--expect", "0" * 64),
    ],
)
def test_what_can_be_no_hash_key_or_name_is_a_slip_also_for_what_is_followed(
    home: UserHome, publisher: Publisher, line: tuple[str, ...]
) -> None:
    """A slip of one's own was reported as other content than the expected: as if somebody had changed it."""
    home.ok("catalog", "add", str(publisher.directory), "--key", publisher.key, "--yes")
    ran = home.run(*line, "--yes")
    assert (ran.code, "was expected" in ran.err) == (2, False), ran


def test_a_wrong_reference_is_said_before_anything_is_added(home: UserHome, publisher: Publisher) -> None:
    line = ("join", str(publisher.directory), "--key", publisher.key, "--yes")
    assert home.run(*line, "--key-ref", "pk-pasted-by-mistake").code == 2
    assert home.run(*line, "--key-stdin").code == 2
    assert "No catalogs yet" in home.ok("catalog", "list").out


def test_a_key_that_was_given_to_a_catalog_is_not_another_s_of_that_name(
    home: UserHome, publisher: Publisher, tmp_path: Path
) -> None:
    """Else who leaves a catalog and follows another that is called so sends the key to a stranger's host."""
    join(home, publisher)
    home.ok("catalog", "remove", "acme")
    other = Publisher(tmp_path / "other", number=2)
    other.usual = {"gateway_hosts": ["api.portkey.ai", "gw.acme.example"], "default": "safe"}
    work, safe = with_work(gateway=GATEWAY)
    other.publish(profiles=[work, safe])
    line = ("catalog", "add", str(other.directory), "--key", other.key, "--yes")
    ran = home.run(*line)
    assert (ran.code, "is stored for api.portkey.ai" in ran.err) == (4, True)
    third = {**work, "name": "third"}
    other.publish(profiles=[safe, third])
    home.ok(*line)
    other.publish(profiles=[safe, third, work])  # quiet, were it not for the key
    assert "waits" in home.ok("catalog", "update").out
    home.ok("catalog", "remove", "acme")
    home.ok("key", "remove", "acme/work")
    home.ok(*line)
    assert home.run("key", "print", "acme/work").code == 3


def test_a_catalog_that_is_followed_again_has_its_key_again(home: UserHome, publisher: Publisher) -> None:
    join(home, publisher)
    home.ok("catalog", "remove", "acme")
    home.ok("catalog", "add", str(publisher.directory), "--key", publisher.key, "--yes")
    assert home.ok("key", "print", "acme/work").out.strip() == KEY


def test_a_second_catalog_of_that_name_needs_another(
    home: UserHome, publisher: Publisher, tmp_path: Path
) -> None:
    join(home, publisher)
    other = Publisher(tmp_path / "other", number=2)
    other.publish()
    line = ("catalog", "add", str(other.directory), "--key", other.key, "--yes")
    ran = home.run(*line)
    assert (ran.code, "--name" in ran.err) == (4, True)
    home.ok(*line, "--name", "labs")
    ambiguous = home.run("switch", "safe")
    assert (ambiguous.code, "acme/safe" in ambiguous.err) == (4, True)
    home.ok("switch", "labs/safe")


def test_one_key_for_many_profiles_reads_the_catalog_no_oftener_than_for_few(
    home: UserHome, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's large catalog could not be joined: each profile had all of them read and checked again."""
    read: list[int] = []

    def counted(data: bytes) -> Catalog:
        read.append(len(data))
        return parse(data)

    monkeypatch.setattr(contents, "parse", counted)

    def joined(count: int) -> int:
        publisher.publish(default="p0", profiles=[{**PLAIN, "name": f"p{at}"} for at in range(count)])
        read.clear()
        options = ("--key", publisher.key, "--yes", "--key-ref", "env:PORTKEY_API_KEY")
        home.ok("join", str(publisher.directory), *options)
        assert home.ok("show", f"acme/p{count - 1}").out.count("env:PORTKEY_API_KEY")
        home.ok("catalog", "remove", "acme")
        return len(read)

    assert joined(20) == joined(3)


def test_where_a_config_has_the_gateway_send_the_key_on_is_said_and_nothing_is_cut(
    home: UserHome, publisher: Publisher
) -> None:
    """Behind a long field nobody saw it, and with --yes it was not said at all."""
    long = {"provider": "openai", "override_params": {"user": "x" * 200}}
    config = {**long, "custom_host": "https://on.example/v1", "forward_headers": ["x-trace"]}
    routed = {**PLAIN, "route": {"kind": "config", "inline": config}}
    publisher.publish(profiles=[routed], gateway_hosts=["api.portkey.ai", "on.example"])
    line = ("catalog", "add", str(publisher.directory), "--key", publisher.key, "--yes")
    assert "api.portkey.ai, and on to on.example" in home.ok(*line).out
    shown = home.ok("catalog", "show", "acme").out
    assert "x-trace" in shown
    assert "sends on to  on.example, the key too" in shown
