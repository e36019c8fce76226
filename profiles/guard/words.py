"""A refusal in words: one line that Claude Code shows, and what else is told of it. Pure."""

from __future__ import annotations

from profiles.addresses import parse_address, shown_address
from profiles.guard.possible import OF_PROJECT
from profiles.guard.refusal import ENVIRONMENT
from profiles.records import TYPE_CHECKING
from profiles.routing_names import PROXY_HELPER, TLS_CHECK, UNIX_SOCKET

if TYPE_CHECKING:
    from profiles.guard.handout import Handout
    from profiles.guard.refusal import Refusal

_LONGEST = 500  # characters that the client shows
_LONGEST_PATH = 120


def refusal_line(name: str, refusal: Refusal, home: str) -> str:
    """Such as `pkcc-tray refused: requests here would go to evil.example (from …), not to …; …`."""
    line = f"pkcc-tray refused: {wrong(refusal, name, home)}; {remedy(name, refusal)}"
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."


def wrong(refusal: Refusal, name: str, home: str) -> str:
    """What is wrong, in one clause."""
    gateway = shown_address(home)
    source = shown_source(refusal)
    if refusal.other:
        return f"requests here go to {refusal.host}, the gateway of {refusal.other}, not yet to {gateway}"
    if refusal.what == "address":
        return f"requests here would go to {refusal.host} (from {source}), not to {gateway}"
    if refusal.what == "host_auth":
        return f"{refusal.name} is set in {source}, so the key would go to {refusal.host}, not to {gateway}"
    if refusal.what == "headers":
        to = "" if refusal.host == refusal.name else f" to {_short(refusal.host)}"
        return f"{refusal.name} among the header lines (from {source}) has {gateway} send the key on{to}"
    if refusal.what == "proxy":
        return f"the proxy {refusal.host} (from {source}) is not yours, and could read the key for {gateway}"
    if refusal.what == "certificates":
        return f"{_short(refusal.host)} (from {source}) lets others read the key for {gateway}"
    if refusal.what == "place":
        return f"{source} sets {refusal.name}, which says where your profiles lie"
    if refusal.what == "unknown":
        return f"{source} {refusal.host}, so nobody can tell where requests here would go"
    return f"no profile uses the key {name}, so it has no gateway to go to"


def remedy(name: str, refusal: Refusal) -> str:
    """What to do, in one clause."""
    if refusal.what == "no_profile":
        return f"give it to a profile: `pkcc-tray set PROFILE api_key keyring:{name}`"
    if refusal.what == "place":
        return "take that line out"
    if refusal.what == "unknown":
        return "move that file away"
    if refusal.other:
        return "try again, or start this session again"
    allow = _allowing(name, refusal)
    if refusal.by_hand:
        return f"take {refusal.name} out of that file{allow}"
    if refusal.kind == "user":
        return f"`pkcc-tray restore` repairs it{allow}"
    if refusal.kind in OF_PROJECT:
        return f"`pkcc-tray switch {name} --project --exclude` overrides that file here{allow}"
    if refusal.kind == ENVIRONMENT:
        return f"unset {refusal.name}, and start Claude Code again without --settings{allow}"
    return f"your administrator's settings decide that: ask there{allow}"


def _allowing(name: str, refusal: Refusal) -> str:
    """How to allow it, where that can be."""
    option = {"address": "", "proxy": "--proxy ", "certificates": "--ca "}.get(refusal.what)
    text = refusal.host.partition("=")[2] if refusal.what == "certificates" else refusal.host
    if option is None or refusal.name in (TLS_CHECK, PROXY_HELPER, UNIX_SOCKET):
        return ""
    if refusal.what != "certificates" and parse_address(text) is None:
        return ""
    return f"; if it is yours: `pkcc-tray trust add {option}{_short(text)} --profile {name}`"


def shown_source(refusal: Refusal) -> str:
    """The file, or that it is the session's own environment."""
    return _short(refusal.file) if refusal.file else "this session's environment"


def told(handout: Handout) -> str:
    """What happened to a key, in one sentence without its time."""
    if handout.what == "given":
        return f"The key of {handout.profile} may have been sent to {handout.host} ({shown_file(handout)})"
    return f"The key of {handout.profile} was kept from {handout.host} ({shown_file(handout)})"


def shown_file(handout: Handout) -> str:
    """The same of what is recorded, for a sentence to begin with."""
    return _short(handout.file) if handout.file else "A session's environment"


def _short(text: str) -> str:
    shown = "".join(char if char.isprintable() else "?" for char in text)
    return shown if len(shown) <= _LONGEST_PATH else "..." + shown[3 - _LONGEST_PATH :]
