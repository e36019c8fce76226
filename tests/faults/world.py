"""One throw-away user: a home, two profiles, keys, and settings of their own, for tests of the switch."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.keyring.memory_backend import MemoryBackend

from profiles.base.locations import find_locations
from profiles.base.programs.command_line import helper_line
from profiles.base.secret import Secret
from profiles.profile.store import ProfileStore
from profiles.projects.projects import Projects
from profiles.secrets.store import SecretStore
from profiles.switching.displaced_secrets import Keeper
from profiles.switching.edit.blanks import UNSEEN_S
from profiles.switching.memory.project_registry import Project
from profiles.switching.memory.state_files import load_state, state_files
from profiles.switching.one_file.tools import Helper, Tools
from profiles.switching.switcher import Switcher

if TYPE_CHECKING:
    from profiles.switching.outcome import Outcome

# Values that must never lie in clear text in anything of ours.
OLD_KEY = "sk-ant-api03-CANARYoldkey4711"
OLD_HEADER = "pk-CANARYheader0815"
KEY = "pk-CANARYwork1234"
HELPER_ARGV = ["/usr/bin/pkcc-tray"]
CANARIES = (OLD_KEY, OLD_HEADER, KEY, "CANARY")

# With the user's own values in owned keys, two of them secret, and spellings an editor must not touch.
ORIGINAL = (
    '{\n  "model": "opus",\n  "env": {\n    "FOO": "1",\n'
    f'    "ANTHROPIC_API_KEY": "{OLD_KEY}",\n'
    f'    "ANTHROPIC_CUSTOM_HEADERS": "X-Corp: \\u00e91\\nx-portkey-api-key: {OLD_HEADER}\\nX-B: 2"\n'
    '  },\n  "permissions": {"allow": []}, "big": 1e999\n}'
).encode()

WORK = {  # writes the key into the settings
    "name": "work",
    "dialect": "vertex",
    "route": {"kind": "virtual_key", "provider": "vertex-ai", "virtual_key": "vk1"},
    "models": {"default": "claude-sonnet-4-5"},
    "metadata": {"_user": "é"},
    "api_key": "keyring:work",
}
HOME = {  # names a helper: no secret in the settings
    "name": "home",
    "route": {"kind": "provider", "provider": "@anthropic"},
    "api_key": "keyring:work",
    "extra_env": {"DISABLE_PROMPT_CACHING": "1"},
}


class World:
    """The user's files below `root`. With `vault`, keys lie in the real embedded vault, else in memory."""

    def __init__(self, root: Path, *, vault: bool = False) -> None:
        self.root = root
        self.environ = {"HOME": str(root), "PKCC_SECRETS": "vault" if vault else "keyring"}
        self.environ["PKCC_CONFIG_DIR"] = str(root / "own")
        self.claude = root / ".claude"
        self.locations = find_locations(self.environ, settings_path=str(self.claude / "settings.json"))
        self.settings = Path(self.locations.settings_path)
        self.files = state_files(self.locations)
        self.keyring = MemoryBackend()
        self.secrets = SecretStore(self.locations, self.environ, keyring=None if vault else self.keyring)
        self.store = ProfileStore(self.locations)
        self.ahead_s = 0.0  # of the machine's clock

    def clock(self) -> float:
        return time.time() + self.ahead_s

    def sleep(self, seconds: float) -> None:
        self.ahead_s += seconds

    def later(self, seconds: float = UNSEEN_S + 1) -> bool:
        """That much later the next command comes: whether blanks are left then."""
        self.ahead_s += seconds
        return self.switcher().sweep()

    def furnish(self, original: bytes | None = ORIGINAL, mode: int = 0o644) -> World:
        """Profiles, a key and, unless None, a settings file."""
        self.claude.mkdir(parents=True, exist_ok=True)
        if original is not None:
            self.settings.write_bytes(original)
            self.settings.chmod(mode)
        self.secrets.put("work", Secret(KEY))
        for profile in (WORK, HOME):
            self.add(profile)
        return self

    def add(self, profile: dict[str, Any]) -> None:
        """One more profile, rendered once so that nothing has to be cached later."""
        from profiles.profile.schema.parse import parse_profile

        self.store.save(parse_profile(profile), replace=True)
        self.store.rendered(profile["name"])

    def switcher(self) -> Switcher:
        """As another process would have it."""
        return Switcher(self.tools(), self.projects)

    def tools(self) -> Tools:
        """What changes are made with, as another process would have it."""
        store, keeper = ProfileStore(self.locations), Keeper(self.secrets)
        return Tools(self.locations, store, keeper, Helper(HELPER_ARGV), self.environ, self.clock, self.sleep)

    def projects(self) -> Projects:
        """The projects that follow the settings, as another process would have them."""
        return Projects(self.tools()._replace(environ={"PATH": os.environ["PATH"], **self.environ}))

    def helper_line(self, name: str) -> str:
        """How the settings name the helper for that profile's key, spelled for this system's shell."""
        return helper_line([*HELPER_ARGV, "key", "print", name])

    def register(self, name: str, **fields: Any) -> Path:
        """Register a directory below the root as a project; returns it."""
        directory = self.root / name
        directory.mkdir(parents=True, exist_ok=True)
        with self.switcher().holding() as state:
            self.projects().put(Project(str(directory), **fields), state)
        return directory

    def resume(self) -> None:
        """What the next command of any kind does first."""
        self.switcher().resume()

    def switch(self, name: str) -> Outcome:
        return self.switcher().switch(name)

    def bytes(self) -> bytes | None:
        try:
            return self.settings.read_bytes()
        except FileNotFoundError:
            return None

    def env(self) -> dict[str, Any]:
        """`env` as the client would see it."""
        found: dict[str, Any] = json.loads(self.bytes() or b"{}").get("env", {})
        return found

    def mode(self) -> int:
        return stat.S_IMODE(self.settings.stat().st_mode)

    def active(self) -> str | None:
        return self.switcher().read().state.current.active

    def kept(self) -> list[str]:
        """The names of the user's displaced secrets that the backend holds."""
        return [name for name in self.secrets.names() if name.startswith("displaced.")]

    def orphans(self) -> list[str]:
        """Displaced secrets that the backend holds though nothing remembered needs them."""
        state = load_state(self.files, self.locations.settings_path)
        needed = {reference.removeprefix("keyring:") for reference in state.references()}
        return sorted(set(self.kept()) - needed)

    def missing(self) -> list[str]:
        """Displaced secrets that are still needed and that the backend does not hold: lost."""
        state = load_state(self.files, self.locations.settings_path)
        needed = {reference.removeprefix("keyring:") for reference in state.references()}
        return sorted(needed - set(self.secrets.names()))

    def leftovers(self) -> list[str]:
        """Temporary files, interrupted intents and Claude Code locks, wherever they lie below the home."""
        return sorted(
            str(path.relative_to(self.root))
            for path in self.root.rglob("*")
            if ".pkcc-" in path.name
            or path.name
            in (
                *("next.json", "settings.json.lock", "settings.local.json.lock"),
                *("projects.pending", "catalogs.pending", "catalogs.owed"),
            )
        )

    def in_clear(self) -> list[str]:
        """Our own files that hold a secret in clear text."""
        own = Path(self.environ["PKCC_CONFIG_DIR"])
        return [
            f"{path}: {canary}"
            for path in own.rglob("*")
            if path.is_file()
            for canary in CANARIES
            if canary.encode() in path.read_bytes()
        ]

    def snapshot(self) -> dict[str, tuple[int, bytes]]:
        """Everything below the home: mode and content by path, names of links and directories included."""
        return {
            str(path.relative_to(self.root)): (
                path.lstat().st_mode,
                os.readlink(path).encode()
                if path.is_symlink()
                else path.read_bytes()
                if path.is_file()
                else b"",
            )
            for path in sorted(self.root.rglob("*"))
        }
