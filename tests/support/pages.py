"""What a person reads on a page of the manager."""

from __future__ import annotations

import html
import re


def words_of(page: str, part: str = "body") -> str:
    """The words of a page, or of that part of it, its markup taken out."""
    inside = page[page.index(f"<{part}") :]
    dropped = r"<svg.*?</svg>|<dialog.*?</dialog>|<[^>]*>"
    return re.sub(r"\s+", " ", html.unescape(re.sub(dropped, " ", inside, flags=re.DOTALL)))
