"""What is wrong in a catalog before it is published, and what its changes will ask of people."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from profiles.base.errors import NotFoundError
from profiles.catalogs.changes import Changes, catalog_changes
from profiles.catalogs.format.model import HIGH_SERIAL, SIGNATURE, CatalogError
from profiles.catalogs.format.parse import parse
from profiles.catalogs.signature import SignatureError, comment_for, verify
from profiles.files.json_documents import compact
from profiles.files.read import read_bytes

if TYPE_CHECKING:
    from profiles.catalogs.changes import Change
    from profiles.catalogs.format.model import Catalog

_MOST_PROBLEMS = 50
_PROFILE = re.compile(r"profiles\[(\d+)\]")


class Problem(NamedTuple):
    """Why a reader would refuse the catalog: `place` is such as `profiles[3].name`, "" for all."""

    place: str
    problem: str


class CheckedCatalog(NamedTuple):
    """What was found; with problems, nothing is known of the rest. `signed_by` is a key's id, "" for none."""

    file: str
    name: str
    serial: int | None
    profiles: int
    sha256: str
    signed_by: str
    problems: tuple[Problem, ...]
    quiet: tuple[Change, ...]
    loud: tuple[Change, ...]


def read_catalog_file(file: str) -> bytes:
    """The bytes of a catalog's file. Raises NotFoundError where there is none."""
    data = read_bytes(file)
    if data is None:
        raise NotFoundError(f"There is no file {file}", "`pkcc-tray catalog new DIR` writes one.")
    return data


def check_catalog(
    file: str, old: str | None = None, key: str | None = None
) -> tuple[CheckedCatalog, tuple[str, ...]]:
    """The file judged as a reader does, and against the version that is published now; and notes.

    `key` is the public key by which its signature must be. Without one, a signature of the version before is
    only noted: the file is looked at before it is signed.
    """
    data = read_catalog_file(file)
    problems = problems_in(data)
    if problems:
        return CheckedCatalog(file, "", None, 0, _hash(data), "", tuple(problems), (), ()), ()
    catalog, changes = parse(data), Changes()
    if old is not None:
        before = read_catalog_file(old)
        published = parse(before)
        changes = catalog_changes(published, catalog)
        problems += _against(published, catalog, same=before == data)
    problems += _of_time(catalog)
    signed_by, wrong = _signed(file, data, catalog, key)
    problems += [Problem("", wrong)] if wrong and key is not None else []
    notes = (f"{wrong}: `pkcc-tray catalog sign` comes next",) if wrong and key is None else ()
    if not (key or catalog.keys) and os.path.exists(f"{file}{SIGNATURE}"):
        notes = ("its signature was not looked at: the catalog lists no `keys`, and no --key is given",)
    about = (catalog.name, catalog.serial, len(catalog.profiles))
    return CheckedCatalog(file, *about, _hash(data), signed_by, tuple(problems), *changes), notes


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def problems_in(data: bytes) -> list[Problem]:
    """All that is wrong: reading ends at the first problem, so each wrong profile is taken out to go on.

    What is wrong between profiles is only known once each of them is right.
    """
    found: list[Problem] = []
    numbers: list[int] | None = None  # of the profiles that are left, as the file counts them
    while len(found) < _MOST_PROBLEMS:
        try:
            parse(data)
        except CatalogError as error:
            at = _PROFILE.match(error.place)
            if found and at is None:
                return found  # it may be so only because profiles were taken out
            if at is None:
                return [Problem(error.place, error.problem)]
            plain = json.loads(data)
            numbers = list(range(len(plain["profiles"]))) if numbers is None else numbers
            number = int(at[1])
            place = f"profiles[{numbers.pop(number)}]{error.place[at.end() :]}"
            found.append(Problem(place, error.problem))
            del plain["profiles"][number]
            data = compact(plain)
        else:
            return found
    return found


def _against(published: Catalog, catalog: Catalog, *, same: bool) -> list[Problem]:
    if catalog.name != published.name:
        return [Problem("name", f"was {published.name}: people follow it by its name")]
    if not same and catalog.serial <= published.serial:
        must = f"must be higher than {published.serial}, which is published: readers refuse it"
        return [Problem("serial", f"is {catalog.serial}, and {must}")]
    if catalog.serial >= HIGH_SERIAL > published.serial:
        must = f"must be below {HIGH_SERIAL}: higher ones find no room"
        return [Problem("serial", f"is {catalog.serial}, and {must}")]
    return []


def _of_time(catalog: Catalog) -> list[Problem]:
    today = time.strftime("%Y-%m-%d")
    return [Problem("expires", "is over already")] if catalog.expires and catalog.expires < today else []


def _signed(file: str, data: bytes, catalog: Catalog, key: str | None) -> tuple[str, str]:
    """By which key it is signed, as far as the key is known; and what is wrong with the signature."""
    keys = (key,) if key is not None else catalog.keys
    signature = read_bytes(f"{file}{SIGNATURE}")
    if signature is None:
        return "", f"it is not signed: there is no {SIGNATURE} file beside it" if keys else ""
    if not keys:
        return "", ""
    try:
        signed = verify(data, signature, keys)
    except SignatureError as error:
        return "", f"it {error.title}"
    meant = comment_for(catalog.name, catalog.serial)
    wrong = f"it has a signature of another version: its comment must be {meant!r}"
    return signed.key.id, "" if signed.comment == meant else wrong
