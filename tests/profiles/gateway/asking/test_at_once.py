"""Several things are asked at the same time, and Ctrl-C need not wait for any of them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from profiles.gateway.asking.at_once import AtOnce

ROOT = Path(__file__).parents[4]


def test_calls_run_at_the_same_time_and_come_back_in_order() -> None:
    together = threading.Barrier(3)
    with AtOnce(3) as pool:
        assert pool.map(lambda item: (together.wait(10) >= 0, item), "abc") == [
            (True, "a"),
            (True, "b"),
            (True, "c"),
        ]


def test_no_more_run_than_may() -> None:
    counted, most, lock = [0], [0], threading.Lock()

    def work(_: int) -> None:
        with lock:
            counted[0] += 1
            most[0] = max(most[0], counted[0])
        threading.Event().wait(0.01)
        with lock:
            counted[0] -= 1

    with AtOnce(2) as pool:
        pool.map(work, range(6))
    assert most == [2]


def test_an_error_is_the_callers() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), AtOnce(1) as pool:
        pool.submit(fail).result()
    with pytest.raises(ZeroDivisionError), AtOnce(1) as pool:
        pool.submit(fail)


def test_a_process_that_is_interrupted_ends_though_a_call_never_does() -> None:
    """Ctrl-C would be answered when the gateway is: in six seconds, or never."""
    program = (
        "import threading\nfrom profiles.gateway.asking.at_once import AtOnce\n"
        "with AtOnce(2) as pool:\n"
        "    pool.submit(threading.Event().wait)\n"
        "    raise KeyboardInterrupt\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=30, capture_output=True)
    assert done.returncode != 0
    assert b"KeyboardInterrupt" in done.stderr
