"""For every test: machines are noisy, and nothing of the home of whoever runs them is read or written."""

import atexit
import os
import shutil
import tempfile

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
