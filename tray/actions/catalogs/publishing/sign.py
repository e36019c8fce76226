"""A catalog signed with a minisign key: the signature goes beside it."""

from __future__ import annotations

import os
from typing import NamedTuple

from profiles.base.errors import NotFoundError
from profiles.base.programs.command_line import shown_line
from profiles.catalogs.format.model import SIGNATURE, CatalogError
from profiles.catalogs.format.parse import parse
from profiles.catalogs.signature import comment_for, needs_password, sign
from profiles.files.atomic_replace import write_private
from profiles.files.read import read_bytes
from tray.actions.catalogs.publishing.check import read_catalog_file


class SignedCatalog(NamedTuple):
    """The signature's file, and the public key that colleagues need: its id, and its one line `RW…`."""

    file: str
    signature: str
    name: str
    serial: int
    key_id: str
    key: str


def key_file_bytes(path: str) -> tuple[bytes, bool]:
    """A minisign secret key file, and whether it has a password. Raises PkccError for what is none."""
    full = os.path.abspath(os.path.expanduser(path))
    data = read_bytes(full)
    if data is None:
        raise NotFoundError(f"There is no file {full}", "`minisign -G` makes a key.")
    return data, needs_password(data)


def sign_catalog(file: str, key_file: bytes, password: str) -> tuple[SignedCatalog, tuple[str, ...]]:
    """Sign it, if a reader would take it. Raises PkccError for what is refused, and for a wrong password."""
    data = read_catalog_file(file)
    try:
        catalog = parse(data)
    except CatalogError as error:
        every = f"`pkcc-tray catalog check {shown_line([file])}` lists every problem."
        raise CatalogError(error.place, error.problem, f"Nothing was signed. {every}") from None
    signed, key = sign(data, key_file, password, comment_for(catalog.name, catalog.serial))
    signature = f"{file}{SIGNATURE}"
    write_private(signature, signed)
    os.chmod(signature, 0o644)  # it is to be published
    lists = f'list it: "keys": ["{key.text}"], give a higher serial, and sign again'
    missing = f"the catalog does not name this key, so nobody can join without --key: {lists}"
    notes = () if key.text in catalog.keys else (missing,)
    return SignedCatalog(file, signature, catalog.name, catalog.serial, key.id, key.text), notes
