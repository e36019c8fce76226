"""Where a path really leads: a project whose file is reached through a link must not pass for one without."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from profiles.files.read import real_path

_LINKS = pytest.mark.skipif(sys.platform == "win32", reason="making a link takes a right there")


@_LINKS
@pytest.mark.parametrize(
    "name",
    [
        "plain/deep/file", "plain/deep", "plain/none", "none/deep/file", "to_directory/deep/file", "to_file",
        "plain/to_above/deep/file", "dangling", "loop", "loop/file", "plain/deep/file/below", "plain/deep/",
        "plain//deep/file", "plain/./deep/file", "to_directory/../plain/deep", "",
    ],
)  # fmt: skip
def test_it_is_what_the_standard_library_says(tmp_path: Path, name: str) -> None:
    """Else one settings file would have two memories, or a link out of a project would be followed."""
    deep = tmp_path / "plain" / "deep"
    deep.mkdir(parents=True)
    (deep / "file").touch()
    for link, target in (
        ("to_directory", "plain"), ("to_file", "plain/deep/file"), ("plain/to_above", ".."), ("loop", "loop"),
        ("dangling", "nowhere/at/all"),
    ):  # fmt: skip
        (tmp_path / link).symlink_to(target)
    path = f"{tmp_path}/{name}"
    assert real_path(path) == os.path.realpath(path)


@pytest.mark.parametrize("path", ["", ".", "/", "//", "/tmp/..", "a/b", os.getcwd()])
def test_it_is_so_for_odd_paths_too(path: str) -> None:
    assert real_path(path) == os.path.realpath(path)
