"""If these fail, a publisher, or whoever stole their key, changes what a person uses without their yes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from profiles.base.errors import PkccError
from profiles.catalogs.changes import catalog_changes
from profiles.catalogs.format.model import CatalogError
from profiles.catalogs.format.parse import parse
from profiles.catalogs.kept.decision import Decision, Here, decide, taken
from profiles.catalogs.kept.own_part import FIELDS, own_profile, pairs_of
from profiles.catalogs.subscriptions import ASK, AUTO, Subscription
from profiles.catalogs.trust import Content, UntrustedError, Verified, newer, with_seen
from profiles.portkey.addresses import host_of
from tests.support.catalog_versions import BEGIN, HARD, MILD
from tests.support.catalogs import Signer, data_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from profiles.catalogs.format.model import Catalog
    from profiles.catalogs.record import Seen

    Step = Callable[[dict[str, Any]], object]

SIGNERS = [Signer(1), Signer(2), Signer(3)]
KEYS = [each.public.text for each in SIGNERS]
OLD = parse(data_of(BEGIN))
unhurried = settings(deadline=None, max_examples=50)
mild_ones = st.lists(st.sampled_from(MILD), max_size=5)
# Of the fields that may be one's own, and of others that somebody writes into `catalogs.json` all the same.
fields = st.sampled_from(
    [*FIELDS[:3], "models.opus", "metadata.team", "metadata._user", "gateway", "route", "extra_headers.host"]
)
values = st.sampled_from(["https://evil.example", "pass-store:mine", "keyring:acme/work", "helper", "x"])
overrides = st.dictionaries(
    st.sampled_from(["work", "safe"]), st.dictionaries(fields, values, max_size=4), max_size=2
)


def follower(**changed: Any) -> Subscription:
    """Somebody who said yes to all that the first version does."""
    usual: dict[str, Any] = {"keys": (KEYS[0],), "updates": AUTO, "inputs": {"user": "jane"}}
    first = Subscription("acme", "/srv/pkcc", "acme", **{**usual, **changed})
    return taken(first, OLD, agreed=True, repins=True)


def version(steps: Sequence[Step], key: str = KEYS[0], **changed: Any) -> Verified:
    plain = copy.deepcopy(BEGIN) | {"serial": 44} | changed
    for step in steps:
        step(plain)
    data = data_of(plain)
    return Verified(Content(data, b"", key), parse(data))


def here(subscription: Subscription, old: Catalog | None = OLD, **more: Any) -> Here:
    return Here(subscription, old, old.serial if old else 0, **more)


@unhurried
@given(mild_ones)
def test_what_is_harmless_applies_where_that_is_wanted_and_only_there(mild: list[Step]) -> None:
    """Not over what somebody went back to: what they went back from would be there again the next day."""
    new = version(mild)
    assert decide(here(follower()), new).applies
    assert decide(here(follower(updates=ASK)), new).why == "asks"
    assert decide(here(follower(), None), new).why == "first"
    assert decide(here(follower(), held=True), new).why == "held"


@unhurried
@given(
    mild_ones,
    st.sampled_from(HARD),
    st.builds(
        follower,
        updates=st.sampled_from([AUTO, ASK]),
        overrides=overrides,
        inputs=st.sampled_from([{}, {"user": "jane"}]),
    ),
    st.booleans(),
    st.booleans(),
)
def test_a_loud_change_never_applies_unasked(
    mild: list[Step], hard: Step, subscription: Subscription, is_held: bool, works_at: bool
) -> None:
    """Whatever else is in it, and whatever the person made their own: else a key goes another way unseen."""
    in_use = frozenset({"acme/work"} if works_at else ())
    decision = decide(here(subscription, held=is_held, in_use=in_use), version([*mild, hard]))
    assert (decision.why, decision.agreed) == ("loud", False)


@unhurried
@given(st.integers(1, 10**15 - 1), st.booleans(), st.booleans(), st.sampled_from([AUTO, ASK]))
def test_a_lower_serial_is_never_applied_not_even_an_administrators(
    serial: int, is_managed: bool, is_read: bool, updates: str
) -> None:
    """Else an old version that somebody replays brings back what was put right; also where what holds cannot
    be read any more, and only its serial is known.
    """
    assume(serial != OLD.serial)
    situation = here(follower(updates=updates), managed=is_managed)
    new = version([], serial=serial)
    decision = decide(situation if is_read else situation._replace(catalog=None), new)
    if serial < OLD.serial:
        assert decision.why == "serial"
    assert not decision.agreed or (is_managed and serial > OLD.serial)


@unhurried
@given(overrides, mild_ones)
def test_an_own_override_never_lets_a_key_go_to_another_host(
    own: dict[str, dict[str, str]], mild: list[Step]
) -> None:
    """Not by what was written into `catalogs.json` by hand or by other dotfiles, nor by an update over it."""
    subscription = follower()._replace(overrides=own)
    new = version(mild)
    for entry in new.catalog.profiles:
        try:
            profile = own_profile(subscription, entry)
        except PkccError:  # it is not made
            continue
        assert host_of(profile.base_url) == entry.host
    if decide(here(subscription), new).applies:
        hosts = {host for _, host in subscription.pairs}
        for reference, host in pairs_of(subscription, new.catalog):
            is_new = reference not in {key for key, _ in subscription.pairs}
            assert (reference, host) in subscription.pairs or (is_new and host in hosts)
            assert not is_new or reference.startswith("keyring:acme/")


@unhurried
@given(overrides, mild_ones, st.sampled_from(HARD), st.booleans())
def test_without_a_yes_nothing_new_is_accepted_of_where_keys_go(
    own: dict[str, dict[str, str]], mild: list[Step], hard: Step, is_agreed: bool
) -> None:
    """Even of content that holds: so the look where profiles are made can still say no."""
    subscription = follower()._replace(overrides=own)
    after = taken(subscription, version([*mild, hard]).catalog, agreed=is_agreed, repins=False)
    hosts = {host for _, host in subscription.pairs}
    for reference, host in set(after.pairs) - set(subscription.pairs) if not is_agreed else ():
        assert reference.startswith("keyring:acme/")
        assert host in hosts


@unhurried
@given(st.sampled_from(["dropped", "another"]), st.booleans())
def test_what_a_key_signed_that_counts_no_more_does_not_even_wait(how: str, is_managed: bool) -> None:
    """A key that is replaced while a version was on its way must not decide about that version."""
    subscription = follower(keys=(KEYS[1],), dropped=(KEYS[0],) if how == "dropped" else ())
    keys = (KEYS[1],) if is_managed else None
    assert not decide(here(subscription, managed=is_managed, keys=keys), version([])).counts


def test_a_policy_s_keys_count_alone() -> None:
    """An administrator's word is undone by nothing that a person pinned or dropped before."""
    subscription = follower(keys=(KEYS[1],), dropped=(KEYS[0],))
    assert decide(here(subscription, managed=True, keys=(KEYS[0],)), version([])).counts
    assert not decide(here(follower(), managed=True, keys=()), version([])).counts


def test_nothing_is_taken_away_under_a_profile_in_use() -> None:
    """Else Claude Code asks for the key of a profile that is gone, and stops in the middle of work."""
    new = version([], profiles=BEGIN["profiles"][:1])
    assert decide(here(follower(), in_use=frozenset({"acme/safe"})), new).why == "in use"
    assert decide(here(follower(), in_use=frozenset({"acme/work", "safe"})), new).applies


def test_an_input_that_is_new_to_the_person_waits_for_their_answer() -> None:
    """Else their profile goes until somebody notices."""
    assert decide(here(follower()._replace(inputs={})), version([])).why == "unanswered"


class Following(RuleBasedStateMachine):
    """A publisher, others who have old keys and old versions, and one person, in any order.

    What is decided is done as `catalog update`, `accept` and `rollback` do it, without the files.
    """

    def __init__(self) -> None:
        super().__init__()
        first = version([], keys=KEYS[:1], serial=43)
        self.subscription = follower()
        self.seen: dict[str, Seen] = with_seen({}, first)
        self.holds = first
        self.older: list[Verified] = []
        self.waits: Verified | None = None
        self.held = False
        self.published: list[tuple[bytes, bytes]] = []
        self.agreed = set(self.subscription.pairs)

    @rule(
        steps=st.lists(st.sampled_from([*MILD, *HARD]), max_size=3),
        serial=st.integers(40, 50),
        by=st.integers(0, 2),
        listed=st.sets(st.integers(0, 2)),
    )
    def somebody_publishes(self, steps: list[Step], serial: int, by: int, listed: set[int]) -> None:
        try:
            new = version(steps, serial=serial, keys=[KEYS[each] for each in sorted(listed)])
        except CatalogError:  # two changes may not go together
            return
        data = new.content.data
        self.published.append((data, SIGNERS[by].sign(data)))

    @precondition(lambda self: self.published)
    @rule(data=st.data(), unasked=st.booleans())
    def what_is_there_now_is_fetched(self, data: st.DataObject, unasked: bool) -> None:
        found, signature = data.draw(st.sampled_from(self.published))
        try:
            new = newer(self.subscription, self.seen, found, signature)
        except UntrustedError:
            return
        self.seen = with_seen(self.seen, new)
        if new.content == self.holds.content:
            return
        before = self.holds
        decision = self.decided(new, unasked=unasked)
        if decision.applies:
            self.now_holds(new, agreed=decision.agreed)
            assert new.catalog.serial >= before.catalog.serial
            assert not catalog_changes(before.catalog, new.catalog).loud
            assert not (self.held and unasked)
            self.held = False
        elif decision.counts:
            self.waits = new

    @precondition(lambda self: self.waits)
    @rule()
    def the_person_says_yes(self) -> None:
        assert self.waits is not None
        if self.decided(self.waits, unasked=False).counts:
            self.now_holds(self.waits, agreed=True)
            self.agreed |= set(self.subscription.pairs)
            self.held = False
        self.waits = None

    @precondition(lambda self: self.older)
    @rule()
    def the_person_goes_back(self) -> None:
        self.waits, self.holds, self.held = self.holds, self.older.pop(), True
        self.subscription = taken(self.subscription, self.holds.catalog, agreed=True, repins=False)
        self.agreed |= set(self.subscription.pairs)

    @precondition(lambda self: self.held)
    @rule(steps=mild_ones)
    def a_harmless_version_is_fetched_by_the_tray_after_they_went_back(self, steps: list[Step]) -> None:
        """What somebody went back from stays away until they ask, whatever comes after it."""
        new = version(steps, self.holds.content.key, serial=60, keys=[*self.holds.catalog.keys])
        assert not self.decided(new, unasked=True).applies

    @invariant()
    def no_dropped_key_counts(self) -> None:
        assert not {*self.subscription.keys} & {*self.subscription.dropped}

    @invariant()
    def no_key_goes_where_nobody_said_yes(self) -> None:
        hosts = {host for _, host in self.agreed}
        for reference, host in self.subscription.pairs:
            assert (reference, host) in self.agreed or (
                reference.startswith("keyring:acme/") and host in hosts
            )

    def decided(self, new: Verified, *, unasked: bool) -> Decision:
        return decide(here(self.subscription, self.holds.catalog, held=self.held and unasked), new)

    def now_holds(self, new: Verified, *, agreed: bool) -> None:
        self.older.append(self.holds)
        self.holds = new
        self.subscription = taken(self.subscription, new.catalog, agreed=agreed, repins=True)


TestFollowing = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")(
    settings(deadline=None, max_examples=30, stateful_step_count=20)(Following).TestCase
)
