"""Keys in memory: no longer than the user wishes, and never an old one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from profiles.base.errors import NotFoundError, NotUnlockedError
from profiles.base.secret import Secret
from profiles.secrets.store import SecretStore
from tray.runtime import key_cache
from tray.runtime.key_cache import MOST_KEYS, REFUSAL_S, KeyCache

LONG_S = 20.0


class Keyring:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.values = {"keyring:work": "pk-CANARY"}
        self.asked: list[str] = []
        self.stamp = 0
        self.refuses = False
        self.asked_again = 0
        self.answer = threading.Event()  # the user's, where there is a question
        self.answer.set()

    def resolve(self, reference: str) -> Secret:
        self.asked.append(reference)
        assert self.answer.wait(LONG_S)
        if self.refuses:
            raise NotUnlockedError("not unlocked")
        if reference not in self.values:
            raise NotFoundError("no such key")
        return Secret(self.values[reference])

    def changes(self) -> int:
        return self.stamp

    def ask_again(self) -> None:
        self.asked_again += 1


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wish() -> SimpleNamespace:
    return SimpleNamespace(minutes=15)


@pytest.fixture
def keys(keyring: Keyring, clock: Clock, wish: SimpleNamespace) -> Iterator[KeyCache]:
    its = KeyCache(keyring, lambda: wish.minutes, clock)
    yield its
    its.forget_all()


def test_the_keyring_is_asked_once_within_the_time_and_again_after_it(
    keys: KeyCache, keyring: Keyring, clock: Clock
) -> None:
    for _ in range(3):
        assert keys.get("keyring:work") == Secret("pk-CANARY")
    clock.now += 15 * 60 - 1
    keys.get("keyring:work")
    assert len(keyring.asked) == 1
    clock.now += 1
    keys.get("keyring:work")
    assert len(keyring.asked) == 2  # being used does not make it stay
    keys.forget_all()


def test_zero_minutes_means_never(keys: KeyCache, keyring: Keyring, wish: SimpleNamespace) -> None:
    wish.minutes = 0
    for _ in range(2):
        keys.get("keyring:work")
        assert len(keys) == 0
    assert len(keyring.asked) == 2


def test_a_lowered_preference_counts_for_what_is_kept_already(
    keys: KeyCache, keyring: Keyring, clock: Clock, wish: SimpleNamespace
) -> None:
    keys.get("keyring:work")
    clock.now += 301
    wish.minutes = 5
    keys.get("keyring:work")
    assert len(keyring.asked) == 2
    keys.forget_all()


def test_a_key_that_was_changed_anywhere_is_asked_for_anew(keys: KeyCache, keyring: Keyring) -> None:
    keys.get("keyring:work")
    keyring.values["keyring:work"] = "pk-new"
    keyring.stamp += 1
    assert keys.get("keyring:work") == Secret("pk-new")
    keys.forget_all()


def test_one_that_is_gone_is_an_error_and_not_served_from_memory(keys: KeyCache, keyring: Keyring) -> None:
    keys.get("keyring:work")
    del keyring.values["keyring:work"]
    keyring.stamp += 1
    for _ in range(2):
        with pytest.raises(NotFoundError):
            keys.get("keyring:work")
    assert len(keys) == 0
    keys.forget_all()


def test_one_can_be_forgotten_by_name_and_all_at_once(keys: KeyCache, keyring: Keyring) -> None:
    keyring.values |= {"vault:work": "v", "keyring:home": "h"}
    for reference in keyring.values:
        keys.get(reference)
    keys.forget("work")
    assert len(keys) == 1
    keys.forget_all()
    assert len(keys) == 0


def test_a_key_that_was_on_its_way_when_the_screen_was_locked_is_not_kept(
    keys: KeyCache, keyring: Keyring
) -> None:
    resolve = keyring.resolve

    def locked_meanwhile(reference: str) -> Secret:
        keys.forget_all()
        return resolve(reference)

    keyring.resolve = locked_meanwhile  # type: ignore[method-assign]
    assert keys.get("keyring:work") == Secret("pk-CANARY")
    assert len(keys) == 0


def test_a_key_that_was_replaced_while_it_was_read_is_read_again(keys: KeyCache, keyring: Keyring) -> None:
    resolve = keyring.resolve

    def replaced_meanwhile(reference: str) -> Secret:
        secret = resolve(reference)
        keyring.values[reference] = "pk-new"
        keyring.stamp += 1
        return secret

    keyring.resolve = replaced_meanwhile  # type: ignore[method-assign]
    keys.get("keyring:work")
    keyring.resolve = resolve  # type: ignore[method-assign]
    assert keys.get("keyring:work") == Secret("pk-new")
    keys.forget_all()


@pytest.mark.parametrize("refuses", [False, True])
def test_many_who_ask_at_once_are_one_question(keys: KeyCache, keyring: Keyring, refuses: bool) -> None:
    """Ten sessions after login, and a user who answers one window, whatever the answer is."""
    keyring.answer.clear()
    keyring.refuses = refuses
    found: list[str] = []

    def ask() -> None:
        try:
            found.append(keys.get("keyring:work").reveal())
        except NotUnlockedError as error:
            found.append(error.title)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    keyring.answer.set()
    for thread in threads:
        thread.join(LONG_S)
    assert found == ["not unlocked" if refuses else "pk-CANARY"] * 8
    if not refuses:
        assert keyring.asked == ["keyring:work"]


def test_who_joins_a_question_waits_for_its_answer(keys: KeyCache, keyring: Keyring) -> None:
    """The one above could pass by luck, where the first was answered before the next asked."""
    keyring.answer.clear()
    first = threading.Thread(target=keys.get, args=["keyring:work"])
    first.start()
    while not keyring.asked:
        threading.Event().wait(0.001)
    second = threading.Thread(target=keys.get, args=["keyring:work"])
    second.start()
    second.join(0.1)
    assert second.is_alive()
    keyring.answer.set()
    for thread in (first, second):
        thread.join(LONG_S)
    assert keyring.asked == ["keyring:work"]


def test_a_key_changed_meanwhile_is_not_taken_from_the_look_up_of_before(
    keys: KeyCache, keyring: Keyring
) -> None:
    keyring.answer.clear()
    first = threading.Thread(target=keys.get, args=["keyring:work"])
    first.start()
    while not keyring.asked:
        threading.Event().wait(0.001)
    keyring.stamp += 1
    second = threading.Thread(target=keys.get, args=["keyring:work"])
    second.start()
    while len(keyring.asked) < 2:
        threading.Event().wait(0.001)
    keyring.answer.set()
    for thread in (first, second):
        thread.join(LONG_S)


def test_a_refused_question_may_be_asked_again_after_a_minute_or_for_a_person(
    keys: KeyCache, keyring: Keyring, clock: Clock
) -> None:
    """The tray lives for weeks: one closed window must not be the last, nor the first of hundreds."""
    keyring.refuses = True
    for passes, expected in ((0.0, 0), (REFUSAL_S - 1, 0), (2.0, 1), (0.0, 1), (REFUSAL_S, 2)):
        clock.now += passes
        with pytest.raises(NotUnlockedError):
            keys.get("keyring:work")
        assert keyring.asked_again == expected
    keys.ask_again()
    assert keyring.asked_again == 3


def test_there_are_never_more_than_a_few(keys: KeyCache, keyring: Keyring) -> None:
    keyring.values = {f"keyring:k{number}": "v" for number in range(MOST_KEYS + 10)}
    for reference in keyring.values:
        keys.get(reference)
    assert len(keys) == MOST_KEYS
    keys.forget_all()


def test_a_key_goes_by_itself_though_nobody_asks_again(
    keyring: Keyring, clock: Clock, wish: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    fire: list[threading.Timer] = []

    class Timer(threading.Timer):
        def start(self) -> None:
            waits.append(self.interval)
            fire.append(self)

    monkeypatch.setattr(key_cache.threading, "Timer", Timer)
    wish.minutes = 1.5
    keys = KeyCache(keyring, lambda: wish.minutes, clock)
    keys.get("keyring:work")
    assert waits == [60.0]  # at most a minute: a sleeping machine is not counted by a sleeping thread
    clock.now += 60
    fire.pop().function()
    assert (len(keys), waits) == (1, [60.0, 30.0])
    clock.now += 30
    fire.pop().function()
    assert (len(keys), fire) == (0, [])  # and no thread is left that wakes up for nothing


def test_the_thread_that_watches_the_time_is_real_and_ends(keyring: Keyring, wish: SimpleNamespace) -> None:
    wish.minutes = 0.001
    keys = KeyCache(keyring, lambda: wish.minutes)
    keys.get("keyring:work")
    for thread in threading.enumerate():
        if thread.name == "key-cache":
            thread.join(LONG_S)
    assert len(keys) == 0
    wish.minutes = 15
    keys.get("keyring:work")
    keys.forget_all()
    for thread in threading.enumerate():
        if thread.name == "key-cache":
            thread.join(LONG_S)
            assert not thread.is_alive()


def test_no_repr_shows_a_key(keys: KeyCache) -> None:
    keys.get("keyring:work")
    assert "CANARY" not in repr(keys) + repr(vars(keys))
    keys.forget_all()


def test_every_change_of_the_real_store_is_seen_from_another_one(tmp_path: Path) -> None:
    # The tray must not hand out a key that was rotated by a command it never heard of.
    places = SimpleNamespace(data_dir=str(tmp_path / "data"))
    environ = {"PKCC_SECRETS": "vault"}
    ours, theirs = SecretStore(places, environ), SecretStore(places, environ)
    marks = [ours.changes()]
    theirs.put("work", Secret("one"))
    marks.append(ours.changes())
    theirs.put("work", Secret("two"))
    marks.append(ours.changes())
    theirs.resolve("keyring:work")
    assert ours.changes() == marks[-1]  # a look changes nothing
    theirs.delete("work")
    marks.append(ours.changes())
    assert len(set(marks)) == 4
