"""A write under way is waited for, so that no alarm is raised over the middle of somebody's save."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from user_home import UserHome

from profiles.drift import Change
from profiles.errors import PkccError
from profiles.reading import Reading
from profiles.state import State
from tray.settle import settled_read

FINE = {"env.ANTHROPIC_BASE_URL": "https://api.portkey.ai"}
CHANGE = Change("env.ANTHROPIC_BASE_URL", "removed", "https://api.portkey.ai", "", alarming=True)


def reading(condition: str, values: dict[str, str], *changes: Change) -> Reading:
    problem = PkccError("line 1") if condition == "unparsable" else None
    return Reading(State("/settings.json", "salt"), condition, values, list(changes), problem)  # type: ignore[arg-type]


UNPARSABLE = reading("unparsable", {})
EMPTY = reading("ok", {}, CHANGE)
GONE = reading("gone", {}, CHANGE)
OK = reading("ok", FINE)
DRIFT = reading("ok", {"env.OTHER": "x"}, CHANGE)
OFF = reading("ok", {})


class Script:
    """Readings one after the other, and the moments (ms after the first) at which they were taken."""

    def __init__(self, *readings: Reading) -> None:
        self.readings = list(readings)
        self.now = 0.0
        self.looks: list[int] = []

    def read(self) -> Reading:
        self.looks.append(round(self.now * 1000))
        return self.readings.pop(0)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("finished", [OK, DRIFT, OFF])
def test_what_is_finished_is_believed_at_once(finished: Reading) -> None:
    script = Script(finished)
    assert settled_read(script.read, script.sleep) is finished
    assert script.looks == [0]


@pytest.mark.parametrize("unfinished", [UNPARSABLE, EMPTY, GONE])
@pytest.mark.parametrize("finished", [OK, DRIFT])
def test_what_is_unfinished_is_looked_at_again_until_it_is_finished(
    unfinished: Reading, finished: Reading
) -> None:
    script = Script(unfinished, unfinished, finished)
    assert settled_read(script.read, script.sleep) is finished
    assert script.looks == [0, 50, 100]


@pytest.mark.parametrize("broken", [UNPARSABLE, EMPTY, GONE])
def test_what_stays_so_is_believed_after_200_ms(broken: Reading) -> None:
    script = Script(*[broken] * 4)
    assert settled_read(script.read, script.sleep) is broken
    assert script.looks == [0, 50, 100, 200]


@pytest.mark.parametrize("begin", [lambda text: "", lambda text: text[: len(text) // 2]])
def test_a_real_file_whose_writer_pauses_in_the_middle_is_no_drift(
    home: UserHome, begin: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from tray.app import App

    home.add("work")
    home.ok("switch", "work")
    whole = home.settings.read_text()
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    app = App.start(home.environ, None, None, wants_json=True)
    home.settings.write_text(begin(whole))

    def pause(_seconds: float) -> None:
        home.settings.write_text(whole)

    settled = settled_read(app.switcher.read, pause)
    assert (settled.condition, settled.changes) == ("ok", [])
    home.settings.write_text(begin(whole))
    broken = settled_read(app.switcher.read, lambda _: None)
    assert broken.condition != "ok" or broken.changes
