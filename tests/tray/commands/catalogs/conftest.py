"""Somebody who publishes, for the tests of those who follow."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.catalog_homes import Publisher


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    """Whose first version lies in a directory."""
    published = Publisher(tmp_path / "share" / "pkcc")
    published.publish()
    return published
