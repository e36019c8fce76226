"""Which file or variable decides each routing value for a new session. Effects: reads the files."""

from __future__ import annotations

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.locations import CLAUDE_DIR_VARIABLE, PROFILE_VARIABLE
from profiles.claude_code.header_lines import header_in
from profiles.claude_code.own_command import is_own_helper
from profiles.claude_code.owned_slots import HELPER_KEY, KEY_SLOTS, MODEL, OWNED_ENV, PORTKEY_SLOT
from profiles.claude_code.routing_names import (
    CLIENT_DATA,
    HEADERS_KEY,
    HOST_FLAG,
    NO_HELPER,
    NO_PROXY,
    PROXY_HELPER,
    SURROUNDINGS,
)
from profiles.claude_code.settings.masked import mask_value
from profiles.claude_code.settings.parse import (
    TOO_LARGE,
    actual_values,
    in_force,
    not_texts,
    plain,
    rules_for_models,
    without,
    wrong_values,
)
from profiles.claude_code.variable_values import is_on, lets_others_read
from profiles.profile.trusted import is_trusted
from profiles.routes.files import MANAGED, ReadFile, by_table, read_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from profiles.base.locations import Locations
    from profiles.routes.files import Judge


# In the order in which they are shown. The one left out says which source counts.
_DECIDED_ENV = dict.fromkeys(name for name in (*OWNED_ENV, *SURROUNDINGS) if name != HOST_FLAG)
_BLANK_COUNTS = {*_DECIDED_ENV, CLIENT_DATA, NO_HELPER, CLAUDE_DIR_VARIABLE}  # see `bypasses`


class Source(NamedTuple):
    """One place that values come from, most specific first: `path` is empty for the shell."""

    kind: str  # managed, local, project, user, shell; exec: the environment that `exec` gave
    path: str
    values: dict[str, str]
    headers_set: bool  # ANTHROPIC_CUSTOM_HEADERS is one string: who sets it replaces the whole of it
    problem: str = ""
    dropped: bool = False  # for that problem the client leaves the file out, or does not start (managed)
    ignored: tuple[str, ...] = ()  # of an administrator's: what is wrong with each value that is left out
    rules: dict[str, str] = {}  # noqa: RUF012 - never changed in place; see `rules_for_models`
    headers: str = ""  # that string
    not_texts: tuple[str, ...] = ()  # variables that hold an object or a list


class Effective(NamedTuple):
    """One slot's value for a new session (masked), who decides it, and the values that lose."""

    slot: str
    value: str
    source: str
    path: str
    losers: list[tuple[str, str]]


def read_sources(
    locations: Locations, directory: str, environ: Mapping[str, str], judge: Judge = by_table
) -> list[Source]:
    """Every source that a session started in `directory` reads, the one that wins first.

    `judge` says why the client leaves files out, by path; of an administrator's only what is wrong is.
    """
    return with_variables(read_settings(locations, directory, judge), environ)


def read_settings(locations: Locations, directory: str, judge: Judge = by_table) -> list[Source]:
    """The settings files among them, whatever variables such a session has."""
    files = list(read_files(locations, directory))
    wrong = judge(files)
    return [_of_file(file, wrong.get(file.path, "")) for file in files]


def with_variables(files: list[Source], environ: Mapping[str, str]) -> list[Source]:
    """Those files beside what these variables say, for a session that has them."""
    if is_on(environ.get(HOST_FLAG)):
        kind = "exec" if PROFILE_VARIABLE in environ else "shell"
        return [shell_source(environ)._replace(kind=kind), *map(_set_aside, files)]
    return [*files, shell_source(environ)]


def _set_aside(source: Source) -> Source:
    """What of a settings file still counts where the environment has the routing to itself: `model` alone."""
    kept = {slot: value for slot, value in source.values.items() if slot == MODEL}
    return source._replace(values=kept, headers_set=False)


def alarming(row: Effective) -> bool:
    """Whether a project's own file decides where the key goes, who hands it out, or who can read it."""
    if row.source not in ("local", "project"):
        return False
    if row.slot == HELPER_KEY:
        return not is_own_helper(row.value)
    name = row.slot.removeprefix("env.")
    if name in (*SURROUNDINGS, PROXY_HELPER):
        return name not in NO_PROXY and lets_others_read(name, row.value)
    return row.slot in KEY_SLOTS and bool(row.value)


def project_surroundings(sources: list[Source], trusted: Sequence[str], directory: str) -> list[Effective]:
    """The proxies and certificates that a project's file sets, and that the profile does not trust."""
    names = (*SURROUNDINGS, PROXY_HELPER)
    texts = {(source.kind, source.path): source.values for source in sources}
    return [
        row
        for row in decide(sources)
        if (name := row.slot.removeprefix("env.")) in names
        and alarming(row)
        and not is_trusted(name, texts[row.source, row.path][row.slot], trusted, directory)
    ]


def _of_file(file: ReadFile, wrong: str) -> Source:
    kind, path, settings = file.kind, file.path, file.settings
    ignored: dict[str, str] = {}
    if settings is None:
        starts_not = kind == MANAGED and not file.unreadable
        return Source(kind, path, {}, headers_set=False, problem=file.problem, dropped=starts_not)
    if wrong and kind == MANAGED and wrong != TOO_LARGE:
        ignored = wrong_values(settings)
        settings = without(settings, ignored)
    elif wrong:
        return Source(kind, path, {}, headers_set=False, problem=f"{path}: {wrong}", dropped=True)
    settings = in_force(settings)
    values = actual_values(settings)
    # A blank beats what a less specific source says, the shell's variables among them.
    for member in settings.env.members if settings.env else []:
        if member.key in _BLANK_COUNTS and plain(member.value) == "":
            values[f"env.{member.key}"] = ""
    for key in (HELPER_KEY, PROXY_HELPER, MODEL):
        found = settings.root.find(key)
        if found is not None and plain(found.value) == "":
            values[key] = ""
    headers = settings.env.find(HEADERS_KEY) if settings.env else None
    return Source(
        kind,
        path,
        values,
        headers_set=headers is not None,
        ignored=tuple(ignored.values()),
        rules=rules_for_models(settings),
        headers="" if headers is None else plain(headers.value),
        not_texts=tuple(not_texts(settings)),
    )


def shell_source(environ: Mapping[str, str]) -> Source:
    """What variables say that a shell, or what else starts the client, exports."""
    names = [name for name in _DECIDED_ENV if environ.get(name) and name != HEADERS_KEY]
    values = {f"env.{name}": environ[name] for name in names}
    headers = environ.get(HEADERS_KEY, "")
    for line in headers.split("\n"):
        name, value = header_in(line)
        values[f"header.{name}"] = value
    return Source("shell", "", values, headers_set=HEADERS_KEY in environ, headers=headers)


def decide(sources: list[Source]) -> list[Effective]:
    """The deciding value of each slot, slots in the order in which the sources name them."""
    slots = dict.fromkeys(slot for source in sources for slot in source.values)
    return [effective for slot in slots for effective in _decide(slot, sources)]


def _decide(slot: str, sources: list[Source]) -> Iterator[Effective]:
    if slot.startswith("env.") and slot[4:] not in _DECIDED_ENV:
        return
    if slot.startswith("header.") and not slot.startswith(PORTKEY_SLOT):
        return
    having = [source for source in sources if slot in source.values]
    if slot.startswith("header."):  # one string: the first to have one replaces those of all the others
        first = next((source for source in sources if source.headers_set), None)
        if first is not None and slot not in first.values:
            having = [first, *(source for source in having if source.kind != "shell")]
            if len(having) == 1:
                return
    winner, *losers = having
    value = winner.values.get(slot, "")
    if not value and not any(loser.values[slot] for loser in losers):
        return
    shown = [(loser.kind, mask_value(slot, loser.values[slot])) for loser in losers if loser.values[slot]]
    yield Effective(slot, mask_value(slot, value), winner.kind, winner.path, shown)
