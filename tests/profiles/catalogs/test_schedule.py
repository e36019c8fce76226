"""When a catalog's source is asked again: once a day, later after failures, never all machines at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.base.locations import find_locations
from profiles.catalogs.record import UNREACHABLE, Failure, Record, load_record, record_path
from profiles.catalogs.schedule import HOUR_S, wait_s

NOW = 1_795_953_600.0
TIMES = st.floats(NOW - 1e8, NOW)


def failed(at: float, times: int, retry_after_s: float = 0.0) -> Record:
    return Record(asked_at=at, failure=Failure(UNREACHABLE, "", "", at, times, retry_after_s))


@given(TIMES, st.integers(1, 720))
def test_a_day_is_a_day_give_or_take_a_fifth(at: float, hours: int) -> None:
    wait = wait_s(Record(asked_at=at), "acme", hours, at)
    assert 0.8 * hours * HOUR_S - 1 <= wait <= 1.2 * hours * HOUR_S + 1


def test_machines_that_began_together_do_not_stay_together() -> None:
    """Ten thousand that ask in the same minute are two cores of the company's server."""
    records = [Record(asked_at=NOW + number / 1000) for number in range(1000)]
    waits = sorted(wait_s(record, "acme", 24, NOW + 10) for record in records)
    in_an_hour = max(
        sum(1 for other in waits if each <= other < each + HOUR_S) for each in waits[:: len(waits) // 50]
    )
    assert in_an_hour < 200  # of ten hours


@given(TIMES, st.integers(1, 10_000))
def test_a_failure_is_followed_in_an_hour_the_next_later_and_no_day_passes_without(
    at: float, times: int
) -> None:
    wait = wait_s(failed(at, times), "acme", 24, at)
    usual = min(2.0 ** min(times - 1, 60), 24.0) * HOUR_S
    assert 0.8 * usual - 1 <= wait <= 1.2 * usual + 1


def test_what_a_server_wants_is_respected_but_not_for_years() -> None:
    assert wait_s(failed(NOW, 1, 9 * HOUR_S), "acme", 24, NOW) == 9 * HOUR_S
    assert wait_s(failed(NOW, 1, 1e9), "acme", 24, NOW) == 7 * 24 * HOUR_S


@given(st.floats(min_value=1.0, max_value=1e9))
def test_a_clock_that_was_ahead_keeps_no_catalog_old(seconds: float) -> None:
    """Set back by a month, it would not be asked for for a month."""
    assert wait_s(failed(NOW + seconds, 3, 1e6), "acme", 24, NOW) == 0


@pytest.mark.parametrize(
    ("asked_at", "times"),
    [("NaN", "1"), ("1e999", "1"), ("-5", "1"), ("1", '"x"'), ("1", "NaN"), ("1", "1e999"), ("1", "null")],
)
def test_a_record_that_is_damaged_keeps_no_catalog_old(tmp_path: Path, asked_at: str, times: str) -> None:
    """And it stops no tray, which looks at it all day."""
    locations = find_locations({"HOME": str(tmp_path), "PKCC_CONFIG_DIR": str(tmp_path / "pkcc")})
    file = Path(record_path(locations, "acme"))
    file.parent.mkdir(parents=True)
    failure = f'{{"kind": "broken", "title": "", "hint": "", "at": 1, "times": {times}, "retry_after_s": 0}}'
    file.write_text(
        f'{{"by_key": {{}}, "mark": "", "asked_at": {asked_at}, "reached_at": 0, "held": false,'
        f' "failure": {failure}}}'
    )
    assert wait_s(load_record(locations, "acme"), "acme", 24, NOW) <= 0
