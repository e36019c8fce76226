"""Every way from a setup by hand to a profile in force, each with the request that the client then sends.

What a user would lose otherwise: a setup that works by hand is imported, and requests then go to another
model or account, without a key, or not at all; or it is never again what it was.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from equivalence.hand import Ask, Hand, by_model, unrouted_env
from equivalence.setup import Setup
from support.client.request_model import Sent, understood
from support.home.user_home import Ran

_OTHER_KEY = "pk-of-the-other-profile"
# Text that stands where a client wants some credential, and is none.
STAND_INS = frozenset({"dummy", "-", "x", "unused", "not-needed", "none"})
# What each request tells, wherever it stands.
_COMPARED = re.compile(
    r"ANTHROPIC_(\w*BASE_URL|CUSTOM_HEADERS|AUTH_TOKEN|API_KEY)|AWS_BEARER_TOKEN_BEDROCK|CLAUDE_CODE_(USE|SKIP)_\w+"
)
_KEY_LINES = ("authorization", "x-api-key", "x-portkey-api-key")
_ENVIRON = "import json, os; print(json.dumps(dict(os.environ)))"


class DifferentError(AssertionError):
    """The request is another one, and nothing said so; or something was lost."""


def walk(
    root: Path,
    setup: Setup,
    ask: Ask = by_model,
    *,
    long: bool = True,
    environ: Mapping[str, str] = {},
) -> str:
    """All ways of one setup; what its import said. Raises DifferentError at the first that differs.

    Not `long`: import, switch and off alone. `environ`: what the shell exports besides.
    """
    hand = Hand(root / "hand", setup, environ)
    before = by_hand = Sent() if setup.refused else ask(hand)
    if setup.meant:
        before = ask(Hand(root / "meant", setup._replace(settings=setup.meant), environ))
    imported = hand.run("import", *(["--name", "made"]), "--yes", "--json", *setup.words, *_where(hand))
    if imported.code:
        return _refused(hand, imported)
    if setup.refused:
        raise DifferentError(f"imported, though no profile can say it ({setup.refused})")
    answer = imported.json()
    said = _said(answer)
    for way in (_switch, _project, _exec, _adopt, _elsewhere) if long else (_switch,):
        for what, after in way(hand, answer, ask):
            compare(by_hand if what == "off" else before, after, said, what)
    return said


def _where(hand: Hand) -> list[str]:
    return [str(hand.file)] if hand.file else []


def _said(answer: Mapping[str, Any]) -> str:
    left = [f"{part['what']}: {part['reason']}" for part in answer["data"]["left_out"]]
    return "; ".join([*answer.get("notes", []), *left])


def _refused(hand: Hand, imported: Ran) -> str:
    """A refusal names why, and nothing was stored or written."""
    title: str = imported.json()["error"]["title"]
    if not hand.setup.refused or not re.search(hand.setup.refused, title):
        raise DifferentError(f"refused: {title}")
    kept = (
        hand.run("list", "--json").json()["data"]["profiles"],
        hand.run("key", "list", "--json").json()["data"],
    )
    if kept[0] or kept[1].get("keys") or hand.bytes() != hand.original:
        raise DifferentError(f"refused, and stored all the same: {kept}")
    return title


def compare(before: Sent, after: Sent, said: str, what: str) -> None:
    """The same request; or to Portkey the same, and each thing that differs is named."""
    if before.problem:  # no request by hand: then at least none to somewhere else
        return
    if after.problem:
        raise DifferentError(f"{what}: nothing is sent: {after.problem}")
    if _filled(before) == _filled(after):
        return
    one, two = _meaning(before), _meaning(after)
    if one != two:
        raise DifferentError(f"{what}: {one} became {two}")
    if not said:
        raise DifferentError(f"{what}: the places of the key changed unsaid: {before} became {after}")


def _filled(sent: Sent) -> Sent:
    """Without blank headers: one keeps the key of a login back."""
    return sent._replace(headers={name: value for name, value in sent.headers.items() if value})


def _meaning(sent: Sent) -> tuple[Any, ...]:
    url, model, route, key, others = understood(sent)
    route = {name: _plain(value) for name, value in route.items()}
    if key in STAND_INS:  # then it is in nobody's hands
        key = ""
    return url, model, route, key, others - STAND_INS


def _plain(value: str) -> Any:
    """A header's JSON without its spelling."""
    try:
        return json.loads(value)
    except ValueError:
        return value


# The ways --------------------------------------------------------------------------------------------------

Way = Callable[[Hand, Mapping[str, Any], Ask], Iterator[tuple[str, Sent]]]


def _done(ran: Ran, what: str) -> Ran:
    if ran.code:
        raise DifferentError(f"{what}: {ran.text.strip()}")
    return ran


def _switch(hand: Hand, answer: Mapping[str, Any], ask: Ask) -> Iterator[tuple[str, Sent]]:
    """Switched to, away and back; then off, by which the file is what it was."""
    _done(hand.run("switch", "made"), "switch")
    yield "switch", ask(hand)
    _nothing_lost(hand, _said(answer))
    _done(hand.run("statusline", "on"), "statusline on")  # beside all that follows
    if hand.file:
        hand.exported = {}
        yield "switch, in a shell without the exports", ask(hand)
    _add_other(hand)
    _done(hand.run("switch", "other"), "switch to another")
    _done(hand.run("switch", "made"), "switch back")
    yield "switch back", ask(hand)
    hand.exported = hand.setup.exports
    _done(hand.run("off"), "off")
    if hand.bytes() != hand.original:
        raise DifferentError(f"off: {hand.original!r} became {hand.bytes()!r}")
    yield "off", ask(hand)


def _nothing_lost(hand: Hand, said: str) -> None:
    """What no request of this client tells, other models' names for one: it is in force, or named as left."""
    (settings,) = hand.settings
    now, was = settings["env"], hand.setup.settings.get("env", {}) | dict(hand.setup.exports)
    lines, old_lines = (_lines(env) for env in (now, was))
    lost = {name for name, text in was.items() if str(now.get(name, "")) != str(text)}
    lost = {name for name in lost if not _COMPARED.fullmatch(name)}
    lost |= {name for name, text in old_lines.items() if text and _plain(lines.get(name, "")) != _plain(text)}
    if unsaid := sorted(name for name in lost - set(_KEY_LINES) if name not in said):
        raise DifferentError(f"lost, and nothing says so: {unsaid}; said: {said}")


def _lines(env: Mapping[str, Any]) -> dict[str, str]:
    pairs = (line.partition(":") for line in str(env.get("ANTHROPIC_CUSTOM_HEADERS", "")).split("\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _add_other(hand: Hand) -> None:
    words = ("--provider", "@other", "--sonnet", "claude-other", "--key-stdin")
    _done(hand.run("add", "other", *words, stdin=f"{_OTHER_KEY}\n"), "add")


def _project(hand: Hand, answer: Mapping[str, Any], ask: Ask) -> Iterator[tuple[str, Sent]]:
    """Pinned in a project, while the user's own settings have another profile."""
    _done(hand.run("switch", "other"), "switch to another")
    _done(hand.run("project", "add", str(hand.project), "--profile", "made"), "project add")
    hand.exported = {}
    yield "a pinned project", ask(hand)
    _done(hand.run("project", "remove", str(hand.project)), "project remove")
    _done(hand.run("off"), "off")
    hand.exported = hand.setup.exports


def _exec(hand: Hand, answer: Mapping[str, Any], ask: Ask) -> Iterator[tuple[str, Sent]]:
    """One run with the profile, whatever the settings say."""
    ran = hand.home.spawn("exec", "made", "--", sys.executable, "-c", _ENVIRON)
    if ran.code == 4 and "Claude Code's own login" in ran.err:
        return  # it cannot hand that on, and says so
    yield "exec", ask(hand, json.loads(_done(ran, "exec").out))


def _adopt(hand: Hand, answer: Mapping[str, Any], ask: Ask) -> Iterator[tuple[str, Sent]]:
    """Written by hand over another profile in force, and taken into that one."""
    if hand.file:
        return
    its = hand.another("adopting")
    its.home.settings.unlink()
    _add_other(its)
    _done(its.run("add", "third", "--provider", "@third", "--key-stdin", stdin=f"{_OTHER_KEY}\n"), "add")
    _done(its.run("switch", "other"), "switch to another")
    its.home.settings.write_bytes(its.original)
    adopted = its.run("adopt", "--address", "--json")
    if adopted.code:
        if its.bytes() != its.original:
            raise DifferentError(f"adopt: refused, and wrote: {adopted.text}")
        return
    yield "adopt", ask(its)
    _nothing_lost(its, " ".join(adopted.json().get("notes", [])))
    _done(its.run("switch", "third"), "switch")
    _done(its.run("switch", "other"), "switch")
    yield "adopt, and back", ask(its)


def _elsewhere(hand: Hand, answer: Mapping[str, Any], ask: Ask) -> Iterator[tuple[str, Sent]]:
    """Exported, and imported in another home, where the user types the keys."""
    first = hand.another("first")
    _done(first.run("import", "--name", "made", "--yes", *hand.setup.words, *_where(first)), "import")
    bundle = hand.home.root.parent / "bundle.json"
    _done(first.run("export", "made", "-o", str(bundle)), "export")
    other = hand.another("elsewhere")
    other.home.settings.write_text(json.dumps(_own(hand.setup.settings)))
    other.exported = {}
    taken = _done(other.run("import", str(bundle), "--yes", "--json"), "import of the bundle").json()
    for name in taken["data"]["keys_missing"]:
        key = _done(first.run("key", "print", name), "key print").out
        _done(other.run("key", "set", name, "--stdin", stdin=key), "key set")
    _done(other.run("switch", "made"), "switch")
    yield "another home", ask(other)
    _nothing_lost(other, f"{_said(answer)} {_said(taken)}")


def _own(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What of the settings is no route: it is no profile's, and its user has it in the other home too."""
    own = {name: value for name, value in settings.items() if name not in ("apiKeyHelper", "env")}
    if str(own.get("model")).removesuffix("[1m]") not in ("sonnet", "opus", "haiku"):
        own.pop("model", None)
    lines = str(settings.get("env", {}).get("ANTHROPIC_CUSTOM_HEADERS", "")).split("\n")
    kept = [
        line for line in lines if line and not re.match(r"x-portkey-|authorization|x-api-key", line, re.I)
    ]
    headers = {"ANTHROPIC_CUSTOM_HEADERS": "\n".join(kept)} if kept else {}
    return own | {"env": unrouted_env(settings) | headers}
