"""For every test: machines are noisy, and nothing of the home of anyone who runs them is read or written."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No example is judged by how long it took.
settings.register_profile("noisy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("noisy")

_HOME = tempfile.mkdtemp(prefix="pkcc-tests-home-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["HOME"] = _HOME
for _name in [
    name for name in os.environ if name.startswith(("XDG_", "PKCC_CONFIG", "CLAUDE_", "ANTHROPIC_"))
]:
    del os.environ[_name]


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, Any, Any]:
    """Half a character that a test printed or logged cannot be sent from one process of a run to another."""
    return _sendable((yield))


def _sendable(part: Any) -> Any:
    if isinstance(part, str):
        return part.encode("utf-8", "replace").decode()
    if isinstance(part, dict):
        return {name: _sendable(value) for name, value in part.items()}
    return type(part)(map(_sendable, part)) if isinstance(part, list | tuple) else part
