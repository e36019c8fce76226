"""What may be a key or a login in the fields of a profile's forms: refused, and forgotten at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from profiles.base.secret_markers import MASK
from profiles.base.secret_names import is_secret_metadata, is_secret_name, may_be_key
from profiles.base.secret_references.parse import is_reference
from profiles.portkey.config.secret_texts import secret_pieces
from tray.manager.views.fields import FieldError

if TYPE_CHECKING:
    from tray.manager.answering.form import Form

# What the pages put into their forms, and fields for a key or where it lies, which show no key themselves.
_NOT_TYPED = frozenset({"token", "version", "newest", "texts", "do", "key", "env", "file", "manager", "cmd"})
_LOGIN = re.compile(r"(?<=:)/+[^\s/]*@")  # with one slash it is a slip
_WHY = "What looks like a secret has no place here, and was taken out: give a reference such as keyring:NAME"


def refuse_secrets(fields: Form, stored: str = "") -> list[FieldError]:
    """Take each text that may hold a secret out of what was typed, before anything shows or keeps it.

    What the profile has already, `stored` as text, stays. The errors say in which fields there was one.
    """
    found = []
    for name in fields.names():
        if name in _NOT_TYPED:
            continue
        row, is_value, _ = name.partition("-value")
        called = fields.texts(f"{row}-key") if is_value else []
        texts = fields.texts(name)
        for at, text in enumerate(texts):
            named = called[at].strip() if at < len(called) else ""
            if row == "metadata" and not is_secret_metadata(named):
                named = ""
            if text.strip() and text.strip() not in stored and _is_secret(named, text.strip()):
                without_login = _LOGIN.sub("//", text)
                texts[at] = "" if _is_secret(named, without_login.strip()) else without_login
                found.append(FieldError(row.removesuffix("-key"), _WHY))
    return [*dict.fromkeys(found)]


def _is_secret(named: str, text: str) -> bool:
    if MASK in text:
        return False
    if is_reference(text):
        return text.startswith("cmd:") and may_be_key(text)  # the others say where it lies alone
    if is_secret_name(named) or may_be_key(text):
        return True
    return bool(secret_pieces(text) or _LOGIN.search(text))
