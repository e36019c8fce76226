"""Stars, order and many profiles in a real browser, in both themes."""

from __future__ import annotations

from support.browser import Desk


def focused(desk: Desk) -> str:
    return str(desk.page.evaluate("() => document.activeElement.ariaLabel"))


def test_a_star_and_a_move_keep_the_focus_and_are_read_out(desk: Desk) -> None:
    desk.four_profiles()
    desk.sees("#profiles > li:nth-child(4)")
    desk.press("Favourite: Fallback")
    desk.sees("[aria-pressed=true]:focus")
    assert focused(desk) == "Favourite: Fallback"
    desk.page.wait_for_function(
        "() => document.querySelector('#say').textContent === 'Fallback is a favourite'"
    )
    desk.page.locator("[aria-label='More actions for Work']").click()
    desk.press("Move up")
    desk.sees("#profiles > li:nth-child(3)[data-text^=work] summary:focus")
    assert focused(desk) == "More actions for Work"
    desk.page.wait_for_function("() => document.querySelector('#say').textContent === 'Work is 3 of 4'")


def test_the_order_has_a_page_where_rows_are_moved_by_keys_and_dragged(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    desk.home.ok("list", "--favourite", "eu")
    desk.sees("[aria-pressed=true]")
    desk.page.get_by_role("link", name="Change order").click()
    desk.sees("#order")
    desk.picture("order")
    desk.page.get_by_role("button", name="Move Work up").focus()
    desk.page.keyboard.press("Enter")
    desk.sees("#order > li:nth-child(3)[data-name=work] :focus")
    assert focused(desk) == "Move Work up"
    desk.page.locator("#order > li[data-name=work]").drag_to(desk.page.locator("#order > li[data-name=acme]"))
    desk.sees("#order > li:nth-child(2)[data-name=work]")
    assert desk.home.ok("list").out.split()[0] == "eu"


def test_forty_profiles_are_grouped_filtered_and_found(themed_desk: Desk) -> None:
    desk = themed_desk
    desk.four_profiles()
    for number in range(12):
        desk.add(
            f"p{number}", f"Platform {number} on Bedrock, United States", "--provider", f"@bedrock-{number}"
        )
    for name in ("work", "eu", "acme"):
        desk.home.ok("list", "--favourite", name)
    desk.home.ok("switch", "work")
    desk.sees(".side .now b:text('Work')")
    desk.go()
    desk.picture("overview-many")
    with desk.page.expect_navigation():
        desk.page.get_by_role("link", name="No key yet 1").click()
    assert desk.page.locator("#profiles > li.prow").count() == 1
    desk.go()
    desk.page.locator("summary", has_text="Your order").click()
    desk.page.get_by_role("link", name="Name", exact=True).click()
    desk.sees("summary:has-text('Name')")
    desk.page.locator("#search").fill("bedrock-7")
    assert desk.page.locator("#profiles > li.prow:visible").count() == 1
    assert desk.page.locator("#profiles > li.group:visible").count() == 0
