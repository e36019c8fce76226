"""What the checks look at: each thing is read once, by the first check to need it. Looking writes nothing."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import PkccError
from profiles.base.locations import IN_WSL, find_locations, home
from profiles.claude_code.dialects import dialect_in_force
from profiles.claude_code.glued_lines import glued
from profiles.claude_code.owned_slots import BASE_URL_SLOTS
from profiles.routes.route import is_by_portkey
from profiles.switching.targets import served_directories
from tray.app import App
from tray.doctor.client_program import installed_client, left_out
from tray.doctor.once import once

if TYPE_CHECKING:
    from profiles.profile.rendering import Rendered
    from profiles.profile.schema.model import Profile
    from profiles.routes.sources import Source
    from profiles.secrets.store import SecretStore
    from profiles.switching.reading.reading import Reading
    from profiles.switching.switcher import Switcher
    from tray.doctor.stored_keys import Stored


class Value(NamedTuple):
    """A value that a new session would use, and the file (or "" for the shell) that decides it."""

    text: str
    source: str  # as `profiles.routes.sources.Source.kind`
    path: str


class Context:
    """One look at everything. `platform` is as in sys.platform; `reads_keyring`: keys in it are compared."""

    def __init__(self, app: App, *, reads_keyring: bool = True) -> None:
        self.app = app
        self.locations = app.locations
        self.environ = dict(app.environ)
        self.directory = app.directory
        self.platform = sys.platform
        self.reads_keyring = reads_keyring
        self.helper_argv = app.helper_argv()

    @once
    def home(self) -> str:
        """The home directory, or "" where there is none."""
        try:
            return home(self.environ)
        except PkccError:
            return ""

    # Ours ----------------------------------------------------------------------------------------------

    def ours(self, *words: str) -> str:
        """A pkcc-tray command as the user can type it, about the same places as this run."""
        return self.shell("pkcc-tray", *self._place(), *words)

    def shell(self, *words: str) -> str:
        """A command line for the user's own shell."""
        from profiles.base.programs.command_line import shown_line

        return shown_line(words)

    def in_turn(self, first: str, *others: str) -> str:
        """Commands of which each begins when the one before has succeeded; PowerShell may know no `&&`."""
        if not others:
            return first
        then = self.in_turn(*others)
        return f"{first}; if ($?) {{ {then} }}" if self.platform == "win32" else f"{first} && {then}"

    def change_modes(self, modes: str, *paths: str) -> str:
        """The command that changes the modes of files; by `sudo` where one is another user's."""
        mine = self.platform == "win32" or all(os.stat(path).st_uid == os.geteuid() for path in paths)
        return self.shell(*([] if mine else ["sudo"]), "chmod", modes, *paths)

    def unset(self, *names: str) -> str:
        """The shell's own command by which variables are exported no more."""
        if self.platform == "win32":
            return "Remove-Item " + ",".join(f"Env:{name}" for name in names)
        return f"unset {' '.join(names)}"

    def export(self, name: str, value: str) -> str:
        """The shell's own command by which a variable is exported with that value."""
        if self.platform == "win32":
            quoted = value.replace("'", "''")
            return f"$env:{name} = '{quoted}'"
        return f"export {name}={self.shell(value)}"

    def _place(self) -> list[str]:
        """The options without which the environment would lead the command to other places."""
        own, settings = self.locations.own_dir, self.locations.settings_path
        try:
            usual = find_locations(self.environ)
        except PkccError:  # no home: then the options named everything
            usual = None
        place = ["--config-dir", own] if own and (usual is None or own != usual.own_dir) else []
        return place + (["--settings", settings] if usual is None or settings != usual.settings_path else [])

    def secrets(self) -> SecretStore:
        """The keys; every check has its own way to them, and nobody is asked for a passphrase."""
        from profiles.secrets.store import SecretStore

        return SecretStore(self.locations, self.environ)

    @once
    def switcher(self) -> Switcher:
        """What reads the settings against what was written; it asks nobody for a passphrase."""
        return App(self.locations, self.environ, interactive=False, directory=self.directory).switcher

    @once
    def reading(self) -> Reading | None:
        """The settings against what was written; None where what is remembered cannot be read."""
        try:
            return self.switcher.read()
        except PkccError:
            return None

    @property
    def active(self) -> str | None:
        """The active profile's name."""
        return None if self.reading is None else self.reading.state.current.active

    @once
    def served(self) -> set[str]:
        """The directories whose settings a switch changes; the client's own where no list of them is."""
        try:
            return served_directories(self.locations)
        except PkccError:
            return {os.path.realpath(self.locations.claude_dir)}

    @once
    def profiles(self) -> dict[str, Profile | PkccError]:
        """Each profile, or what is wrong with it. Their renderings are not asked for: those get kept."""
        store = self.app.store
        found: dict[str, Profile | PkccError] = {}
        for name in store.names():
            try:
                found[name] = store.load(name)
            except PkccError as error:
                found[name] = error
        return found

    @once
    def stored(self) -> Stored:
        """The stored keys. On macOS not those in the keychain, which may ask about each."""
        from tray.doctor.stored_keys import read_stored

        skips = self.platform == "darwin" or not self.reads_keyring
        return read_stored(self.secrets(), skip_keyring=skips)

    @once
    def client(self) -> str | None:
        """Claude Code's program, or None where there is none."""
        return installed_client(self.environ, self.locations, self.home)

    # What a new session would use ------------------------------------------------------------------------

    @once
    def files(self) -> list[Source]:
        """The settings files, most specific first."""
        from profiles.routes.sources import read_settings

        judge = partial(left_out, self.client, self.environ)
        return read_settings(self.locations, self.directory, judge)

    @once
    def sources(self) -> list[Source]:
        """The files, most specific first, and the shell."""
        from profiles.routes.sources import with_variables

        return with_variables(self.files, self.environ)

    @once
    def values(self) -> dict[str, Value]:
        """The deciding value of each routing slot, in the clear: never to be shown."""
        from profiles.routes.sources import decide

        texts = {(source.kind, source.path): source.values for source in self.sources}
        return {
            row.slot: Value(text, row.source, row.path)
            for row in decide(self.sources)
            if (text := texts[row.source, row.path].get(row.slot))
        }

    def text(self, slot: str) -> str:
        """The deciding value of a slot, or ""."""
        value = self.values.get(slot)
        return value.text if value else ""

    def variable(self, name: str) -> Value | None:
        """The deciding value of any variable, also one that is none of ours; None for none or a blank."""
        for source in self.sources:
            if source.kind != "shell" and source.values.get(f"env.{name}"):
                return Value(source.values[f"env.{name}"], source.kind, source.path)
        text = self.environ.get(name, "")
        return Value(text, "shell", "") if text else None

    @once
    def dialect(self) -> str:
        """The form in which a new session would send requests."""
        return dialect_in_force(lambda name: self.text(f"env.{name}"))

    @once
    def base_url(self) -> str:
        """The base URL it would send them to, or ""."""
        return self.text(BASE_URL_SLOTS[self.dialect])

    @once
    def rendered(self) -> Rendered | None:
        """What the active profile wrote into the settings; None where there is none."""
        return None if self.reading is None else self.reading.state.current.rendered

    @once
    def through_portkey(self) -> bool:
        """Whether a new session would send its requests by way of Portkey, as far as can be known."""
        texts = {slot: value.text for slot, value in self.values.items()}
        return bool(self.base_url) and is_by_portkey(texts)

    @once
    def header_source(self) -> Source | None:
        """The place whose header lines are all that count."""
        return next((source for source in self.sources if source.headers_set), None)

    @once
    def glued(self) -> dict[str, list[str]]:
        """The lines that were meant, by the slot of a header line which holds several as one."""
        return glued(self.header_source.values) if self.header_source else {}

    def private_modes(self, path: str) -> bool:
        """Whether file modes say anything about `path`: not on Windows, nor on its disks under WSL."""
        return self.platform != "win32" and not (self.wsl and is_windows_disk(path))

    @once
    def wsl(self) -> bool:
        """Whether this is Linux inside Windows."""
        return self.platform == "linux" and bool(self.environ.get(IN_WSL))


def is_windows_disk(path: str) -> bool:
    """Whether a path inside WSL lies on a disk of Windows: `/mnt/c/…`."""
    parts = path.split(os.sep)
    return parts[:2] == ["", "mnt"] and len(parts) > 2 and len(parts[2]) == 1
