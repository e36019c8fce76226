"""Every remedy is done in the situation it is for: the finding is gone then, and nothing besides."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.remedies import machine_rows
from support.remedies.row import Row, try_row

if sys.platform == "win32":
    pytest.skip("these homes are POSIX ones", allow_module_level=True)
ROWS = [*machine_rows.ROWS]


@pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in ROWS])
def test_what_doctor_says_helps(row: Row, tmp_path: Path) -> None:
    try_row(row, tmp_path)
