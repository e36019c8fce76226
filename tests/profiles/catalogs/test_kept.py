"""If these fail, accepted content is lost, half of it holds, or a key goes where nobody accepted it."""

from __future__ import annotations

import errno
import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from profiles.base.errors import ConflictError, PkccError, UsageError
from profiles.base.locations import Locations, find_locations
from profiles.catalogs.format.parse import parse
from profiles.catalogs.kept import acceptance
from profiles.catalogs.kept import contents as kept_contents
from profiles.catalogs.kept.came_from import came_from
from profiles.catalogs.kept.contents import Contents, Kept
from profiles.catalogs.kept.looking import look_at_one
from profiles.catalogs.kept.making import is_made, make_profiles
from profiles.catalogs.kept.owed import owed
from profiles.catalogs.kept.own_part import check_answer, check_override, unanswered
from profiles.catalogs.record import BROKEN, UNREACHABLE, WITHDRAWN, Failure, Record, load_record, save_record
from profiles.catalogs.standing import Facts, standing
from profiles.catalogs.subscriptions import Subscription, load_subscriptions
from profiles.catalogs.trust import Content
from profiles.profile.catalog_terms import Terms, terms_of, with_projects
from profiles.profile.rendering import metadata_of
from profiles.profile.store import ProfileStore
from tests.support.catalogs import SAFE, WORK, acme, data_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BRIEF = (
    *("Acme AI gateway", 43, "2027-02-28"),
    *(("work", "safe"), (("user", "Your Acme login", "[a-z]{2,20}"),)),
)
OP = {"suggest": "op://Dev/portkey/{user}"}
ACME = Subscription("acme", "/srv/acme", "acme", inputs={"user": "jane"})


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    return places_in(tmp_path)


def places_in(home: Path) -> Locations:
    found = find_locations({"HOME": str(home), "PKCC_CONFIG_DIR": str(home / "own")})
    save_record(found, "acme", Record(fetched=None))  # nothing here is fetched
    return found


def kept(at: float = 1.0, **changed: Any) -> Kept:
    profiles = [{**WORK, "key": OP}, SAFE]
    return Kept(Content(data_of(acme(**{"profiles": profiles, **changed})), b"", ""), at)


def test_accepted_profiles_are_had_like_all_others(places: Locations) -> None:
    made = acceptance.accept(places, ACME, kept())
    assert made.changed == ("acme/work", "acme/safe")
    assert not made.problems
    work = ProfileStore(places).load("acme/work")
    assert work.api_key == "op://Dev/portkey/jane"
    assert work.metadata == {"_user": "jane", "cost_center": "4711"}
    assert ProfileStore(places).rendered("acme/safe").key_ref == "keyring:acme/safe"
    assert load_subscriptions(places)["acme"].pairs == (
        ("op://Dev/portkey/jane", "api.portkey.ai"),
        ("keyring:acme/safe", "api.portkey.ai"),
    )
    assert [each.name for each in owed(places)] == ["acme"]  # the settings are not written yet
    acceptance.resume(places)
    assert not os.path.exists(acceptance.pending_path(places))


def test_overrides_lie_over_the_catalog_but_not_over_what_it_locks(places: Locations) -> None:
    own = {"work": {"label": "Mine", "api_key": "keyring:mine", "metadata.team": "x", "models.sonnet": "y"}}
    acceptance.accept(places, ACME._replace(overrides=own), kept())
    work = ProfileStore(places).load("acme/work")
    assert (work.label, work.api_key, work.metadata["team"]) == ("Mine", "keyring:mine", "x")
    assert work.models.sonnet == "claude-sonnet-5-5"  # locked
    entry = parse(kept().content.data).profiles[0]
    with pytest.raises(ConflictError, match="keeps models"):
        check_override(entry, "models.sonnet")
    with pytest.raises(UsageError, match="cannot be overridden"):
        check_override(entry, "gateway")


def test_what_nobody_may_override_does_not_count_in_a_file_that_others_wrote(places: Locations) -> None:
    """Else one line in published dotfiles sends the key elsewhere, or has Node load somebody's code."""
    foreign = {
        "gateway": "https://evil.example",
        "extra_env.NODE_OPTIONS": "--require /tmp/x.js",
        "extra_headers.x-a": "b",
        "when_unreachable": "acme/safe",
        "label": "Mine",
    }
    made = acceptance.accept(places, ACME._replace(overrides={"work": foreign}), kept())
    work = ProfileStore(places).load("acme/work")
    assert made.changed == ("acme/work", "acme/safe")
    assert (work.gateway, work.extra_env, work.extra_headers) == (None, {}, {})
    assert (work.when_unreachable, work.label) == (None, "Mine")


def test_an_answer_that_does_not_fit_counts_as_none_whoever_wrote_it(places: Locations) -> None:
    """Else `catalogs.json` brings another path to a key than the catalog's pattern allows."""
    made = acceptance.accept(places, ACME._replace(inputs={"user": "../boss"}), kept())
    assert made.changed == ("acme/safe",)
    assert made.problems == ("acme/work waits for your answer to: Your Acme login",)
    assert all("boss" not in reference for reference, _ in load_subscriptions(places)["acme"].pairs)


def test_an_update_changes_adds_and_removes(places: Locations) -> None:
    acceptance.accept(places, ACME, kept())
    profiles = [{**WORK, "key": OP, "label": "New"}, {**WORK, "key": OP, "name": "third"}]
    made = acceptance.accept(places, ACME, kept(2.0, serial=44, profiles=profiles))
    assert made.changed == ("acme/work", "acme/third")
    assert made.gone == ("acme/safe",)
    assert ProfileStore(places).names() == ["acme/third", "acme/work"]
    assert [each.catalog().serial for each in Contents(places, "acme").older()] == [43]


def test_five_older_ones_are_kept_and_one_goes_back_by_one(places: Locations) -> None:
    for serial in range(40, 48):
        acceptance.accept(places, ACME, kept(float(serial), serial=serial, title=f"T{serial}"))
    contents = Contents(places, "acme")
    assert [each.catalog().serial for each in contents.older()] == [46, 45, 44, 43, 42]
    back, _ = acceptance.roll_back(places, ACME)
    assert back.catalog().serial == 46
    assert load_record(places, "acme").held
    offered = contents.offered()
    assert offered is not None
    assert offered.catalog().serial == 47
    assert acceptance.roll_back(places, ACME)[0].catalog().serial == 45
    acceptance.accept(places, ACME, offered)
    assert not load_record(places, "acme").held
    assert contents.offered() is None or contents.offered().catalog().serial != 47


def test_a_profile_whose_key_would_go_elsewhere_is_not_made(places: Locations) -> None:
    acceptance.accept(places, ACME, kept())
    catalog = parse(kept(gateway_hosts=["evil.example"], profiles=[
        {**WORK, "key": OP, "gateway": "https://evil.example"}]).content.data)  # fmt: skip
    made = make_profiles(Contents(places, "acme"), load_subscriptions(places)["acme"], catalog)
    assert made.problems == ("acme/work would send a key where you have not accepted it: evil.example",)
    assert ProfileStore(places).load("acme/work").gateway is None  # as it was


def test_without_a_yes_no_key_goes_elsewhere_though_the_content_holds(places: Locations) -> None:
    """The second look, where profiles are made, must be able to say no: the first may have a fault."""
    acceptance.accept(places, ACME, kept())
    elsewhere = kept(
        gateway_hosts=["evil.example"], profiles=[{**WORK, "key": OP, "gateway": "https://evil.example"}]
    )
    subscription = load_subscriptions(places)["acme"]
    made = acceptance.accept(places, subscription, elsewhere, agreed=False)
    assert made.problems == ("acme/work would send a key where you have not accepted it: evil.example",)
    assert ProfileStore(places).load("acme/work").gateway is None
    acceptance.accept(places, load_subscriptions(places)["acme"], elsewhere)
    assert ProfileStore(places).load("acme/work").gateway == "https://evil.example"


def test_where_a_config_sends_the_key_on_is_accepted_too(places: Locations) -> None:
    config = {"targets": [{"provider": "@a", "custom_host": "https://llm.acme.example/v1"}]}
    more = {"configs": {"safe": config}, "gateway_hosts": ["api.portkey.ai", "llm.acme.example"]}
    acceptance.accept(places, ACME, kept(**more))
    assert ("keyring:acme/safe", "llm.acme.example") in load_subscriptions(places)["acme"].pairs
    made = make_profiles(
        Contents(places, "acme"),
        ACME._replace(pairs=(("keyring:acme/safe", "api.portkey.ai"),)),
        kept(**more).catalog(),
    )
    assert "acme/safe would send a key where you have not accepted it: llm.acme.example" in made.problems


def test_a_profile_that_lacks_an_answer_waits_for_it(places: Locations) -> None:
    made = acceptance.accept(places, ACME._replace(inputs={}), kept())
    assert made.changed == ("acme/safe",)
    assert made.problems == ("acme/work waits for your answer to: Your Acme login",)
    catalog = kept().catalog()
    assert unanswered(catalog, {}) == ["user"]
    assert unanswered(catalog, {"user": "J4NE"}) == ["user"]
    assert check_answer(catalog, "user", "jane") == "jane"
    with pytest.raises(UsageError, match="no answer to: Your Acme login"):
        check_answer(catalog, "user", "x; rm")


def test_metadata_that_is_locked_stays_whatever_a_project_says(places: Locations) -> None:
    profiles = [{**WORK, "key": OP}, {**SAFE, "metadata": {"a": "1"}, "locked": ["metadata"]}]
    acceptance.accept(places, ACME, kept(profiles=profiles, required_metadata=["repo"]))
    assert terms_of(places, "acme/work") == Terms(("repo",), ("cost_center",), expires="2027-02-28")
    assert terms_of(places, "acme/safe") == Terms(("repo",), ("a",), expires="2027-02-28")
    assert terms_of(places, "work") == Terms()
    rendered = ProfileStore(places).rendered("acme/work")
    merged = metadata_of(with_projects(places, rendered, {"cost_center": "mine", "repo": "api"}))
    assert merged == {"_user": "jane", "cost_center": "4711", "repo": "api"}


def test_removing_it_leaves_nothing(places: Locations) -> None:
    acceptance.accept(places, ACME, kept())
    acceptance.remove(places, "acme")
    assert ProfileStore(places).names() == []
    assert load_subscriptions(places) == {}
    assert not os.path.exists(Contents(places, "acme").directory)


def test_a_file_that_cannot_be_removed_is_said_and_removed_by_the_next(
    places: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was passed over, and lay there as of a catalog that nobody follows."""
    acceptance.accept(places, ACME, kept())
    unlink, refused = os.unlink, iter([OSError(errno.EDQUOT, "no")])

    def unlink_late(path: str, **options: Any) -> None:
        if os.path.basename(path) == "terms.json" and (problem := next(refused, None)):
            raise problem
        unlink(path, **options)

    monkeypatch.setattr(os, "unlink", unlink_late)
    with pytest.raises(PkccError, match=r"terms\.json"):
        acceptance.remove(places, "acme")
    with acceptance.catalogs_locked_and_resumed(places):
        assert not os.path.exists(Contents(places, "acme").directory)


def test_a_folder_that_cannot_be_looked_into_is_said(
    places: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was reported gone while its profiles lay there."""
    acceptance.accept(places, ACME, kept())
    look, refused = os.scandir, Contents(places, "acme").profiles_dir

    def look_elsewhere(path: str) -> Any:
        if path == refused:
            raise PermissionError(errno.EACCES, "no", path)
        return look(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", look_elsewhere)
        with pytest.raises(PkccError, match="profiles"):
            acceptance.remove(places, "acme")
    with acceptance.catalogs_locked_and_resumed(places):
        assert not os.path.exists(Contents(places, "acme").directory)


class Killed(BaseException):
    """The process is gone."""


def _disk(places: Locations) -> dict[str, bytes]:
    found = {}
    for directory in (places.catalogs_dir, places.config_dir):
        for path, _, names in os.walk(directory):
            for name in names:
                with open(os.path.join(path, name), "rb") as file:
                    found[os.path.join(path, name)] = file.read()
    state = os.path.join(os.sep, "state", "")  # on Windows it lies below the other
    return {path: data for path, data in found.items() if state not in path}


@pytest.mark.parametrize("what", ["accept", "roll back", "remove", "override"])
def test_killed_at_any_moment_it_is_as_before_or_goes_on_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def begin(number: int) -> Locations:
        places = places_in(tmp_path / str(number))
        acceptance.accept(places, ACME, kept(serial=42, title="before"))
        acceptance.accept(places, ACME, kept())
        return places

    def act(places: Locations) -> None:
        if what == "accept":
            profiles = [{**WORK, "key": OP, "label": "New"}, {**WORK, "key": OP, "name": "third"}]
            acceptance.accept(places, ACME, kept(2.0, serial=44, profiles=profiles))
        elif what == "override":
            acceptance.remake(places, ACME._replace(overrides={"work": {"label": "Mine"}}))
        elif what == "remove":
            acceptance.remove(places, "acme")
        else:
            acceptance.roll_back(places, load_subscriptions(places)["acme"])

    def relative(disk: dict[str, bytes], places: Locations) -> dict[str, bytes]:
        return {
            path.removeprefix(places.config_dir).replace(os.sep, "/"): data for path, data in disk.items()
        }

    places = begin(0)
    before = relative(_disk(places), places)
    act(places)
    after = relative(_disk(places), places)
    assert before != after
    for number in range(1, 60):
        places = begin(number)
        left = number

        def dying(real: Callable[..., None], *words: Any, **named: Any) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            real(*words, **named)

        with monkeypatch.context() as patched:
            for name in ("replace", "unlink"):
                patched.setattr(os, name, partial(dying, getattr(os, name)))
            try:
                act(places)
                died = False
            except Killed:
                died = True
        if not died:
            assert number > 2
            return
        for name in ProfileStore(places).names():
            ProfileStore(places).load(name)  # whatever is there is whole
        acceptance.resume(places)
        found = relative(_disk(places), places)
        found = {path: data for path, data in found.items() if not path.endswith(".tmp")}
        older = {path for path in before | after if "/older/" in path}
        assert {p: d for p, d in found.items() if "/older/" not in p} in (
            {p: d for p, d in before.items() if p not in older},
            {p: d for p, d in after.items() if p not in older},
        ), number
    pytest.fail("never came to its end")


NOW = 1_800_000_000.0
DAY = 86_400.0


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts(None, True, "", Record()), "offered"),
        (Facts(None, False, "", Record()), "unfetched"),
        (Facts(NOW - DAY, True, "", Record(), asks="Your login"), "asks"),
        (Facts(NOW - DAY, False, "", Record(reached_at=NOW - DAY)), "current"),
        (Facts(NOW - DAY, False, "", Record(reached_at=NOW - DAY), managed=True), "managed"),
        (Facts(NOW - DAY, True, "", Record(reached_at=NOW - DAY)), "waiting"),
        (Facts(NOW - 40 * DAY, False, "", Record(reached_at=NOW - 30 * DAY)), "stale"),
        (Facts(NOW - DAY, False, "2020-01-01", Record(reached_at=NOW - DAY)), "expired"),
        (
            Facts(NOW + 99 * DAY, False, "", Record(reached_at=NOW + 99 * DAY)),
            "current",
        ),  # the clock went back
        (Facts(NOW - DAY, True, "", Record(failure=Failure(BROKEN, "t", "h", NOW))), "broken"),
        (Facts(NOW - DAY, False, "", Record(failure=Failure(WITHDRAWN, "t", "h", NOW))), "withdrawn"),
        (
            Facts(NOW - DAY, False, "", Record(failure=Failure(UNREACHABLE, "t", "h", NOW))),
            "current",
        ),
    ],
)
def test_a_catalog_stands_as_the_facts_say(facts: Facts, state: str) -> None:
    assert standing(facts, NOW).state == state


def test_a_title_and_a_serial_are_had_without_reading_all_profiles(
    places: Locations, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each `status` took a second with a company's large catalog."""
    acceptance.accept(places, ACME, kept(withdrawn=[{"name": "work", "use": "safe"}]))
    monkeypatch.setattr(kept_contents, "parse", lambda _: pytest.fail("read"))
    found = came_from(places, "acme/work")
    assert found is not None
    assert (found.title, found.serial, found.state) == ("Acme AI gateway", 43, "stale")
    assert found.withdrawn == "use acme/safe in its place"
    assert look_at_one(places, "acme").brief == BRIEF


def test_what_an_older_version_accepted_is_known_as_well(places: Locations) -> None:
    contents = Contents(places, "acme")
    contents.accept(kept())
    path = os.path.join(contents.directory, "accepted.json")
    with open(path, encoding="utf-8") as file:
        plain = json.load(file)
    del plain["brief"]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(plain, file)
    found = contents.accepted()
    assert found is not None
    assert found.brief() == BRIEF


def test_what_cannot_be_read_any_more_says_what_goes_on(places: Locations) -> None:
    contents = Contents(places, "acme")
    contents.accept(Kept(Content(b'{"pkcc_catalog": 9}', b"", ""), 1.0))
    found = contents.accepted()
    assert found is not None
    with pytest.raises(PkccError, match="not taken any more"):
        found.catalog()


def test_the_profiles_are_known_to_be_made_of_this_content(places: Locations) -> None:
    acceptance.accept(places, ACME, kept())
    contents, subscription = Contents(places, "acme"), load_subscriptions(places)["acme"]
    assert is_made(contents, subscription, kept().catalog())
    assert not is_made(contents, subscription, kept(serial=44).catalog())
    rules = kept(rules=[{"remote": "git.acme.example/**", "profile": "work"}])
    acceptance.accept(places, ACME, rules)
    with open(contents.rules_path, encoding="utf-8") as file:
        assert json.load(file)["rules"] == [{"remote": "git.acme.example/**", "profile": "acme/work"}]
