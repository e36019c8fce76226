"""Our own client of a Portkey account, as tests use it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from profiles.base.locations import Locations
from profiles.base.secret import Secret
from profiles.gateway.account.account import Account, Span
from profiles.gateway.account.known import Known, Problem
from profiles.gateway.account.lookups import Lookups
from profiles.gateway.account.place import Place
from profiles.portkey.editions import PORTKEY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from profiles.portkey.editions import Edition

KEY = "pk-CANARY-4711-of-the-portkey-key"  # must never be seen where it does not belong
SINCE = Span(datetime(2026, 11, 1, tzinfo=UTC))


class Clock:
    """Seconds since 1970, as a test sets them."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


def known(found: Known[Any] | Problem) -> Any:
    """What was answered; there must be an answer."""
    assert isinstance(found, Known), found
    return found.value


def problem(found: Known[Any] | Problem) -> Problem:
    """Why there is no answer, in words; there must be none."""
    assert isinstance(found, Problem), found
    assert found.title
    assert found.hint
    return found


def client(url: str, root: Path, edition: Edition = PORTKEY, **more: Any) -> Account:
    """Our client of the account at a loopback server, with a home below that directory."""
    return Account(Lookups(place_of(url, KEY, edition), locations(root), **more))


def place_of(
    url: str, key: str = KEY, edition: Edition = PORTKEY, environ: Mapping[str, str] | None = None
) -> Place:
    """The account at a loopback server, which is taken for that edition's own."""
    return Place(url, Secret(key), edition, (), environ or {})


def locations(root: Path) -> Locations:
    """A home of ours below that directory."""
    return Locations(*(str(root / name) for name in ("config", "data", "state", "settings.json")))


def everything(account: Account) -> list[Known[object] | Problem]:
    """What comes of each question that can be asked, once."""
    created = account.create_config("New", {"retry": {"attempts": 3}})
    return [
        *account.offer(),
        account.provider("anthropic-prod"),
        account.price("anthropic", "claude-sonnet-5-5"),
        account.config("pc-main-000000"),
        account.versions("pc-main-000000"),
        created,
        account.update_config("pc-main-000000", config={"retry": {"attempts": 2}}),
        account.policies(),
        account.policy_use("8610029e-692a-4df6-9052-3fa3eff69911"),
        *(account.graph(of, SINCE) for of in ("cost", "requests", "tokens")),
        *(account.shares(by, SINCE) for by in ("model", "user")),
        account.shares_by_metadata("team", SINCE),
    ]
