"""What is asked of the account between the steps: what the key may use, where a config leads, prices."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from profiles.base.errors import PkccError
from profiles.base.text import counted
from profiles.gateway.account.known import Known, Problem
from profiles.portkey.editions import edition_of
from profiles.portkey.model_names import is_claude
from tray.actions.account.offer import model_prices, offer_for, read_config
from tray.actions.profiles.adding.entered import NEW
from tray.actions.profiles.adding.models_of_route import along_config
from tray.manager.pages.profiles.add.draft import KEY, TO_ROUTE
from tray.manager.pages.profiles.add.entered_profile import gateway_url, place_of_key, refuse
from tray.manager.serving.jobs import WayOn
from tray.manager.views.fields import FieldError
from tray.manager.views.words import host_of

if TYPE_CHECKING:
    from tray.manager.access.sessions import Session
    from tray.manager.pages.profiles.add.draft import Draft
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site

_ROUTE, _MODELS = "/add/route", "/add/models"
_WHEN_SLOW = "This takes longer than usual. pkcc-tray waits up to 6 seconds, then goes on without this list."
_NAMES_NONE = "This config names no provider: choose one, or go on without"
_ANSWERS = ("right", "absent", "used_up", "no_account")  # problems of a key that is good


class _Steps:
    """A job's steps, from what is heard of the account's lists."""

    def __init__(self, job: Job, host: str) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._reached = job.step(f"Asking {host}", beside=True)
        self._key = job.step("The key", beside=True)
        self._lists = {
            name: job.step(name.capitalize(), beside=True) for name in ("providers", "configs", "models")
        }

    def heard(self, name: str, found: Known[Any] | Problem) -> None:
        """One list came, or why it does not."""
        problem = found if isinstance(found, Problem) else found.problem
        with self._lock:
            if problem is not None and problem.kind == "no_answer":
                self._reached.end(kind="bad", text=problem.title)
            elif problem is None or problem.kind != "not_asked":
                self._reached.end(f"{self._host} answers")
            if problem is None or problem.kind in _ANSWERS:
                self._key.end("The key is accepted")
            elif problem.kind == "key":
                self._key.end("The key is not accepted", "bad")
            if isinstance(found, Known):
                self._lists[name].end(counted(len(found.value), name.removesuffix("s")))
            else:
                self._lists[name].end(kind="warn", text=found.title)


def look_up(site: Site, session: Session, draft: Draft) -> str:
    """Ask what the key can use: the address of the page that waits for it."""
    asked, place = draft.asked(KEY), place_of_key(draft.key)
    key = draft.secret if draft.key.source == NEW else None
    url = gateway_url(draft.key)

    def work(job: Job) -> str:
        job.number = 1
        job.when_slow = _WHEN_SLOW
        try:
            offer = offer_for(job.app, place, key, _Steps(job, host_of(url)).heard)
        except PkccError as error:
            return refuse(session, "/add", FieldError.of("source", error)) if draft.stands(asked) else _ROUTE
        if not draft.stands(asked):
            return _ROUTE
        if offer.refused is not None:
            draft.drop_key()
            text = f"{offer.refused.title}. Give another one"
            return refuse(session, "/add", FieldError("key" if key else "source", text))
        draft.hear_offer(asked, offer)
        site.tell_changed()  # where somebody went on meanwhile
        return _ROUTE

    edition = edition_of(url)
    title = f"Asking {edition.title if edition.gateway else 'your gateway'} what your key can use"
    return site.jobs.begin(title, work, "/add", WayOn("Go on without it", _ROUTE))


def read_along(site: Site, session: Session, draft: Draft) -> str:
    """Find the models along the route that was chosen: the address of the page that waits for it."""
    asked, offer, answer, known = draft.asked(TO_ROUTE), draft.offer, draft.route, draft.along
    if offer is None or not (answer.config or known.models):
        return _MODELS

    def work(job: Job) -> str:
        job.number = 2
        along = known
        if answer.config:
            job.step("Reading the config")
            leads = read_config(job.app, offer, answer.config)
            if not draft.stands(asked):
                return _MODELS
            if leads is not None and leads.nowhere and _asks_beside_once(draft):
                return refuse(session, _ROUTE, FieldError("beside", _NAMES_NONE))
            along = along_config(offer, leads, answer.beside or None)
            draft.hear_along(asked, along, {})
        claudes = [model for model in along.models if is_claude(model.name)]
        if claudes:
            job.step("Reading prices")
            draft.hear_along(asked, along, model_prices(job.app, offer, claudes))
        return _MODELS

    return site.jobs.begin(
        "Reading what the route leads to", work, _ROUTE, WayOn("Go on without it", _MODELS)
    )


def _asks_beside_once(draft: Draft) -> bool:
    """Whether a config that names no provider is to be given one: said once, as the key's own may name it."""
    answer = draft.route
    if answer.beside or draft.asked_beside == answer.config:
        return False
    draft.asked_beside = answer.config
    return True
