"""What may happen to a team's catalog in a story of the row `state_machine`, against what must hold then.

Its publisher changes what is harmless and what is not, takes a profile out and puts it back; somebody puts an
old file in its place, or one that nobody signed; its user asks, says yes, goes back, leaves and joins again,
and commands are killed.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from support.catalog_homes import GATEWAY, PLAIN, Publisher
from support.home.user_home import KEY, Ran, UserHome
from torture.story_model import Following, Version, kept, kept_serial, newest_seen

if TYPE_CHECKING:
    from collections.abc import Callable

WORK, SAFE = "acme/work", "acme/safe"
_URLS = ("https://api.portkey.ai", GATEWAY)
_MODELS = ("claude-sonnet-5-5", "claude-sonnet-6", "claude-sonnet-7")


class CatalogStory(RuleBasedStateMachine):
    """The moves about the catalog. What is about settings is the subclass's."""

    directory: Path
    home: UserHome
    active: str | None
    drifted: bool
    torn: bool
    struck: bool
    undoable: list[Any]
    following: Following | None = None
    owes: bool  # a kill may have come before the settings were written, and no change since
    _run: Callable[..., Ran]
    _off_was_done: Callable[[], None]
    _status: Callable[[], dict[str, Any]]
    _killed_at: Callable[..., None]

    def begin_catalog(self, *, followed: bool) -> None:
        """It is published."""
        self.publisher = Publisher(self.directory / "published")
        self.left: frozenset[tuple[str, str]] = frozenset()
        self.versions: list[Version] = []
        self.owes = False
        self._publish(_MODELS[0], _URLS[0], ("work", "safe"))
        if followed:
            self.team_joined()

    # Its publisher, and others ------------------------------------------------------------------------------

    def _publish(self, model: str, url: str, names: tuple[str, ...]) -> None:
        profiles = [{**PLAIN, "name": name, "gateway": url, "models": {"sonnet": model}} for name in names]
        hosts = [each.removeprefix("https://") for each in _URLS]
        serial = self.publisher.publish(profiles=profiles, gateway_hosts=hosts)
        data, signature = self.publisher.file.read_bytes(), self._signature.read_bytes()
        self.published = Version(serial, model, url, names, data, signature)
        self.versions.append(self.published)

    @property
    def _signature(self) -> Path:
        return self.publisher.file.with_name(f"{self.publisher.file.name}.minisig")

    @precondition(lambda self: not self.torn)
    @rule(change=st.sampled_from(("quiet", "quiet", "loud", "a profile less or more")), unasked=st.booleans())
    def team_publishes(self, change: str, unasked: bool) -> None:
        self._change(change)
        if self.following is not None:
            self.team_asked(unasked)

    def _change(self, change: str) -> None:
        last = self.versions[-1]
        model = next(each for each in _MODELS if each != last.model) if change == "quiet" else last.model
        url = _URLS[1 - _URLS.index(last.url)] if change == "loud" else last.url
        names = (("work",) if "safe" in last.names else ("work", "safe")) if "less" in change else last.names
        self._publish(model, url, names)

    @precondition(lambda self: not self.torn)
    @rule(signed=st.booleans(), which=st.integers(0, 30))
    def team_file_replaced(self, signed: bool, which: int) -> None:
        """By an old version, or by one that nobody signed."""
        old = self.versions[which % len(self.versions)]
        self.publisher.file.write_bytes(old.data)
        if signed:
            self._signature.write_bytes(old.signature)
        else:
            self._signature.unlink(missing_ok=True)
        self.published = old if signed else old._replace(signature=b"")
        if self.following is not None:
            self.team_asked(unasked=False)

    # Its user -----------------------------------------------------------------------------------------------

    @precondition(lambda self: self.following is None and not self.torn)
    @rule()
    def team_joined(self) -> None:
        """Refused where its key, which is still stored, would go elsewhere than it did."""
        new, known = self.published, {url for key, url in self.left if key == "work"}
        refused = not new.signature or (known and new.url not in known)
        source = (str(self.publisher.directory), "--key", self.publisher.key)
        ran = self._run("join", *source, "--yes", "--key-stdin", codes=(0, 1, 4), stdin=f"{KEY}\n")
        assert (ran.code != 0) == bool(refused), ran
        if refused:
            return
        first = Following(new, seen=new.serial, pairs=frozenset(("work", url) for url in known))
        pairs = first.pairs | first.keys(new)
        self.following = first._replace(pairs=pairs, own=frozenset(new.names) - {"work"})
        self.active = WORK
        self._catalog_changed()

    def _after_update(self, its: Following, *, unasked: bool) -> Following:
        new = self.published
        if not new.signature or new.serial < its.seen:
            return its
        its = its._replace(seen=new.serial)
        if new == its.holds:
            return its
        in_use = self.active == SAFE and "safe" not in new.names
        if its.asks(new) or in_use or (its.went_back and unasked):
            return its._replace(waits=new)
        return its.with_it(new)

    @precondition(lambda self: self.following and not self.torn)
    @rule(unasked=st.booleans())
    def team_asked(self, unasked: bool) -> None:
        assert self.following is not None
        after = self._after_update(self.following, unasked=unasked)
        self._run("catalog", "update", "acme", *(["--unasked"] if unasked else []), codes=(0, 1))
        self._now_follows(after)

    def _may(self, version: Version | None) -> bool:
        """Whether a person would take it: not while they work with a profile that it lacks."""
        return version is not None and not (self.active == SAFE and "safe" not in version.names)

    @precondition(lambda self: self.following and not self.torn and self._may(self.following.waits))
    @rule()
    def team_accepted(self) -> None:
        assert self.following is not None
        assert self.following.waits is not None
        self._run("catalog", "accept", "acme", "--yes")
        self._now_follows(self.following.with_it(self.following.waits))

    @precondition(
        lambda self: (
            self.following and not self.torn and self._may(next(iter(self.following.older), self.published))
        )
    )
    @rule()
    def team_went_back(self) -> None:
        assert self.following is not None
        ran = self._run("catalog", "rollback", "acme", codes=(0, 4))
        assert (ran.code == 0) == bool(self.following.older), ran
        self._now_follows(self.following.back() if self.following.older else self.following)

    @precondition(lambda self: self.following and not self.torn)
    @rule()
    def team_left(self) -> None:
        assert self.following is not None
        self._run("catalog", "remove", "acme", "--yes")
        self.left = self.following.pairs
        self.following = None
        if self.active in (WORK, SAFE):
            self._off_was_done()
            self.active = None
        self._catalog_changed()

    @precondition(lambda self: shutil.which("strace") and self.following and not self.torn)
    @rule(
        words=st.sampled_from(("update", "update", "accept", "rollback")),
        call=st.sampled_from(("openat", "rename", "fsync", "unlink", "write")),
        when=st.integers(1, 30),
    )
    def team_killed(self, words: str, call: str, when: int) -> None:
        """By the next command all of it holds, or what did; settings follow with the next change."""
        before = after = self.following
        assert before is not None
        if words == "update":
            self._change("quiet")
            after = self._after_update(before, unasked=False)
        elif words == "rollback" and before.older and self._may(before.older[0]):
            after = before.back()
        elif words == "accept" and before.waits and self._may(before.waits):
            after = before.with_it(before.waits)
        else:
            return
        self._killed_at("catalog", words, "acme", *(["--yes"] if words == "accept" else []), at=(call, when))
        self.owes = True
        self._status()  # finishes it
        if kept_serial(self.home, "accepted.json") == after.holds.serial != before.holds.serial:
            self._now_follows(after)
            return
        waits = kept_serial(self.home, "offered.json")
        known = {each.serial: each for each in (before.waits, after.waits, self.published) if each}
        assert waits is None or waits in known, f"{waits} waits"
        lost = waits is None and words == "update" and before.waits is not None
        assert not lost or after.waits is None, "what waited is gone"
        seen = newest_seen(self.home)
        assert seen in (before.seen, after.seen), seen
        self._now_follows(before._replace(waits=known[waits] if waits else None, seen=seen))

    def _now_follows(self, now: Following) -> None:
        self.following = now
        self._catalog_changed()

    def _catalog_changed(self) -> None:
        self.undoable.clear()
        self.drifted = bool(self._status()["drift"])

    # What is there ------------------------------------------------------------------------------------------

    def has_profile(self, name: str) -> bool:
        """Whether it can be switched to."""
        plain = name.partition("/")[2]
        return not plain or (self.following is not None and plain in self.following.holds.names)

    @invariant()
    def what_was_accepted_is_in_force(self) -> None:
        if not hasattr(self, "home"):
            return
        profiles = {
            path.stem: json.loads(path.read_bytes()) for path in kept(self.home, "profiles").glob("[!.]*")
        }
        if self.following is None:
            assert not profiles, profiles
            return
        holds, waits = self.following.holds, self.following.waits
        accepted, offered = kept_serial(self.home, "accepted.json"), kept_serial(self.home, "offered.json")
        assert accepted == holds.serial, f"version {accepted} is in force, and nobody accepted it"
        assert offered == (waits and waits.serial), f"{offered} waits, not {waits and waits.serial}"
        assert {*profiles} == {*holds.names}
        for name, profile in profiles.items():
            said = (profile.get("gateway", _URLS[0]), profile["models"]["sonnet"])
            assert said == (holds.url, holds.model), f"{name} of {holds.serial} says {said}"
        if self.active in (WORK, SAFE) and not self.torn and not self.drifted:
            env = json.loads(self.home.settings.read_bytes().decode().replace("1e999", "1"))["env"]
            said = (env["ANTHROPIC_BASE_URL"], env["ANTHROPIC_DEFAULT_SONNET_MODEL"])
            told = self.owes and self._status()["edited_since"]
            assert told or said == (holds.url, holds.model), f"{holds.serial} holds, the settings say {said}"
