"""Secrets inside a Portkey config: where they are, and how to take them out. Pure, and cheap to import.

A secret field may hold a reference (`keyring:NAME`, `env:VAR`, `op://…`) instead of the secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from profiles.base.secret_names import REFERENCE_PREFIXES, is_secret_name

Path = tuple[str | int, ...]
REFERENCES = "keyring:NAME, vault:NAME, env:VAR, file:PATH or op://…"
_INSIDE_ALONE = ", which only a config inside a profile may: write another reference"

# Labels of the user's own choosing: what stands under them goes to the logs anyway.
LABELS = ("metadata", "query")


def refused_in_file(reference: str) -> str:
    """What is wrong with a reference in a config's file, such as `names a command, which …`; "" for nothing.

    A file may come with a repository, and change with it: it must not decide what is run, or is signed in to.
    """
    from profiles.base.secret_references.elsewhere import foreign_refusal

    why = foreign_refusal(reference)
    return why and why + _INSIDE_ALONE


def is_about_file(message: str) -> bool:
    """Whether `refused_in_file` said that, which does not hold inside a profile."""
    return message.endswith(_INSIDE_ALONE)


def is_reference(value: object) -> bool:
    """True when the text names a secret kept elsewhere."""
    return isinstance(value, str) and value.startswith(REFERENCE_PREFIXES)


def secret_fields(data: Mapping[str, object]) -> list[tuple[Path, object]]:
    """Path and value of each clear-text secret: text, also in a list, or a whole object (a service account).

    What lies inside of other texts, `secret_texts` finds.
    """
    return [(path, value) for path, value, secret in _walk(data) if secret and not is_reference(value)]


def reference_fields(data: Mapping[str, object]) -> list[tuple[Path, str]]:
    """Path and text of each secret reference that stands where a secret would."""
    return [
        (path, value)
        for path, value, secret in _walk(data)
        if secret and isinstance(value, str) and is_reference(value)
    ]


def plain_texts(data: Mapping[str, object]) -> Iterator[tuple[Path, str]]:
    """Path and text of everything that stands in no secret's place, and is no label."""
    return (
        (path, value)
        for path, value, secret in _walk(data)
        if not secret and isinstance(value, str) and value
    )


def _walk(data: Mapping[str, object]) -> Iterator[tuple[Path, object, bool]]:
    """Everything but objects and lists, in document order, and whether it is a secret; never recursive.

    What is empty is no secret; an object in a secret's place is one as a whole.
    """
    pending: list[tuple[Path, object, bool]] = [((), data, False)]
    while pending:
        path, value, secret = pending.pop()
        if isinstance(value, list):
            pending.extend(((*path, at), value[at], secret) for at in reversed(range(len(value))))
        elif isinstance(value, Mapping) and not secret:
            half = secret_half(value)
            inside = [
                ((*path, name), inner, name == half or is_secret_field(name))
                for name, inner in value.items()
                if name not in LABELS
            ]
            pending.extend(reversed(inside))
        else:
            yield path, value, secret and bool(value) and isinstance(value, (str, Mapping))


def secret_half(pair: Mapping[str, object]) -> str | None:
    """The field that holds the secret in `{"name": "Authorization", "value": "…"}`; None of other objects."""
    names = [pair.get(name) for name in ("name", "key", "header")]
    named = any(isinstance(name, str) and is_secret_name(name) for name in names)
    return "value" if named and "value" in pair else None


def is_secret_field(name: str | int) -> bool:
    """Whether a field of that name holds a secret, in a config or any other object of Portkey's."""
    # `key` alone is half of a pair, in JSON.
    return name != "key" and isinstance(name, str) and is_secret_name(name)


def replace_at(data: Mapping[str, object], path: Path, value: object) -> dict[str, object]:
    """A copy of `data` with `value` at `path`; shares what did not change, and keeps key order.

    Raises KeyError or IndexError when nothing is at that path: a replacement never adds a field.
    """
    replaced = _replaced(data, path, value)
    if not isinstance(replaced, dict):
        raise KeyError("an empty path names the whole config")
    return replaced


def _replaced(node: object, path: Path, value: object) -> object:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(node, Mapping):
        return {**node, step: _replaced(node[step], rest, value)}
    if isinstance(node, list) and isinstance(step, int):
        changed = list(node)
        changed[step] = _replaced(node[step], rest, value)
        return changed
    raise KeyError(step)
