"""What an administrator locks, in a real browser: grey, with who decides, and legible for everybody."""

from __future__ import annotations

from support.browser import Desk


def test_what_is_locked_is_grey_and_says_who_decides(locked_desk: Desk) -> None:
    desk = locked_desk
    desk.sees("h2:text('Acme IT requires the profile acme')")
    assert desk.page.get_by_role("button", name="Acme IT decides this").is_disabled()
    desk.picture("locked-overview")
    for path, heading in (("/preferences", "Preferences"), ("/import", "Import"), ("/edit/work", "Work")):
        desk.go(path)
        desk.sees(f"h1:text('{heading}')")
        desk.picture(f"locked{path.replace('/', '-')}")


def test_the_profile_that_is_required_is_one_click_away(locked_desk: Desk) -> None:
    desk = locked_desk
    desk.press("Switch to Acme")
    desk.sees("#use-h:has-text('Acme')")
    assert (
        desk.page.get_by_text("Acme IT requires the profile acme").count() == 1
    )  # at the other profile's row
    desk.keeps_nobody_out("in use as it should be")
