"""Where a policy lies on each system.

Only an administrator may write these places, and nothing that a user may say leads elsewhere: no variable, no
option, no file of theirs.
"""

from __future__ import annotations

import os
import sys

from profiles.base.light_typing import NamedTuple

REGISTRY_KEY = r"Software\Policies\pkcc-tray"
DOMAIN = "io.pkcc.tray"
_PREFERENCES = "/Library/Managed Preferences"


class Place(NamedTuple):
    """Where to look, what weighs less first: JSON files, a directory of more, property lists, a registry key.

    Files and all directories above them up to `top` must be root's or `owner`'s: a test's own are its user's.
    """

    files: tuple[str, ...] = ()
    drop_ins: str = ""
    property_lists: tuple[str, ...] = ()
    registry: str = ""
    owner: int = 0
    top: str = os.sep

    @property
    def names(self) -> tuple[str, ...]:
        """Every place as people are told of it, such as `/etc/pkcc-tray/policy.d/*.json`."""
        more = (os.path.join(self.drop_ins, "*.json"),) if self.drop_ins else ()
        key = (rf"HKLM\{self.registry}",) if self.registry else ()
        return (*self.files, *more, *self.property_lists, *key)


def this_machine() -> Place:
    """Where this system's administrator lays a policy down."""
    if sys.platform == "win32":
        return Place(registry=REGISTRY_KEY)
    if sys.platform == "darwin":
        import pwd  # what the environment says of the user's name does not count

        user = pwd.getpwuid(os.getuid()).pw_name
        file = f"{DOMAIN}.plist"
        return Place(
            property_lists=(os.path.join(_PREFERENCES, file), os.path.join(_PREFERENCES, user, file))
        )
    return Place(("/etc/pkcc-tray/policy.json",), "/etc/pkcc-tray/policy.d")


def paths_of(place: Place) -> list[str]:
    """The files that are there, in their order; a directory that shuts us out stands for its files."""
    found = [path for path in place.files if _is_there(path)]
    if place.drop_ins:
        try:
            names = sorted(os.listdir(place.drop_ins))
        except (FileNotFoundError, NotADirectoryError):
            names = []
        except OSError:
            return [*found, place.drop_ins]
        found += [
            os.path.join(place.drop_ins, name) for name in names if name.endswith(".json") and name[0] != "."
        ]
    return found + [path for path in place.property_lists if _is_there(path)]


def _is_there(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        pass
    return True
