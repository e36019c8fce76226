"""The test of key and route before anything is stored, on the way to the review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.actions.more.check import check_unsaved
from tray.manager.pages.profiles.add.draft import ALL
from tray.manager.pages.profiles.add.entered_profile import has_key, new_profile, refuse, wrong_in_draft
from tray.manager.serving.jobs import WayOn

if TYPE_CHECKING:
    from tray.manager.access.sessions import Session
    from tray.manager.pages.profiles.add.draft import Draft
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site

_REVIEW = "/add/review"


def to_review(site: Site, session: Session, draft: Draft) -> str:
    """The page to go on to: one where something is wrong, the review, or what waits for the test."""
    wrong = wrong_in_draft(draft)
    if wrong:
        path = wrong[0].path
        return refuse(session, path, *(each.error for each in wrong if each.path == path))
    if draft.offer is None or draft.checked is not None:
        return _REVIEW  # nothing is asked of the network before a person has said so
    return test(site, draft)


def test(site: Site, draft: Draft) -> str:
    """Test the key and the route: the address of the page that waits for it."""
    if not has_key(draft):
        return _REVIEW

    asked, entered, secret = draft.asked(ALL), draft.entered(), draft.secret

    def work(job: Job) -> str:
        job.number = 5
        job.step("Asking the gateway")
        new = new_profile(job.app, entered, secret)
        draft.hear_check(asked, check_unsaved(job.app, new.rendered, new.secrets))
        return _REVIEW

    way_on = WayOn("Go on without the test", _REVIEW)
    return site.jobs.begin("Testing the key and the route", work, "/add/details", way_on)
