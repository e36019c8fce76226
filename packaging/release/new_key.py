"""Once, by the maintainer: makes the key that signs releases.

    python packaging/release/new_key.py OWNER/NAME FILE

Writes the repository and the public key into tray/updates/signed_release.py, and the secret key to FILE,
readable by you alone: `gh secret set MINISIGN_KEY --env release < FILE`, keep a copy offline, delete FILE. A
new key is known only
to versions built after it: publish one release, signed with the old key, that has the new one.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from minisign import KeyPair

RELEASE = Path(__file__).resolve().parents[2] / "tray" / "updates" / "signed_release.py"


def main() -> None:
    """Make it. Raises SystemExit for wrong arguments, FileExistsError rather than overwrite a key."""
    if len(sys.argv) != 3 or not re.fullmatch(r"[\w.-]+/[\w.-]+", sys.argv[1]):
        sys.exit(__doc__)
    keys = KeyPair.generate()
    handle = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(keys.secret_key.to_base64() + b"\n")
    RELEASE.write_text(
        with_key(RELEASE.read_text("utf-8"), sys.argv[1], keys.public_key.to_base64().decode()), "utf-8"
    )
    print(f"tray/updates/signed_release.py has the public key. The secret one is in {sys.argv[2]}.")


def with_key(text: str, repository: str, public_key: str) -> str:
    """The source of tray/updates/signed_release.py with both constants."""
    text = re.sub(r'^REPOSITORY = ".*?"', f'REPOSITORY = "{repository}"', text, count=1, flags=re.MULTILINE)
    return re.sub(r'^PUBLIC_KEY = ".*?"', f'PUBLIC_KEY = "{public_key}"', text, count=1, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
