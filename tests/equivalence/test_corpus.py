"""What people write by hand, imported, switched to and taken back: Claude Code sends what it sent before."""

from __future__ import annotations

from pathlib import Path

import pytest
from equivalence.setup import Setup, corpus
from equivalence.ways import walk


@pytest.mark.parametrize("setup", corpus(), ids=lambda setup: setup.name)
def test_a_setup_by_hand_sends_the_same_by_every_way(setup: Setup, tmp_path: Path) -> None:
    walk(tmp_path, setup)
