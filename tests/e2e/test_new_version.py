"""A new version, in the whole tray: told once, in the menu, and nothing is fetched but the signed list.

The place that is asked and its key are part of the program; here a `sitecustomize` puts others in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.desktop.private_bus import LIMIT_S
from support.desktop.status_notifier import eventually
from support.gateway.release_site import NEWER, Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.desktop.tray_user import Desk

# Asked at once, not a minute after the start.
_ELSEWHERE = """
import tray.updates.signed_release
tray.updates.signed_release.REPOSITORY = "owner/name"
tray.updates.signed_release.official = lambda: tray.updates.signed_release.Source({url!r}, {key!r})
import tray.updates.update_watch
tray.updates.update_watch.AGAIN_S = 0.1
tray.updates.update_watch.UpdateWatch.__init__.__defaults__ = (None, 0.1)
"""


@pytest.fixture
def site(session: Desk, tmp_path: Path) -> Iterator[Site]:
    """Where the session's programs look for releases."""
    with Site() as site:
        place = tmp_path / "python"
        place.mkdir()
        code = _ELSEWHERE.format(url=site.source.url, key=site.source.public_key)
        (place / "sitecustomize.py").write_text(code)
        session.user.environ["PYTHONPATH"] = str(place)
        yield site


def test_a_new_version_is_told_once_and_its_page_opens(session: Desk, site: Site, tmp_path: Path) -> None:
    opened = tmp_path / "opened"
    opener = session.user.home / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho "$1" >>{opened}\n')
    opener.chmod(0o755)
    session.user.environ["PATH"] = f"{opener.parent}:/usr/bin:/bin"
    tray = session.start()
    told = session.dunst.wait_for(f"Version {NEWER} is out")
    assert "Get it the way you got this one." in told.body
    assert tray.line(f"Version {NEWER} is out")
    session.dunst.press("What is new")
    page = "https://github.com/owner/name/releases/latest\n"
    eventually(lambda: opened.exists() and opened.read_text() == page, "the page was opened")
    assert tray.end() == 0
    session.dunst.clear()  # it would tell two that are alike as one

    again = session.start()
    assert again.line(f"Version {NEWER} is out")  # known still, without another request
    assert [path for path, _ in site.requests] == ["/download/SHA256SUMS", "/download/SHA256SUMS.minisig"]
    doctor, said = session.launch("doctor")
    doctor.wait(LIMIT_S)
    assert f"pkcc-tray {NEWER} is out" in said.read_text()

    session.user.ok("preference", "check_for_updates", "off")
    eventually(lambda: f"Version {NEWER} is out …" not in again.labels(), "the line goes with the wish")
    assert len(site.requests) == 2
    assert len([each for each in session.dunst.heard() if NEWER in each.title]) == 1


def test_a_version_that_is_not_signed_by_us_is_not_told(session: Desk, site: Site) -> None:
    site.answers["SHA256SUMS"] += b"0" * 64 + b"  another.deb\n"
    tray = session.start()
    eventually(
        lambda: "a claimed new version is not signed" in session.user.log(), "it was asked and refused"
    )
    assert not any("is out" in label for label in tray.labels())
    assert session.dunst.heard() == []
