"""The package that tests of fleets install."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.home.linux_root import ROOT, require


@pytest.fixture(scope="session")
def deb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deb in PKCC_PACKAGES, or built now."""
    require("debootstrap")
    directory = Path(os.environ.get("PKCC_PACKAGES") or tmp_path_factory.mktemp("packages")).resolve()
    if "PKCC_PACKAGES" not in os.environ:
        subprocess.run([sys.executable, "packaging/linux/build.py", str(directory)], check=True, cwd=ROOT)
    return next(directory.glob("*.deb"))
