"""The manager under an administrator's policy: what is locked says who decides, and no form gets past it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.home.forced import force, lay
from support.home.user_home import KEY

if TYPE_CHECKING:
    from support.home.user_home import UserHome

STRANGE = "https://gw.strange.example"
Force = Callable[..., None]


@pytest.fixture
def forced(home: UserHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Force:
    """A person with two profiles, `work` in use; then a policy comes."""
    home.add("work", "--provider", "@a")
    home.add("strange", "--provider", "@b", "--gateway", STRANGE)
    home.ok("switch", "strange")
    home.ok("switch", "work")

    def forced(**policy: object) -> None:
        by = {"name": "Acme IT", "text": "Ask us", "url": "https://it.acme.example/ai"}
        force(monkeypatch, tmp_path / "etc", managed_by=by, **policy)

    return forced


def everything(home: UserHome) -> dict[str, bytes]:
    below = (home.claude, home.own, home.root / ".local" / "share")
    return {
        str(path): path.read_bytes()
        for directory in below
        for path in directory.rglob("*")
        if path.is_file() and not path.name.endswith("lock")
    }


@pytest.mark.parametrize(
    ("policy", "says", "path", "fields"),
    [
        ({"allowed_profiles": ["work"]}, "allows no profile but work", "/switch", {"name": "strange"}),
        ({"allowed_gateway_hosts": ["api.portkey.ai"]}, "allows no gateway", "/switch", {"name": "strange"}),
        ({"required_profile": "work"}, "requires the profile work", "/off", {}),
        ({"required_profile": "work"}, "requires the profile work", "/switch", {"name": "strange"}),
        ({"allowed_gateway_hosts": ["a.example"]}, "allows no gateway", "/duplicate", {"name": "strange"}),
        ({"on_drift": "restore"}, "decides the preference on_drift", "/preferences",
         {"was-on_drift": "restore", "on_drift": "ignore"}),
        ({"allowed_key_schemes": ["vault-kv"]}, "allows no place", "/keys/work/enter", {"key": f"{KEY}-2"}),
    ],
)  # fmt: skip
def test_no_form_gets_past_the_policy(
    visitor: Any,
    home: UserHome,
    forced: Force,
    policy: dict[str, Any],
    says: str,
    path: str,
    fields: dict[str, str],
) -> None:
    """A page that is open since before the policy still has its buttons."""
    forced(**policy)
    before = everything(home)
    answer = visitor.carry_out(path, **fields)
    told = visitor.words() if answer.status_code == 303 else answer.text
    assert f"Acme IT {says}" in told, told
    assert everything(home) == before


def test_what_was_found_before_the_policy_is_not_imported(
    visitor: Any, home: UserHome, forced: Force
) -> None:
    home.ok("export", "strange", "--output", "bundle.json")
    home.ok("remove", "strange", "--yes")
    page = visitor.get("/import", params={"file": str(home.root / "bundle.json")}).text
    (pick,) = re.findall(r'name="pick" value="([^"]+)"', page)
    forced(allow_import=False)
    fields = {"file": str(home.root / "bundle.json"), "pick": pick, f"name-{pick}": "strange"}
    visitor.carry_out("/import", **fields)
    assert "Acme IT does not allow importing profiles" in visitor.words()
    assert not (home.profiles / "strange.json").exists()


def test_what_is_locked_is_shown_with_who_decides(visitor: Any, home: UserHome, forced: Force) -> None:
    """A button that is only gone leaves a person to look for a fault that is none."""
    forced(required_profile="work", allow_export=False, allow_import=False)
    overview = visitor.get("/").text
    assert "Acme IT requires the profile work" in overview
    assert "Turn off: Acme IT decides this" in overview
    assert 'action="/off"' not in overview
    assert 'name="name" value="strange" data-busy="Switching…"' not in overview
    assert "Managed by" in overview
    assert 'href="https://it.acme.example/ai"' in overview
    assert "Export: Acme IT decides this" in visitor.get("/edit/work").text
    assert "Nothing can be imported here" in visitor.words("/import")
    assert visitor.get("/export/work").status_code != 200
    assert visitor.get("/history").text.count('action="/off"') == 0


def test_what_is_in_use_against_the_policy_is_said_on_every_page_with_the_way_out(
    visitor: Any, home: UserHome, forced: Force
) -> None:
    forced(required_profile="strange")
    for page in ("/", "/keys", "/preferences"):
        assert "Acme IT requires the profile strange." in visitor.words(page)
    assert "Not as Acme IT wants it" in visitor.words()
    visitor.carry_out("/switch", name="strange")
    assert "Acme IT requires the profile strange." not in visitor.words()
    assert json.loads(home.settings.read_text())["env"]["ANTHROPIC_BASE_URL"] == STRANGE


def test_preferences_that_are_decided_are_shown_and_not_asked(
    visitor: Any, home: UserHome, forced: Force
) -> None:
    forced(
        on_drift="restore",
        key_cache_minutes=5,
        check_for_updates=False,
        key_print_through_tray=False,
        catalog_hours=6,
    )
    page = visitor.get("/preferences").text
    for name in (
        "on_drift",
        "key_cache_minutes",
        "check_for_updates",
        "key_print_through_tray",
        "catalog_hours",
    ):
        assert f'name="{name}"' not in page
        assert f'name="was-{name}"' not in page
    words = visitor.words("/preferences")
    assert "Changes by something else: Restore at once. Acme IT decides this." in words
    assert "Keep a key in memory for: 5 minutes. Acme IT decides this." in words
    assert "Look for new versions of catalogs every: 6 hours. Acme IT decides this." in words
    assert "Tell me about new versions: off. Acme IT decides this." in words
    assert (
        visitor.fill("/preferences", **{"was-favourites_only": "off", "favourites_only": "on"}).status_code
        == 303
    )
    saved = json.loads((home.own / "preferences.json").read_text())
    assert saved == {"favourites_only": True}


def test_a_policy_that_cannot_be_read_is_said_on_every_page(
    visitor: Any, home: UserHome, forced: Force, tmp_path: Path
) -> None:
    forced()
    lay(tmp_path / "etc", "no json")
    assert "policy.json is not valid JSON" in visitor.words()
    before = home.settings.read_bytes()
    visitor.carry_out("/switch", name="strange")
    assert home.settings.read_bytes() == before
    visitor.carry_out("/off")
    assert home.settings.read_bytes() != before


def test_the_preview_of_a_profile_that_is_not_allowed_says_why(
    visitor: Any, home: UserHome, forced: Force
) -> None:
    forced(allowed_profiles=["work"])
    answer = visitor.get("/preview/strange")
    assert answer.status_code < 500
    page = answer if answer.status_code == 200 else visitor.get(answer.headers.get("location", "/"))
    assert "Acme IT allows no profile but work" in page.text
    assert "Switch to strange" not in page.text
