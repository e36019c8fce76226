"""A profile and a key asked for once, though a thousand projects need them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from profiles.switching.displaced_secrets import Keeper

if TYPE_CHECKING:
    from profiles.base.secret import Secret
    from profiles.profile.rendering import Rendered
    from profiles.switching.displaced_secrets import Secrets
    from profiles.switching.one_file.tools import Tools
    from profiles.switching.outcome import Renderings


def asked_once(tools: Tools) -> Tools:
    """The tools for many projects: each thing is asked for once, by one thread at a time; none is shown."""
    keeper = Keeper(_OnceResolved(tools.keeper.secrets))
    return tools._replace(store=_OnceRendered(tools.store), keeper=keeper, shows=False)


class _OnceResolved:
    """A secret store that is asked once for each key, by one thread at a time."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._known: dict[str, Secret] = {}
        self._lock = threading.Lock()

    def resolve(self, reference: str) -> Secret:
        with self._lock:
            if reference not in self._known:
                self._known[reference] = self._secrets.resolve(reference)
            return self._known[reference]

    def put(self, name: str, secret: Secret) -> str:
        with self._lock:
            return self._secrets.put(name, secret)

    def delete(self, name: str) -> None:
        with self._lock:
            self._secrets.delete(name)


class _OnceRendered:
    """A profile store that is asked once for each rendering."""

    def __init__(self, store: Renderings) -> None:
        self._store = store
        self._known: dict[str, Rendered] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        return self._store.names()

    def rendered(self, name: str) -> Rendered:
        with self._lock:
            if name not in self._known:
                self._known[name] = self._store.rendered(name)
            return self._known[name]
