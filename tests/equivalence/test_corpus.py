"""What people write by hand, imported, switched to and taken back: Claude Code sends what it sent before."""

from __future__ import annotations

from pathlib import Path

import pytest
from equivalence.not_yet import NOT_YET
from equivalence.setup import Setup, corpus
from equivalence.ways import walk


def _marked(setup: Setup) -> pytest.ParameterSet:
    why = NOT_YET.get(setup.name)
    return pytest.param(
        setup, id=setup.name, marks=[pytest.mark.xfail(reason=why, strict=True)] if why else []
    )


@pytest.mark.parametrize("setup", [_marked(setup) for setup in corpus()])
def test_a_setup_by_hand_sends_the_same_by_every_way(setup: Setup, tmp_path: Path) -> None:
    walk(tmp_path, setup)
