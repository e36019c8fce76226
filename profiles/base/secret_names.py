"""What is a secret, by its name and by its looks. Pure, cheap to import, and asked everywhere.

A header, a variable or a field of a config whose name says so is never shown, exported or remembered in
clear text; in a profile it holds a reference.

By looks there are three questions, from the surest to the most eager: `looks_like_key` knows beginnings,
`may_be_key` is for what a person typed, where a key may have slipped in, and `key_words` is for texts that
are masked, where one word too many costs nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from profiles.base.secret_markers import MASK
from profiles.base.text import others_words

# How each reference to a secret begins (`secret_references` reads the rest).
REFERENCE_PREFIXES = (
    "keyring:", "vault:", "env:", "file:", "cmd:",
    # A manager's of `secret_references.managers`.
    "vault-kv://", "aws-secret://", "aws-parameter://", "pass-store:", "keepassxc:", "credential:", "op://",
    "gcp-secret://", "azure-secret://", "bws:", "keeper://", "pass://", "doppler://", "infisical://",
)  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Compiled where they are first asked: most switches see no text of another program.
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+"
# A name that ends so names a secret, whatever stands before, with or without a sign between the words.
_ENDINGS = (
    "authorization", "cookie", "cookies", "token", "secret", "secrets", "password", "passwords", "passwd",
    "passphrase", "passcode", "credential", "credentials", "apikey", "apikeys", "accesskey", "secretkey",
    "privatekey", "licensekey", "serviceaccountjson", "connectionstring",
)  # fmt: skip
# The same, as a word by itself.
_LAST_WORDS = frozenset({"key", "auth", "jwt", "assertion", "otp", "sas", "pat", "pass", "pwd"})
_TOO_SHORT = frozenset({"pat", "pass", "pwd"})  # alone they say something else, such as PWD
# What may follow and says nothing of what it is.
_QUALIFIERS = _words(
    "v prod production dev development test staging stage live sandbox old new previous backup primary"
    " secondary base value string text raw plain encoded b pem json hex bedrock vertex ci"
)
# `key` after one of these finds or names something; nothing opens to it.
_FINDING_KEYS = _words(
    "virtual partition idempotency cache surrogate routing sort primary foreign public publishable shard"
    " group object dedup deduplication correlation socket websocket range hash header metadata field lookup"
)
_KEYS_IN_NUMBER = _words("api access secret private license signing encryption auth subscription")
_TEXT_TOKENS = _words("stop eos bos pad unk mask sep cls")  # a language model's
_TOKENS_IN_NUMBER = _words("api auth access refresh bearer session security private personal")
_FLAGS = _words("skip disable use enable require no allow is has")  # …_SKIP_VERTEX_AUTH=1
_ABOUT = _words("file path url uri type format ttl name id")
_SESSIONS = _words("session sessionid sessid sid jsessionid phpsessid aspnetsessionid connectsid")
_SECRET_ALL_THE_SAME = frozenset({"xhoneycombteam", "xjfrogartapi"})
_NO_SECRET_AT_ALL = frozenset({"claudecodeclientkey"})  # a file's path

_PREFIXED = r"\b(?:(?:sk|pk|rk|xox[a-z]|gh[a-z]|glpat)[-_]|AKIA|AIza|eyJ)[-_A-Za-z0-9.]{12,}"
_KEY_WORD = _PREFIXED + r"|(?<![\w/.~+=-])(?=[\w+=-]*[0-9])(?=[\w+=-]*[A-Za-z])[\w+=-]{24,}(?![\w/.])"

_UUID = r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"  # names something
_TURN = r"(?<=[a-z])[A-Z]|(?<=[0-9])[A-Za-z]"


@lru_cache(256)  # a thousand projects' files have the same few names
def is_secret_name(name: str) -> bool:
    """Whether a header, variable or field of that name holds a secret, such as `X-License-Key`."""
    words = [word.lower() for word in re.findall(_WORD, name)]
    joined = "".join(words)
    if joined in _NO_SECRET_AT_ALL:
        return False
    if joined in _SECRET_ALL_THE_SAME or joined.removeprefix("x") in _SESSIONS:
        return True
    if any(word.startswith("bearer") for word in words) and words[-1] not in _ABOUT:
        return True
    while len(words) > 1 and not _ends_secret(words) and (words[-1].isdigit() or words[-1] in _QUALIFIERS):
        words.pop()
    return _ends_secret(words)


def is_secret_metadata(name: str) -> bool:
    """The same of metadata; no to `custom_key` and `session_id`, examples on Portkey's own pages."""
    return name.lower().replace("_", "") not in ("customkey", "sessionid") and is_secret_name(name)


def _ends_secret(words: list[str]) -> bool:
    last, before = words[-1] if words else "", words[-2] if len(words) > 1 else ""
    if last == "key":
        return before not in _FINDING_KEYS
    if last == "keys":
        return before in _KEYS_IN_NUMBER
    if last == "tokens":  # mostly a number of them
        return before in _TOKENS_IN_NUMBER
    if last == "token" and before in _TEXT_TOKENS:
        return False
    if last == "auth":
        return not _FLAGS.intersection(words)
    if last in _LAST_WORDS:
        return bool(before) or last not in _TOO_SHORT
    return "".join(words).endswith(_ENDINGS)


def looks_like_key(text: str) -> bool:
    """Whether a text holds what begins as the keys of well-known services do, such as `sk-…`."""
    return re.search(_PREFIXED, text) is not None


def shown_name(text: str) -> str:
    """A name from someone's file as a message may repeat it: what looks like a key in its place is masked."""
    return MASK if may_be_key(text) else others_words(text)


def key_words(text: str) -> list[str]:
    """The words that look like keys in a text that need not hold one: known beginnings, or long and mixed."""
    return [match[0] for match in re.finditer(_KEY_WORD, text)]


def may_be_key(text: str) -> bool:
    """Whether a text that a person may have named holds a key by its looks.

    Many a name is long and has a number in it, `claude-sonnet-5-5-20260915`; in a key capitals and numbers
    come amid the words. So they do in 32 hexadecimal digits, as of a trace id: those are taken for a key,
    a UUID with its dashes is not.
    """
    text = re.sub(_UUID, "", text)
    return looks_like_key(text) or any(len(re.findall(_TURN, word)) > 2 for word in key_words(text))
