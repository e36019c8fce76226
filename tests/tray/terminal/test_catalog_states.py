"""If this fails, a catalog in some state breaks the page or the line that lists it."""

from __future__ import annotations

import pytest

from profiles.catalogs.standing import STATES
from tray.actions.catalogs.overview import CatalogList, CatalogRow
from tray.manager.views.catalogs.rows import catalog_rows
from tray.terminal.looks import answers
from tray.terminal.results import report
from tray.terminal.words.catalogs.following import list_lines
from tray.terminal.words.catalogs.states import LOOKS


def row(state: str) -> CatalogRow:
    problem = "Your Acme login"
    return CatalogRow(
        "acme", "", state, True, 43, 1.0, None, ("acme/work",), "/srv", "", "auto", 2, problem, ""
    )


def test_there_are_words_for_each_state_and_for_no_other() -> None:
    assert set(LOOKS) == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_shown_everywhere(state: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = CatalogList((row(state),))
    assert "{" not in "".join(list_lines(found))
    (shown,) = catalog_rows(found.catalogs)
    assert "{" not in shown.state
    assert (shown.kind == "ok") == (state in ("managed", "current"))
    answers.draw(report(found, list_lines, draw="catalogs"))
    assert "acme" in capsys.readouterr().out


def test_the_list_says_which_number_is_the_version() -> None:
    head, line = list_lines(CatalogList((row("current"),)))
    assert head.split() == ["CATALOG", "VERSION", "PROFILES", "STATE"]
    assert head.index("VERSION") == line.index("43")


def test_trouble_comes_first() -> None:
    rows = catalog_rows([row("current"), row("managed"), row("broken")])
    assert rows[0].kind == "bad"
