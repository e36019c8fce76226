"""A test without what it needs is skipped with a reason; on CI's Linux machines, which have all, it fails."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import pytest


def missing(component: str) -> NoReturn:
    """Skip, or fail, because that is not installed."""
    impossible(f"{component} is not installed")


def impossible(reason: str) -> NoReturn:
    """Skip, or fail, for that reason."""
    if os.environ.get("CI") == "true" and sys.platform == "linux":
        pytest.fail(reason)
    pytest.skip(reason)
