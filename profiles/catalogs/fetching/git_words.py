"""Words for what git says when it cannot fetch. Pure; git speaks English to us (LC_ALL=C)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.base.programs.command_line import shown_line
from profiles.base.text import others_words
from profiles.catalogs.fetching.fetched import FetchError

if TYPE_CHECKING:
    from profiles.base.programs.run import Ran
    from profiles.catalogs.fetching.fetched import Why
    from profiles.catalogs.fetching.source import Source

# The first that is found in what git says: what it means, and what helps ("": try by hand).
_MEANINGS: tuple[tuple[str, Why, str, str], ...] = (
    ("could not read (Username|Password)|terminal prompts disabled", "unreachable", "git: {0}", ""),
    (
        "Authentication failed|HTTP Basic: Access denied|error: 40[13]",
        "unreachable",
        "the server refuses your login ({0})",
        "Sign in to it as for any repository of yours.",
    ),
    (
        "Permission denied \\(",
        "unreachable",
        "the server takes none of your SSH keys",
        "Is the key loaded (`ssh-add -l`), and known to the server?",
    ),
    (
        "Host key verification failed",
        "unreachable",
        "its SSH host key is unknown, or another than it was",
        "Connect once by hand and compare the key's fingerprint.",
    ),
    (
        "Could not resolve host",
        "unreachable",
        "no address was found for {host}",
        "Is this machine online, or does it need a VPN?",
    ),
    (
        "Connection refused|Connection timed out|Network is unreachable|No route to host",
        "unreachable",
        "{host} does not answer ({0})",
        "Is this machine online, or does it need a VPN?",
    ),
    (
        "repository .*not found|does not appear to be a git|error: 404|error: 410|access rights",
        "unreachable",  # a server that knows you not says the same
        "there is no such repository, or you may not see it",
        "",
    ),
    (
        "couldn't find remote ref|not our ref|upload-pack: not our",
        "withdrawn",
        "the repository has no such branch or tag",
        "Name another: --ref.",
    ),
    ("SSL|certificate|TLS", "unreachable", "its certificate is not trusted ({0})", ""),
    (
        "transport '.*' not allowed",
        "refused",
        "git may not use that kind of address for a catalog",
        "Use https or ssh.",
    ),
    (
        "fsck|bad object|invalid object|index-pack|early EOF|unexpected disconnect|expected 'packfile'",
        "refused",
        "what it sends is damaged",
        "Tell its publisher, or the people who run the server.",
    ),
)
_SAYS = re.compile(
    r"^(?:fatal|error|remote|ssh): (?:fatal: |error: )?(?:unable to access '[^']*': )?(.+)", re.M
)


def refusal(done: Ran, source: Source, *, too_large: bool) -> FetchError:
    """What it means that git ended so, or was ended for all that it wrote."""
    if too_large:
        hint = "Ask its publisher for a repository with nothing but the catalog in it."
        return FetchError("refused", "what it sends is too large for a catalog", hint)
    said = done.errors.decode("utf-8", "replace")
    again = f"Try: {shown_line(['git', 'ls-remote', source.address])}"
    first = _SAYS.search(said)
    quoted = others_words(
        first[1].strip() if first else said.strip().partition("\n")[0] or f"exit {done.code}", 100
    )
    for pattern, why, reason, hint in _MEANINGS:
        if re.search(pattern, said):
            text = reason.format(quoted, host=source.host)
            return FetchError(why, text, hint or again)
    return FetchError("unreachable", f"git: {quoted}", again)
