"""Secrets inside a Portkey config: where they are, and how to take them out. Pure, and cheap to import.

A secret field may hold a reference (`keyring:NAME`, `env:VAR`, `op://…`) instead of the secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from profiles.base.secret_names import REFERENCE_PREFIXES, is_secret_name

Path = tuple[str | int, ...]
REFERENCES = "keyring:NAME, vault:NAME, env:VAR, file:PATH or op://…"
# A file may come with a repository, and change with it: it must not decide what is run.
COMMAND_IN_FILE = "names a command, which only a config inside a profile may: write another reference"

# Labels of the user's own choosing: what stands under them goes to the logs anyway.
LABELS = ("metadata", "query")


def is_reference(value: object) -> bool:
    """True when the text names a secret kept elsewhere."""
    return isinstance(value, str) and value.startswith(REFERENCE_PREFIXES)


def secret_fields(data: Mapping[str, object]) -> list[tuple[Path, object]]:
    """Path and value of each clear-text secret: text, or a whole object (a service account)."""
    return [(path, value) for path, value in _credentials(data) if not is_reference(value)]


def reference_fields(data: Mapping[str, object]) -> list[tuple[Path, str]]:
    """Path and text of each secret reference that stands where a secret would."""
    return [
        (path, value) for path, value in _credentials(data) if isinstance(value, str) and is_reference(value)
    ]


def _credentials(data: Mapping[str, object]) -> Iterator[tuple[Path, object]]:
    """Everything non-empty that stands in a secret field, in document order; never recursive."""
    pending: list[tuple[Path, object]] = [((), data)]
    while pending:
        path, value = pending.pop()
        if path and is_secret_field(path[-1]) and isinstance(value, (str, Mapping)):
            if value:
                yield path, value
        elif isinstance(value, Mapping):
            inside = [(key, item) for key, item in value.items() if key not in LABELS]
            pending.extend(((*path, key), item) for key, item in reversed(inside))
        elif isinstance(value, list):
            pending.extend(((*path, index), value[index]) for index in reversed(range(len(value))))


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
