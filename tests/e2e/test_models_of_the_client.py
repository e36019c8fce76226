"""Our table of models that end, against the installed client's own: a new client may know of more."""

from __future__ import annotations

import mmap
import re
import time

from support.client.real_client import require_client

from profiles.portkey.retired_models import LAST_DAYS

# How the client names the platforms of our dialects.
PLATFORMS = {"firstParty": "messages", "bedrock": "bedrock", "vertex": "vertex"}
_ROW = re.compile(rb'"(claude-[a-z0-9-]+)":\{modelName:"[^"]*",retirementDates:\{([^}]*)\}')


def test_the_table_is_the_clients_own() -> None:
    with (
        require_client().open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as program,
    ):
        found = {row[1].decode(): row[2].decode() for row in _ROW.finditer(program)}
    assert found, "the client has its list in another form: look for retirementDates in it"
    theirs = {
        name.removesuffix("-0"): {
            PLATFORMS[platform]: time.strftime("%Y-%m-%d", time.strptime(day, "%B %d, %Y"))
            for platform, day in re.findall(r'(\w+):"([^"]+)"', dates)
            if platform in PLATFORMS
        }
        for name, dates in found.items()
    }
    assert theirs == LAST_DAYS
