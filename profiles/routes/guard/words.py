"""A refusal in words: one line that Claude Code shows, and what else is said. It asks the policy alone."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING
from profiles.claude_code.routing_names import HEADERS_KEY, PROXY_HELPER, TLS_CHECK, UNIX_SOCKET
from profiles.portkey.addresses import parse_address, shown_address
from profiles.routes.guard.possible import OF_PROJECT
from profiles.routes.guard.refusal import ENVIRONMENT, STARTING

if TYPE_CHECKING:
    from profiles.routes.guard.recorded_handout import Handout
    from profiles.routes.guard.refusal import Refusal

_LONGEST = 500  # characters that the client shows
_LONGEST_PATH = 120
_DECIDED = {
    "place": "says where your profiles lie",
    "sign_in": "decides where you sign in for the key",
}
_PLAIN = frozenset("._~:/@%+,=-")


def refusal_line(name: str, refusal: Refusal, home: str) -> str:
    """Such as `pkcc-tray refused: requests here would go to evil.example (from …), not to …; …`."""
    line = f"pkcc-tray refused: {wrong(refusal, name, home)}; {remedy(name, refusal)}"
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."


def wrong(refusal: Refusal, name: str, home: str, where: str = " here") -> str:
    """What is wrong, in one clause; `where` requests go wrong, as " in /src/clone"."""
    gateway = shown_address(home)
    source = shown_source(refusal)
    if refusal.other and refusal.what == "headers":
        return f"requests{where} still go to {_short(refusal.host)}, the provider of {refusal.other}"
    if refusal.other:
        return f"requests{where} go to {refusal.host}, the gateway of {refusal.other}, not yet to {gateway}"
    if refusal.what == "address":
        return f"requests{where} would go to {refusal.host} (from {source}), not to {gateway}"
    if refusal.what == "host_auth":
        return f"{refusal.name} is set in {source}, so the key would go to {refusal.host}, not to {gateway}"
    if refusal.what == "headers":
        to = "" if refusal.host == refusal.name else f" to {_short(refusal.host)}"
        return f"{refusal.name} among the header lines (from {source}) has {gateway} send the key on{to}"
    if refusal.what == "proxy":
        return f"the proxy {refusal.host} (from {source}) is not yours, and could read the key for {gateway}"
    if refusal.what == "certificates":
        return f"{_short(refusal.host)} (from {source}) lets others read the key for {gateway}"
    if refusal.what in _DECIDED:
        return f"{source} sets {refusal.name}, which {_DECIDED[refusal.what]}"
    if refusal.what == "unknown":
        return f"{source} {refusal.host}, so nobody can tell where requests{where} would go"
    return f"no profile uses the key {name}, so it has no gateway to go to"


def remedy(name: str, refusal: Refusal) -> str:
    """What to do, in one clause: how to repair it, and how to allow it where that can be."""
    return repair(name, refusal) + _allowing(name, refusal)


def repair(name: str, refusal: Refusal, directory: str | None = None) -> str:
    """What to do about it, in one clause: in that project, or (None) in the one where a person is."""
    by_what = {
        "no_profile": f"give it to a profile: `pkcc-tray set PROFILE api_key keyring:{name}`",
        "place": "take that line out",
        "sign_in": "take that line out",
        "unknown": "start this session again" if refusal.name == STARTING else "move that file away",
    }
    if refusal.what in by_what:
        return by_what[refusal.what]
    if refusal.other:
        again = "Claude Code again without --settings" if refusal.what == "headers" else "this session again"
        return f"try again, or start {again}"
    if refusal.by_hand:
        return f"take {refusal.name} out of that file, and start this session again"
    if refusal.kind in OF_PROJECT:
        return _repair_in_project(name, directory)
    if refusal.kind == ENVIRONMENT:
        out = (
            f"take {refusal.name} out of {HEADERS_KEY}"
            if refusal.what == "headers"
            else f"unset {refusal.name}"
        )
        return f"{out}, and start Claude Code again without --settings"
    if refusal.kind == "user":
        return "`pkcc-tray restore` repairs it"
    return "your administrator's settings decide that: ask there"


def _repair_in_project(name: str, directory: str | None) -> str:
    if directory is None:
        return f"`pkcc-tray switch {name} --project --exclude` overrides that file here"
    if not _is_plain(directory):
        return f"`pkcc-tray switch {name} --project --exclude`, run there, overrides that file"
    return f"`pkcc-tray switch {name} --project {directory} --exclude` overrides that file"


def _allowing(name: str, refusal: Refusal) -> str:
    """How to allow it, where that can be. The text is a stranger's: none that means something to a shell."""
    if refusal.other:
        return ""
    option = {"address": "", "proxy": "--proxy ", "certificates": "--ca "}.get(refusal.what)
    text = refusal.host.partition("=")[2] if refusal.what == "certificates" else refusal.host
    if option is None or refusal.name in (TLS_CHECK, PROXY_HELPER, UNIX_SOCKET):
        return ""
    if refusal.what != "certificates" and parse_address(text) is None:
        return ""
    if not _is_plain(text) or (refusal.what == "address" and not _is_ours_to_allow(text)):
        return ""
    return f"; if it is yours: `pkcc-tray trust add {option}{text} --profile {name}`"


def _is_ours_to_allow(url: str) -> bool:
    from profiles.policy.in_force import policy_in_force
    from profiles.policy.refusals import may_be_trusted

    return may_be_trusted(policy_in_force(), url)


def _is_plain(text: str) -> bool:
    """Whether a stranger's text may stand in a command that a person copies."""
    return len(text) <= _LONGEST_PATH and all(char.isalnum() or char in _PLAIN for char in text)


def shown_source(refusal: Refusal) -> str:
    """The file, or that it is the session's own environment."""
    return _short(refusal.file) if refusal.file else "this session's environment"


def told(handout: Handout) -> str:
    """What happened to a key, in one sentence without its time."""
    source = _short(handout.why.file) if handout.why.file else "a session's environment"
    return f"{headline(handout)} ({source})"


def headline(handout: Handout) -> str:
    """Such as `The key of work was kept from https://evil.example`."""
    key, given, why = f"The key of {handout.profile}", handout.what == "given", handout.why
    if why.what in ("address", "host_auth", "proxy"):
        who = f"the proxy {why.host}" if why.what == "proxy" else why.host
        return f"{key} {'may have been sent to' if given else 'was kept from'} {_short(who)}"
    return f"{key} {'may have been read by others' if given else 'was kept back'}"


def explained(handout: Handout) -> tuple[str, str]:
    """What was wrong, and what repairs it: a sentence each, for a reader who is elsewhere."""
    why = handout.why
    directory = os.path.dirname(os.path.dirname(why.file)) if why.kind in OF_PROJECT else ""
    where = f" in {_short(directory)}" if directory else ""
    texts = wrong(why, handout.profile, handout.home, where), repair(handout.profile, why, directory)
    first, second = (text[:1].upper() + text[1:] + "." for text in texts)
    return first, second


def _short(text: str) -> str:
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return shown if len(shown) <= _LONGEST_PATH else "..." + shown[3 - _LONGEST_PATH :]
