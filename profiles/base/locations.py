"""Every path we use, in one frozen value; the environment's overrides are read here and nowhere else."""

from __future__ import annotations

import os
import sys

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

APP = "pkcc-tray"

# What the environment says to us.
CONFIG_DIR_VARIABLE = "PKCC_CONFIG_DIR"
SECRETS_VARIABLE = "PKCC_SECRETS"  # where keys are kept: auto, keyring or vault
IDENTITY_VARIABLE = "PKCC_VAULT_IDENTITY"
PASSPHRASE_VARIABLE = "PKCC_VAULT_PASSPHRASE"  # noqa: S105 - the variable's name
IN_WSL = "WSL_DISTRO_NAME"  # set by Windows, inside of its Linux
PROFILE_VARIABLE = "PKCC_PROFILE"  # the profile of an `exec`, by which `sessions` knows the route

# Where Claude Code keeps its own things; the variable moves the user's.
CLAUDE_DIR_VARIABLE = "CLAUDE_CONFIG_DIR"
CLAUDE_DIR = ".claude"  # in the home directory, and in a project
SETTINGS_FILE = "settings.json"


class Locations(NamedTuple):
    """Absolute paths. `own_dir` is set when the user chose one place for all that is ours.

    `claude_home` is the client's own configuration directory, wherever the settings file lies.
    """

    config_dir: str
    data_dir: str
    state_dir: str
    settings_path: str
    own_dir: str | None = None
    claude_home: str = ""

    @property
    def profiles_dir(self) -> str:
        """The directory of the profiles, one JSON file each."""
        return os.path.join(self.config_dir, "profiles")

    @property
    def catalogs_dir(self) -> str:
        """What catalogs brought, a directory each; their profiles lie in `profiles` below that."""
        return os.path.join(self.data_dir, "catalogs")

    @property
    def targets_path(self) -> str:
        """Where the settings files are listed that a switch serves beside the user's own."""
        return os.path.join(self.config_dir, "targets.json")

    @property
    def claude_dir(self) -> str:
        """Claude Code's configuration directory: the one the settings file lies in."""
        return os.path.dirname(self.settings_path)

    @property
    def session_dirs(self) -> tuple[str, ...]:
        """Where running clients that read the settings file may be listed, each directory once."""
        return tuple(dict.fromkeys((self.claude_dir, self.claude_home or self.claude_dir)))


def find_locations(
    environ: Mapping[str, str], config_dir: str | None = None, settings_path: str | None = None
) -> Locations:
    """The paths for this user: options first, then the environment, then the system's convention.

    `config_dir` (or PKCC_CONFIG_DIR) moves profiles, keys and state together. The settings file is that of
    `--settings`, else of CLAUDE_CONFIG_DIR, else `~/.claude/settings.json`. Raises PkccError without a home,
    and for a path that is not UTF-8: the settings file could not name it.
    """
    own_dir = config_dir or environ.get(CONFIG_DIR_VARIABLE) or None
    if own_dir:
        own_dir = _full(own_dir)
        ours = (own_dir, os.path.join(own_dir, "data"), os.path.join(own_dir, "state"))
    else:
        ours = _conventional(environ)
    if settings_path is None:
        settings_path = os.path.join(_claude_home(environ), SETTINGS_FILE)
    settings_path = _full(settings_path)
    for path in (*ours, settings_path):
        _check_utf8(path)
    try:
        claude_home = _claude_home(environ)
    except PkccError:
        claude_home = os.path.dirname(settings_path)
    return Locations(*ours, settings_path, own_dir, claude_home)


def place_of(own_dir: str | None) -> str:
    """A directory of our own, the same by whatever name it is reached; "" is the usual one."""
    return os.path.normcase(os.path.realpath(own_dir)) if own_dir else ""


def usual_settings(environ: Mapping[str, str]) -> str:
    """The settings file that the client reads where nothing says otherwise: `~/.claude/settings.json`."""
    return os.path.join(home(environ), CLAUDE_DIR, SETTINGS_FILE)


def _full(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _check_utf8(path: str) -> None:
    try:
        path.encode()
    except UnicodeEncodeError:
        from profiles.base.text import printable  # loads `re`, which takes a tenth of a whole `key print`

        raise PkccError(
            f"{printable(path)} is not a UTF-8 path", "Choose a directory with a name in UTF-8."
        ) from None


def _claude_home(environ: Mapping[str, str]) -> str:
    chosen = environ.get(CLAUDE_DIR_VARIABLE)
    return os.path.join(home(environ), CLAUDE_DIR) if chosen is None else claude_directory(chosen)


def claude_directory(value: str) -> str:
    """The directory that Claude Code takes for that value of its variable, which it takes as it is.

    Seen with client 2.1.332: neither `~` nor `$NAME` is expanded, and what is relative or empty counts from
    the directory that it is started in.
    """
    if not value.isascii():
        from unicodedata import normalize

        value = normalize("NFC", value)
    return os.path.abspath(os.path.join(working_directory(), value))


def home(environ: Mapping[str, str]) -> str:
    """The user's home directory, absolute. Raises PkccError when there is none."""
    path = environ.get("HOME", "unset") and os.path.expanduser("~")
    if not os.path.isabs(path):
        raise PkccError(
            "Your home directory is not known: HOME is empty or relative", "Set HOME to its full path."
        )
    return path


def _conventional(environ: Mapping[str, str]) -> tuple[str, str, str]:
    # platformdirs costs more to import than a whole switch may take. For the two systems whose rule is
    # one line it is followed here, and a test holds the answers to platformdirs' own.
    if sys.platform == "darwin":
        path = os.path.join(home(environ), "Library", "Application Support", APP)
        return path, path, os.path.join(path, "state")
    if sys.platform == "win32":
        from platformdirs import user_data_dir

        path = user_data_dir(APP, appauthor=False)
        return path, path, os.path.join(path, "state")
    return (
        _xdg(environ, "XDG_CONFIG_HOME", ".config"),
        _xdg(environ, "XDG_DATA_HOME", ".local/share"),
        _xdg(environ, "XDG_STATE_HOME", ".local/state"),
    )


def _xdg(environ: Mapping[str, str], variable: str, default: str) -> str:
    base = environ.get(variable, "")
    # The specification: a relative path is invalid and to be ignored.
    return os.path.join(base if os.path.isabs(base) else os.path.join(home(environ), default), APP)


def working_directory() -> str:
    """The current directory of this process; the root when it is gone."""
    try:
        return os.getcwd()
    except OSError:  # it was removed under us
        return os.path.abspath(os.sep)
