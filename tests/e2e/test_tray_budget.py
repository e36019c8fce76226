"""The whole tray, with a real notification service: a yes leads to the budget and its alarm."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

from support.desktop.status_notifier import eventually
from support.gateway.account import HostedAccount
from support.gateway.account_rows import provider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.desktop.tray_user import Desk, TrayUser

KEY = "pk-CANARY-0815-of-the-portkey-key"
LIMITS = {
    "credit_limit": 500, "type": "cost", "alert_threshold": 400, "current_usage": 410,
    "periodic_reset": "weekly", "last_reset_at": "2026-11-23T00:00:00Z", "next_usage_reset_at": "2199-01-01",
}  # fmt: skip


@contextmanager
def claude_code(user: TrayUser) -> Iterator[None]:
    """A session runs, as far as its file says."""
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        listed = user.home / f".claude/sessions/{process.pid}.json"
        listed.parent.mkdir(exist_ok=True)
        listed.write_text(json.dumps({"pid": process.pid, "cwd": "/"}))
        yield
        listed.unlink()
        process.kill()


def test_a_yes_in_the_notification_leads_to_the_line_and_the_alert(session: Desk) -> None:
    user, dunst = session.user, session.dunst
    with HostedAccount(KEY) as hosted:
        hosted.providers = [provider("anthropic-prod", usage_limits=LIMITS)]
        user.ok(
            *("add", "there", "--provider", "@anthropic-prod", "--gateway", hosted.url, "--key-stdin"),
            stdin=f"{KEY}\n",
        )
        user.ok("switch", "there")
        user.ok("models")  # its account is known from then on
        tray = session.start()
        tray.wait_title("there")
        asked = len(hosted.asked)
        with claude_code(user):
            dunst.wait_for("Show what is left of the budget?")
            assert len(hosted.asked) == asked, "nothing is asked before a yes"
            dunst.press("Yes")
            told = dunst.wait_for("82 % of the budget").body
            assert told.startswith("@anthropic-prod: $ 410 of $ 500 this week. It starts again on ")
            tray.line("Budget: $ 410 of $ 500 this week")
            assert tray.panel.properties()["ToolTip"][3].splitlines()[1] == "$ 410 of $ 500 this week"
        eventually(lambda: any("this week (" in label for label in tray.labels()), "its age is said")
        assert tray.end() == 0
    user.check_log()
    assert [each.title for each in dunst.heard()] == [
        "Show what is left of the budget?", "82 % of the budget is used",
    ]  # fmt: skip
