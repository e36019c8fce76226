"""An identity under a passphrase that opens at once: one that `init` makes takes a second each time."""

from __future__ import annotations

import base64
from pathlib import Path

PASSPHRASE = "CANARY horse battery"
# An age file as `init` writes it, except for the work factor of its scrypt: 2^1 instead of some 2^18.
_IDENTITY = base64.b85decode(
    "VP|D6Wo~0~d2n=TZ*DGca%V4gF$yg{Aai4Kd2n<fctliIVqz~(LQ_;`Flu6NF>FX<FlQh!3S>$#N^(PEW^6c0PIobF"
    "c|$=}b!%loP-9V9acfR7c|mJ(c5!)aL3naF3N0-yAZtuQazaxzb#6p?VlQDUQZ!XKNj7*&bZ}TrR%A;=M>%sVWp8?L"
    "YEElK3c)}wFcFmv?8@yZGL;`pt{wYGNN^d(816GFWi3du*`~p8tEn!m+M|TDE%|Aj`!3$(D*spq1;KdniU;$=IZtVI"
    "Eo{RGpNad))H26e7_KpT)k_FuTUA)j!6`bOkg}d;33>}f294xj"
)


def lay_identity(vault: Path) -> None:
    """An identity under PASSPHRASE lies in that vault: `init --unlock passphrase` takes it up."""
    vault.mkdir(parents=True, exist_ok=True)
    (vault / "identity.age").write_bytes(_IDENTITY)
