"""The documents that a step can change beside settings: profiles and rules, read and written as texts.

What is kept of them holds no secret: a file that is no valid profile, or one with a secret in clear text (an
earlier version took it for plain), is kept whole where keys lie.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress

from profiles.base.errors import PkccError
from profiles.base.hashing import digest
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.names import KEPT_PREFIX
from profiles.base.secret import Secret
from profiles.base.secret_markers import fill, marker, references_in
from profiles.base.secret_names import is_secret_name
from profiles.base.secret_references.parse import is_reference
from profiles.files.atomic_replace import write_private
from profiles.files.hand_edited import write_hand_edited
from profiles.files.read import read_bytes
from profiles.profile.under_policy import check_written
from profiles.projects.rules.rules import rules_path
from profiles.switching.displaced_secrets import in_pieces
from profiles.undo.journal import GONE, PROFILE, RULES, Piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from profiles.base.locations import Locations
    from profiles.profile.store import ProfileStore
    from profiles.secrets.store import SecretStore

_NO_RULES = '{"version": 1, "rules": []}\n'


class Changed(NamedTuple):
    """A document that something else changed: what it is, and what it holds now."""

    kind: str
    name: str
    text: str | None

    @property
    def words(self) -> str:
        """Such as "The profile 'work'"."""
        return "The rules" if self.kind == RULES else f"The profile {self.name!r}"


class Documents:
    """Those of one configuration."""

    def __init__(self, locations: Locations, store: ProfileStore, secrets: SecretStore) -> None:
        self._store = store
        self._secrets = secrets
        self._rules_path = rules_path(locations)
        self._aside = os.path.join(locations.state_dir, "edits")

    def pieces(self, profiles: Mapping[str, bytes | None], rules: bytes | None) -> list[Piece]:
        """What writing these would change, with what is there now. Raises ConflictError for a catalog's."""
        for name in profiles:
            self._store.check_own(name)
        found = [
            Piece(
                PROFILE,
                name,
                "",
                self._kept(name),
                self._coming(_text(data)),
                self._store.link_of(name) if data is None else "",
            )
            for name, data in profiles.items()
            if self._now(PROFILE, name) != _text(data)
        ]
        if rules is not None and self._now(RULES, "") != _text(rules):
            found.append(Piece(RULES, "", "", self._now(RULES, ""), _text(rules)))
        return found

    def put(self, pieces: Sequence[Piece], *, only_known: bool = False) -> None:
        """Write what is after; with `only_known` nothing over a text that the pieces do not know."""
        self._write(pieces, [piece.after for piece in pieces], only_known=only_known)

    def put_back(self, pieces: Sequence[Piece]) -> None:
        """Write what was before, where it could be kept."""
        self._write(pieces[::-1], [piece.before for piece in pieces[::-1]], only_known=False)

    def _write(self, pieces: Sequence[Piece], texts: Sequence[str | None], *, only_known: bool) -> None:
        # First what is written, then what goes: a full disk must leave the old one.
        order = sorted(zip(pieces, texts, strict=True), key=lambda pair: pair[1] is None)
        spellings = {piece.name.lower(): piece.name for piece, text in order if text is not None}
        known = {self._plain(text) for piece in pieces for text in (piece.before, piece.after)}
        for piece, text in order:
            if piece.kind == PROFILE and text is None and piece.name.lower() in spellings:
                self._store.respell(piece.name, spellings[piece.name.lower()])
        self._move_links(order)
        for piece, text in order:
            if piece.kind not in (PROFILE, RULES) or text == GONE:
                continue
            if only_known and self._now(piece.kind, piece.name) not in known:
                continue
            plain = None if text is None else self._revealed(text)
            if piece.kind == RULES:
                write_hand_edited(self._rules_path, _data(plain or _NO_RULES), alone=True)
            elif plain is not None:
                self._store.put(piece.name, _data(plain), link=piece.link)
            elif piece.name.lower() not in spellings:
                self._store.drop(piece.name)

    def _move_links(self, order: Sequence[tuple[Piece, str | None]]) -> None:
        """A profile that is renamed takes the link along by which it lies elsewhere."""
        profiles = [(piece.name, text) for piece, text in order if piece.kind == PROFILE]
        gone = [name for name, text in profiles if text is None]
        made = [name for name, text in profiles if text is not None and self._now(PROFILE, name) is None]
        if len(gone) == len(made) == 1:
            self._store.move_link(gone[0], made[0])

    def changed_since(self, pieces: Sequence[Piece]) -> list[Changed]:
        """The documents that hold neither what the pieces (the latest first) left nor what was before."""
        found = []
        now: dict[tuple[str, str], str | None] = {}
        for piece in pieces:
            if piece.kind not in (PROFILE, RULES):
                continue
            place = (piece.kind, piece.name)
            text = now[place] if place in now else self._now(*place)
            before = self._plain(piece.before)
            if text not in (self._plain(piece.after), before):
                found.append(Changed(*place, text))
            now[place] = before
        return found

    def check_allowed(self, pieces: Sequence[Piece]) -> None:
        """Raises ForbiddenError where a profile may not be as it was before: the policy came later."""
        for piece in pieces:
            if piece.kind == PROFILE and (text := self._plain(piece.before)):
                check_written(piece.name, _data(text))

    def keep_aside(self, changed: Changed) -> str:
        """Keep a text that is about to be replaced, and say where."""
        path = os.path.join(self._aside, f"{changed.name or 'rules'}-replaced-{os.urandom(3).hex()}.json")
        if changed.text is None:
            return f"{changed.words} was gone, and is there again"
        write_private(path, _data(changed.text))
        return f"{changed.words} was changed by something else since: that text is kept in {path}"

    def keep_going(self, name: str) -> list[str]:
        """Keep the text of a profile that is about to go, where it holds no secret; notes that say where."""
        if self._now(PROFILE, name) is None:
            return []
        text = self.without_secret(name)
        if text is None:
            return [f"{name} is gone; its text may hold a secret, so it was not kept"]
        data = _data(text)
        path = os.path.join(self._aside, f"{name}-undone-{digest(data, size=3)}.json")  # the same text once
        write_private(path, data)
        return [f"{name} is gone; its text is kept in {path}"]

    def without_secret(self, name: str) -> str | None:
        """A profile's text, where it is one that holds no secret; else None."""
        text = self._now(PROFILE, name)
        return text if text and self._store.is_valid(name) and not _has_secret(text) else None

    def changed_profiles(self, pieces: Sequence[Piece]) -> list[str]:
        """The profiles that are there before and after the step."""
        return [
            piece.name
            for piece in pieces
            if piece.kind == PROFILE and piece.before is not None and piece.after is not None
        ]

    def forget(self, references: Iterable[str]) -> None:
        """Drop kept secrets that no step needs any more."""
        for reference in references:
            with suppress(PkccError):  # one that stays costs nothing but its place
                self._secrets.delete(reference.removeprefix("keyring:"))

    # Texts -----------------------------------------------------------------------------------------------

    def _now(self, kind: str, name: str) -> str | None:
        path = self._rules_path if kind == RULES else self._store.path_of(name)
        return _text(read_bytes(path))

    def _kept(self, name: str) -> str | None:
        """The profile's text as it may be kept: all of one that may hold a secret lies where keys do."""
        text = self._now(PROFILE, name)
        return text if text is None else self.without_secret(name) or self._sealed(text)

    def _coming(self, text: str | None) -> str | None:
        """The same for a text that is about to be written, and is whether or not it can be kept so."""
        if text is None or not _has_secret(text):
            return text
        sealed = self._sealed(text)
        return text if sealed == GONE else sealed

    def _sealed(self, text: str) -> str:
        kept = []
        try:
            for part in in_pieces(text):
                data = part.encode("utf-8", "surrogatepass")
                key_name = f"{KEPT_PREFIX}{digest(data + os.urandom(8), size=16)}"
                self._secrets.put(key_name, Secret(part))
                kept.append(marker(f"keyring:{key_name}"))
        except PkccError:
            return GONE
        return "".join(kept)

    def _revealed(self, text: str) -> str:
        if not references_in(text):
            return text
        return fill(text, self.reveal)

    def reveal(self, reference: str) -> str:
        """The secret a reference names. Raises PkccError when it cannot be had."""
        return self._secrets.resolve(reference).reveal()

    def _plain(self, text: str | None) -> str | None:
        """A kept text as its file has it; as it is kept where its secret part cannot be had."""
        try:
            return text if text is None or text == GONE else self._revealed(text)
        except PkccError:
            return text


def _has_secret(text: str) -> bool:
    """Whether a profile's text holds a secret, and no reference to it, in a header or variable."""
    try:
        plain = json.loads(text)
        fields = [plain.get("extra_headers") or {}, plain.get("extra_env") or {}]
        return any(
            is_secret_name(name) and not is_reference(str(value))
            for field in fields
            for name, value in field.items()
        )
    except (ValueError, AttributeError, RecursionError):
        return False  # no profile, which is judged by itself


def _text(data: bytes | None) -> str | None:
    return None if data is None else data.decode("utf-8", "surrogateescape")


def _data(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
