"""A catalog's bytes from wherever it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profiles.catalogs.fetching.fetched import Fetched, Limits, Unchanged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from profiles.catalogs.fetching.source import Source


def fetch(
    source: Source,
    known_mark: str,
    environ: Mapping[str, str],
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Fetched | Unchanged:
    """The file and its signature, unverified; Unchanged where it is still what has `known_mark` ("": none).

    Raises FetchError. Returns within the limits' time, whatever a server does.
    """
    if source.kind == "directory":
        from profiles.catalogs.fetching.directory import fetch_directory

        return fetch_directory(source, known_mark, limits)
    if source.kind == "https":
        from profiles.catalogs.fetching.https import fetch_https

        return fetch_https(source, known_mark, environ, limits)
    from profiles.catalogs.fetching.git import fetch_git

    return fetch_git(source, known_mark, environ, limits)
