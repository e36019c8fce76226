"""Whether the user is to be asked if the tray may show what is left of the budget: once, and never again.

The answer is the preference `usage`; anyone who has chosen it already, by `add` or by hand, is not asked.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.files.atomic_replace import write_private
from profiles.files.preferences import is_chosen, preferences_path
from profiles.gateway.account.names import is_managed
from profiles.portkey.editions import edition_of
from profiles.profile.rendering import base_url_of

if TYPE_CHECKING:
    from profiles.base.locations import Locations
    from profiles.profile.rendering import Rendered


def is_offered(locations: Locations) -> bool:
    """Whether it was asked before, or chosen without a question."""
    return os.path.lexists(_path(locations)) or is_chosen(preferences_path(locations), "usage")


def note_offered(locations: Locations) -> bool:
    """Remember that it was asked; False where it cannot be: then it must not be, or it would be for ever."""
    try:
        write_private(_path(locations), b"")
    except PkccError:
        return False
    return True


def may_offer(locations: Locations, rendered: Rendered) -> bool:
    """Whether the profile's gateway has an account as far as is known: a company's own, where it has told."""
    return bool(edition_of(base_url_of(rendered)).lists) and is_managed(locations, rendered)


def _path(locations: Locations) -> str:
    return os.path.join(locations.state_dir, "usage-offered")
