"""A file or folder is opened from a page, and why that failed is said on that page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tray.desktop.open_target import open_target

if TYPE_CHECKING:
    from profiles.base.errors import PkccError
    from tray.manager.serving.jobs import Job
    from tray.manager.site import Site

_SOON_S = 3.0  # an opener that has not failed by then has opened something


def opening(site: Site, target: str, back: str) -> str:
    """Open that with whatever the desktop has for it: the address of the job, which leads back."""

    def work(job: Job) -> str:
        job.step("Opening it")
        problems: list[PkccError] = []
        open_target(target, problems.append).join(_SOON_S)
        if problems:
            raise problems[0]
        return back

    return site.jobs.begin("Opening", work, back)
