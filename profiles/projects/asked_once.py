"""A thousand projects at once: a profile, a key and a policy that they need are asked for once."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from profiles.base.errors import PkccError
from profiles.base.programs.worker_processes import forbid_in_worker, left_to_first
from profiles.files.durability import ARE_MANY, finished_by_processes, finished_together
from profiles.switching.displaced_secrets import Keeper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from profiles.base.secret import Secret
    from profiles.files.durability import Writing
    from profiles.profile.rendering import Rendered
    from profiles.switching.displaced_secrets import Secrets
    from profiles.switching.memory.project_registry import Project
    from profiles.switching.one_file.tools import Tools
    from profiles.switching.outcome import ProjectOutcome, Renderings


def asked_once(tools: Tools) -> Tools:
    """The tools for many projects: each thing is asked for once, by one thread at a time; none is shown."""
    keeper = Keeper(_OnceResolved(tools.keeper.secrets))
    policy = tools.policy()
    return tools._replace(store=_OnceRendered(tools.store), keeper=keeper, shows=False, policy=lambda: policy)


def all_done(
    projects: Iterable[Project],
    work: Callable[[Project], Writing[ProjectOutcome]],
    delete: Callable[[str], None],
) -> dict[str, ProjectOutcome]:
    """What became of each project, by its directory.

    Each holds its lock until it is done: two homes that share projects must take them in one order. Of
    many the first that carries a profile is done before the others: its key is then known. `delete` deletes a
    stored secret, by its name.
    """
    in_order = sorted(projects, key=lambda project: project.directory)
    of_a_profile = {project.pin: project for project in reversed(in_order) if not project.leaving}
    first = [each for each in in_order if of_a_profile.get(each.pin) is each and len(in_order) >= ARE_MANY]
    others = [each for each in in_order if each not in first]
    done = finished_together(map(work, first))
    done += finished_by_processes([partial(work, each) for each in others], delete)
    return dict(zip([each.directory for each in (*first, *others)], done, strict=True))


class _OnceResolved:
    """A secret store that is asked once for each key, had or not, by one thread at a time."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._known: dict[str, Secret | PkccError] = {}
        self._lock = threading.Lock()

    def resolve(self, reference: str) -> Secret:
        with self._lock:
            if reference not in self._known:
                forbid_in_worker()  # each of them would ask the user
                try:
                    self._known[reference] = self._secrets.resolve(reference)
                except PkccError as error:
                    self._known[reference] = error
            known = self._known[reference]
        if isinstance(known, PkccError):
            raise known
        return known

    def put(self, name: str, secret: Secret) -> str:
        with self._lock:
            forbid_in_worker()
            return self._secrets.put(name, secret)

    def delete(self, name: str) -> None:
        with self._lock:
            if not left_to_first(name):
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
