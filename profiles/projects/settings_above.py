"""What a project's file has to know of the settings above it: the user's own, and those of the team. Pure."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.claude_code.credential_lines import address_in_force, address_of
from profiles.claude_code.owned_slots import MODEL, OWNED_SLOTS
from profiles.claude_code.routing_names import ADDRESSES, BASE_URLS, READERS, SWITCHES
from profiles.claude_code.settings.parse import Settings, parse_settings, plain
from profiles.claude_code.settings.project_root import project_root
from profiles.files.read import read_bytes
from profiles.portkey.model_names import is_alias
from profiles.switching.one_file.foreign_lines import foreign_lines_of
from profiles.switching.reading.surroundings import surroundings_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from profiles.base.locations import Locations
    from profiles.claude_code.process.sessions import Session
    from profiles.profile.rendering import Rendered
    from profiles.switching.memory.state import State

_ROUTING_NAMES = frozenset([*BASE_URLS.values(), *SWITCHES, *ADDRESSES])


class Said(NamedTuple):
    """What one settings file says: owned slots with a value, all that are there, and its raw header lines."""

    values: frozenset[str]
    present: frozenset[str]
    lines: list[str]
    readers: frozenset[str] = frozenset()  # proxies and certificates that it sets
    routing: dict[str, str] = {}  # noqa: RUF012 - variable → what it is there, of those that decide a route

    @classmethod
    def by(cls, settings: Settings, lines: list[str]) -> Said:
        """What parsed settings say."""
        owned = filter(settings.slots().__contains__, OWNED_SLOTS)
        found = {slot: member for slot in owned if (member := settings.member(slot)) is not None}
        values = frozenset(slot for slot, member in found.items() if plain(member.value))
        model = settings.member(MODEL)
        if model is not None and plain(model.value) and not is_alias(plain(model.value)):
            values |= {MODEL}
        others = [f"env.{member.key}" for member in settings.env.members] if settings.env else []
        around = surroundings_in(settings)
        readers = frozenset(f"env.{name}" for name in READERS if around.get(name, "").strip())
        routing = {
            member.key: plain(member.value)
            for member in (settings.env.members if settings.env else [])
            if member.key in _ROUTING_NAMES
        }
        return cls(values, frozenset([*found, *others]), lines, readers, routing)


class SettingsAbove(NamedTuple):
    """The user's own settings, as the projects that follow them need to know them.

    `memories`: where what is remembered of projects lies. `target` is their file, links resolved. `lines_for`
    is the address that their own header lines belong to, `coming` the one of their profile, "" without one.
    `plain` are directories that projects lie in and that no link leads to, where that was asked.
    """

    memories: Locations
    target: str
    rendered: Rendered | None
    said: Said
    sessions: list[tuple[str, Session]]  # with the root of the project that each runs in
    lines_for: str
    coming: str
    plain: frozenset[str] = frozenset()

    @classmethod
    def of(cls, locations: Locations, state: State, sessions: Sequence[Session]) -> SettingsAbove:
        """The settings file as it is now. Raises PkccError where it cannot be read."""
        path = locations.settings_path
        settings = parse_settings(read_bytes(path), path)
        rendered = state.current.rendered
        said = Said.by(settings, foreign_lines_of(settings, state))
        if rendered is not None:  # variables of the profile's own that are no owned ones
            said = said._replace(
                values=said.values | {f"env.{name}" for name, value in rendered.env.items() if value != ""}
            )
        roots = [(project_root(each.directory), each) for each in sessions]
        coming = "" if rendered is None else address_of(rendered.env)
        target, lines_for = os.path.realpath(path), address_in_force(said.routing.get)
        return cls(project_memories(locations), target, rendered, said, roots, lines_for, coming)


def project_memories(users: Locations) -> Locations:
    """Where what is remembered of projects lies: apart from what is remembered of the user's own settings."""
    return users._replace(state_dir=os.path.join(users.state_dir, "projects"))


NOTHING = Said(frozenset(), frozenset(), [])
