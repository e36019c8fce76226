"""When a catalog's source is asked again: once a day, later after failures, never all machines at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.base.locations import find_locations
from profiles.catalogs.fetching.asked import HOUR_S, Asked, fetch_noted, forget_asked, load_asked, wait_s
from profiles.catalogs.fetching.fetched import Fetched, FetchError
from profiles.catalogs.fetching.source import source_of

NOW = 1_795_953_600.0
TIMES = st.floats(NOW - 1e8, NOW)


@given(TIMES, st.integers(1, 720))
def test_a_day_is_a_day_give_or_take_a_fifth(at: float, hours: int) -> None:
    wait = wait_s(Asked(at), "acme", hours, at)
    assert 0.8 * hours * HOUR_S - 1 <= wait <= 1.2 * hours * HOUR_S + 1


def test_machines_that_began_together_do_not_stay_together() -> None:
    """Ten thousand that ask in the same minute are two cores of the company's server."""
    waits = sorted(wait_s(Asked(NOW + number / 1000), "acme", 24, NOW + 10) for number in range(1000))
    in_an_hour = max(
        sum(1 for other in waits if each <= other < each + HOUR_S) for each in waits[:: len(waits) // 50]
    )
    assert in_an_hour < 200  # of ten hours


@given(TIMES, st.integers(1, 10_000))
def test_a_failure_is_followed_in_an_hour_the_next_later_and_no_day_passes_without(
    at: float, failures: int
) -> None:
    wait = wait_s(Asked(at, failures), "acme", 24, at)
    usual = min(2.0 ** min(failures - 1, 60), 24.0) * HOUR_S
    assert 0.8 * usual - 1 <= wait <= 1.2 * usual + 1


def test_what_a_server_wants_is_respected_but_not_for_years() -> None:
    assert wait_s(Asked(NOW, 1, NOW + 9 * HOUR_S), "acme", 24, NOW) == 9 * HOUR_S
    assert wait_s(Asked(NOW, 1, NOW + 1e9), "acme", 24, NOW) == 7 * 24 * HOUR_S


@given(st.floats(min_value=1.0, max_value=1e9))
def test_a_clock_that_was_ahead_keeps_no_catalog_old(seconds: float) -> None:
    """Set back by a month, it would not be asked for for a month."""
    assert wait_s(Asked(NOW + seconds, 0, NOW + seconds), "acme", 24, NOW) == 0


def test_it_is_noted_whoever_asks(tmp_path: Path) -> None:
    locations = find_locations({"HOME": str(tmp_path), "PKCC_CONFIG_DIR": str(tmp_path / "pkcc")})
    source = source_of(str(tmp_path / "share"))
    for failures in (1, 2):
        with pytest.raises(FetchError):
            fetch_noted(locations, "acme", source, "", {}, clock=lambda: NOW)
        assert load_asked(locations, "acme") == Asked(NOW, failures, NOW)
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "pkcc-catalog.json").write_bytes(b"{}")
    assert isinstance(fetch_noted(locations, "acme", source, "", {}, clock=lambda: NOW + 5), Fetched)
    assert load_asked(locations, "acme") == Asked(NOW + 5)
    forget_asked(locations, "acme")
    assert load_asked(locations, "acme") == Asked()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"at": "x"}', '{"at": NaN}', '{"at": 1e300}', '{"at": 1, "more": 2}', '{"at": true}']
)
def test_a_note_that_is_damaged_is_none(tmp_path: Path, text: str) -> None:
    locations = find_locations({"HOME": str(tmp_path), "PKCC_CONFIG_DIR": str(tmp_path / "pkcc")})
    file = Path(locations.state_dir, "catalogs", "acme.asked.json")
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert load_asked(locations, "acme") == Asked()
