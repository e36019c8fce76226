"""Every row of the harness: the module that makes it, and how many seconds the short form gives it."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """`module` has `run(seconds: float | None, seed: int) -> Row`; None seconds is the long form, whole."""

    module: str
    seconds: float
    about: str


ENTRIES = (
    Entry(
        "kills", 75, "every changing system call of thirteen commands: killed there, or answered by an error"
    ),
    Entry("power_cut", 35, "the power goes at such a call, or when the command has ended, on ext4 and XFS"),
    Entry("races", 20, "eight writers, a Claude-like writer and three readers at once"),
    Entry("editor", 15, "an editor that truncates and writes, with no lock"),
    Entry("real_client", 30, "the real Claude Code saves its settings meanwhile"),
    Entry(
        "state_machine",
        42,
        "ours, a Claude-like writer, an editor, crashes, projects, catalogs, in any order",
    ),
    Entry("fuzz", 30, "settings, profiles, configs, headers, imports, arguments: whatever may come in"),
    Entry("equivalence", 45, "setups by hand, imported, switched to, off again: the request stays the same"),
    Entry("secrets", 60, "a canary key through every command, then looked for everywhere"),
    Entry("ipc", 15, "the tray's socket: other users, floods, slow, oversized, malformed, replayed"),
    Entry("manager", 30, "the manager's page and socket: strangers, floods, slow, oversized, nearly right"),
    Entry(
        "guard",
        105,
        "Claude Code led astray by files, proxies, catalogs and moments: bytes of a key at strangers",
    ),
    Entry("bites", 60, "naive writers and a naive helper in our place: the rows above must fail"),
)
