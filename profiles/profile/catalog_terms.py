"""What a catalog says beside its profiles: metadata that nothing changes, and what each project is to add."""

from __future__ import annotations

import os

from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.names import catalog_of
from profiles.files.json_documents import as_text, as_texts, read_unversioned
from profiles.profile.rendering import with_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import NotRequired, TypedDict

    from profiles.base.locations import Locations
    from profiles.profile.rendering import Rendered

    class _Plain(TypedDict):
        required: list[str]
        locked: dict[str, list[str]]
        withdrawn: NotRequired[dict[str, str]]
        expires: NotRequired[str]


FILE = "terms.json"  # beside the profiles of a catalog


class Terms(NamedTuple):
    """Keys of metadata: `required` of every project, `locked` of this profile.

    `withdrawn`: why the profile is to be used no more, or what instead, in words; "" where it may be used.
    `expires`: the day by which the catalog was to be renewed, "" for none.
    """

    required: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    withdrawn: str = ""
    expires: str = ""


def terms_of(locations: Locations, name: str) -> Terms:
    """Those of a catalog's profile, such as `acme/work`; none of one's own, which costs no look."""
    catalog, slash, plain = name.partition("/")
    if not slash:
        return Terms()

    def decode(data: _Plain) -> Terms:
        required = tuple(map(as_text, data["required"]))
        locked = tuple(map(as_text, data["locked"].get(plain, ())))
        withdrawn = as_texts(data.get("withdrawn", {})).get(plain, "")
        return Terms(required, locked, withdrawn, as_text(data.get("expires", "")))

    return read_unversioned(os.path.join(locations.catalogs_dir, catalog, FILE), decode) or Terms()


def withdrawn_among(locations: Locations, names: Iterable[str]) -> dict[str, str]:
    """Why profiles are to be used no more, by name, of all catalogs of which `names` has a profile."""
    found: dict[str, str] = {}
    for catalog in {catalog_of(name) for name in names if "/" in name}:
        path = os.path.join(locations.catalogs_dir, catalog, FILE)
        gone = read_unversioned(path, lambda data: as_texts(data.get("withdrawn", {}))) or {}
        found |= {f"{catalog}/{plain}": why for plain, why in gone.items()}
    return found


def with_projects(locations: Locations, rendered: Rendered, metadata: Mapping[str, str]) -> Rendered:
    """The rendering with a project's metadata over the profile's own, but for what its catalog locks."""
    locked = terms_of(locations, rendered.name).locked
    return with_metadata(rendered, {key: text for key, text in metadata.items() if key not in locked})
