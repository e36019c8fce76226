"""Usage in a real browser, in both themes: read, shown in bars, and where the key may not see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from support.browser import Desk
from support.gateway.account import HostedAccount


def costs(days: int) -> dict[str, Any]:
    """Costs of so many days, in US cents, as the account tells them."""
    now = datetime.now(UTC)
    points = [
        {
            "timestamp": (now - timedelta(days=day)).isoformat(),
            "total": 0 if day % 7 in (2, 3) else 300 + 190 * (day % 5),
        }
        for day in range(days)
    ]
    total = sum(point["total"] for point in points)
    return {"object": "analytics-graph", "summary": {"total": total}, "data_points": points}


def test_usage_is_read_and_shown(themed_desk: Desk, hosted: HostedAccount) -> None:
    import json

    desk = themed_desk
    hosted.answers["/v1/analytics/graphs/cost"] = json.dumps(costs(30)).encode()
    desk.add(
        "work", "Work", "--provider", "@anthropic-prod", "--gateway", hosted.url, "--metadata", "team=red"
    )
    desk.home.ok("switch", "work")
    desk.sees(".side .now b:text('Work')")
    desk.page.get_by_role("link", name="Usage").first.click()
    desk.sees("h2:text('Nothing was read yet')")
    desk.picture("usage-before")
    desk.press("Read what was used")
    desk.sees("#days-h")
    desk.picture("usage")
    desk.page.locator("summary", has_text="Show the numbers").click()
    assert desk.page.locator(".data tbody tr").count() == 30
    desk.page.locator("summary", has_text="30 days").click()
    desk.page.get_by_role("link", name="7 days").click()
    desk.sees("h2:text('Costs of this period were not read yet')")
    desk.go()
    desk.sees(".facts progress")
    desk.picture("overview-budget")
    hosted.answers.clear()
    hosted.lacks = {"analytics.view"}
    desk.go("/usage?period=7")
    desk.press("Read what was used")
    desk.sees("h2:text('This key may not read usage')")
    desk.picture("usage-none")
