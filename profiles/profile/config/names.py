"""What people call the configs saved at Portkey, by the ids that profiles hold, as an account said last.

In a small file of its own, so that a list or a menu shows a name without knowing of accounts. Without it, ids
are shown.
"""

from __future__ import annotations

import os
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.light_typing import TYPE_CHECKING
from profiles.base.text import others_words
from profiles.files.json_documents import compact, read_unversioned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.base.locations import Locations
    from profiles.profile.rendering import Rendered

_MOST = 5_000
_LONGEST = 60  # characters


def path_of(locations: Locations) -> str:
    """The file that holds them."""
    return os.path.join(locations.state_dir, "config-names.json")


def kept_names(locations: Locations) -> dict[str, str]:
    """Such as `{"pc-main-ca7a87": "Main fallback"}`; each fit to be shown."""

    def decode(plain: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
        return {slug: others_words(name, _LONGEST) for slug, name in plain["names"].items() if slug != name}

    with suppress(PkccError):
        return read_unversioned(path_of(locations), decode) or {}
    return {}


def keep_names(locations: Locations, names: Mapping[str, str]) -> None:
    """Keep what an account calls its configs, beside those of other accounts. Never an error."""
    from profiles.files.atomic_replace import write_private

    before = kept_names(locations)
    now = dict([*{**before, **names}.items()][-_MOST:])
    now = {slug: others_words(name, _LONGEST) for slug, name in now.items() if name and name != slug}
    if now != before:
        with suppress(PkccError):
            write_private(path_of(locations), compact({"names": now}))


def name_in(names: Mapping[str, str], rendered: Rendered) -> str | None:
    """What people call the config that a profile's route names by its id; None where that is not known."""
    return names.get(rendered.saved_config) if rendered.saved_config else None


def short_hint(rendered: Rendered, names: Mapping[str, str]) -> str:
    """A profile's route in a few words, with a config's name in place of its id: `config Main fallback`."""
    called = name_in(names, rendered)
    return rendered.hint.replace(rendered.saved_config, called) if called else rendered.hint


def with_name(route: str, name: str | None) -> str:
    """A route in a few words with that name in it: `config Main fallback (pc-main-ca7a87) · @a`."""
    before, config, after = route.partition("config ")
    slug, space, rest = after.partition(" ")
    return f"{before}{config}{name} ({slug}){space}{rest}" if name and config else route
