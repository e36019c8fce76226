"""A catalog in words: where it comes from, who signed it, and each profile as host and key. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.terminal.words.columns import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tray.actions.catalogs.described import Described, DescribedProfile, DescribedRule
    from tray.actions.catalogs.offer import Origin

OWN_KEY = "a key of your own"


def described_lines(catalog: Described, origin: Origin, more: Sequence[tuple[str, str]] = ()) -> list[str]:
    """All that anyone should see before they say yes; `more` are rows beside."""
    rows = [("source", origin.source), ("signed", signed_words(origin)), *more]
    rows += [("contact", catalog.contact)] if catalog.contact else []
    rows += [("asks you", asked.ask) for asked in catalog.inputs if asked.answer is None]
    rows += [("rule", rule_words(rule)) for rule in catalog.rules]
    needed = ", ".join(catalog.required_metadata)
    rows += [("requires", f"metadata {needed} of each project")] if needed else []
    return [
        f"{catalog.name}: {catalog.title}",
        *table([list(row) for row in rows], "  "),
        *(line for profile in catalog.profiles for line in _profile_lines(profile, catalog.default)),
    ]


def signed_words(origin: Origin) -> str:
    """Such as `by 9DE2…, RWQ…`, or what it means that nobody did."""
    if origin.key:
        return f"by {origin.signed_by}: {origin.key}"
    return "by nobody: anyone who can write there can change it"


def rule_words(rule: DescribedRule) -> str:
    """Such as `git.acme.example/**: acme/work, unit=platform`."""
    gets = [rule.profile] if rule.profile else []
    gets += [f"{name}={value}" for name, value in rule.metadata.items()]
    return f"{rule.remote}: {', '.join(gets)}"


def key_words(profile: DescribedProfile) -> str:
    """Which key goes there."""
    return f"{OWN_KEY} ({profile.key})" if profile.key == f"keyring:{profile.name}" else profile.key


def goes_words(profile: DescribedProfile) -> str:
    """Each host that its key reaches: `a.example`, or `a.example, and on to b.example`."""
    beyond = [f"and on to {', '.join(profile.sends_on)}"] if profile.sends_on else []
    return ", ".join([profile.host, *beyond])


def _profile_lines(profile: DescribedProfile, default: str) -> Iterator[str]:
    marks = [profile.label] if profile.label else []
    marks += ["the default"] if profile.name == default else []
    marks += [f"withdrawn: {profile.withdrawn}"] if profile.withdrawn else []
    yield ""
    yield f"  {profile.name}" + (f"  ({', '.join(marks)})" if marks else "")
    rows = [["sends to", f"{profile.host} \N{LEFTWARDS ARROW} {key_words(profile)}"]]
    rows += [["sends on to", f"{', '.join(profile.sends_on)}, the key too"]] if profile.sends_on else []
    rows += [["key from", profile.key_help]] if profile.key_help else []
    rows += [["format", profile.dialect]] if profile.dialect != "messages" else []
    rows += [["header", header] for header in profile.headers]
    rows += [["variable", variable] for variable in profile.variables]
    yield from table(rows, "    ")
