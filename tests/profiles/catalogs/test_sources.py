"""What a person types as a catalog's source: what it names, and what is refused before it is asked."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.home.forced import own_number

from profiles.base.errors import UsageError
from profiles.catalogs.fetching.fetch import fetch
from profiles.catalogs.fetching.fetched import Fetched, FetchError, Limits, Unchanged
from profiles.catalogs.fetching.managed import ManagedPlace, is_managed, managed_sources
from profiles.catalogs.fetching.source import Source, source_of

CATALOG = "pkcc-catalog.json"


@pytest.mark.parametrize(
    ("text", "kind", "host"),
    [
        ("https://git.acme.example/ai/pkcc.git", "git", "git.acme.example"),
        ("https://jane@git.acme.example/ai/pkcc", "git", "git.acme.example"),
        ("git@github.com:acme/pkcc.git", "git", "github.com"),
        ("ssh://git@git.acme.example:2222/pkcc.git", "git", "git.acme.example"),
        ("build:pkcc.git", "git", "build"),
        ("https://ai.acme.example/pkcc-catalog.json", "https", "ai.acme.example"),
        ("https://[::1]:8443/a.json", "https", "::1"),
        ("/srv/share/pkcc", "directory", ""),
        ("/srv/share/pkcc.git", "git", ""),
        ("./catalogs", "directory", ""),
    ],
)
def test_a_source_is_known_by_its_form(text: str, kind: str, host: str) -> None:
    source = source_of(text)
    assert (source.kind, source.host) == (kind, host)


def test_a_scheme_in_capitals_is_the_same() -> None:
    """Git knows it in small letters alone, and said that https is none."""
    assert source_of("HTTPS://h.example/a.git").address == "https://h.example/a.git"


def test_a_file_in_a_directory_and_a_branch_can_be_named(tmp_path: Path) -> None:
    assert source_of(f"{tmp_path}/ours.json") == Source("directory", str(tmp_path), file="ours.json")
    assert source_of("build:pkcc", "release/2", "ai/ours.json") == Source(
        "git", "build:pkcc", "release/2", "ai/ours.json"
    )


@pytest.mark.parametrize(
    "text",
    [
        "", "acme", "x" * 3000, "https://acme\n.example/x.git", "http://acme.example/x.json", "ext::sh -c id",
        "file:///etc", "git://acme.example/x", "ftp://acme.example/x.json", "fd::17", "https://acme.example",
        "-oProxyCommand=id:x", "--upload-pack=id", "ssh://-oProxyCommand=id/x", "git@-oProxyCommand=id:x",
        "build:-x", "https://acme.example:port/x.git", "https://jane@acme.example/x.json",
        "https://acme.example/x.json?token=1", "https://acme.example/x.git#main",
    ],
)  # fmt: skip
def test_what_is_no_source_is_refused_in_words(text: str) -> None:
    """A clone's address may be an option, or a program, for git."""
    with pytest.raises(UsageError) as caught:
        source_of(text)
    assert caught.value.title
    assert caught.value.hint


@pytest.mark.parametrize(
    "user", ["jane:hunter2-Long-1", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "oauth2", ":x"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(user: str) -> None:
    """It would stay in the file of subscriptions, which people keep with their dotfiles."""
    with pytest.raises(UsageError) as caught:
        source_of(f"https://{user}@git.acme.example/x.git")
    assert user not in caught.value.title + caught.value.hint


@pytest.mark.parametrize(
    ("ref", "file"),
    [
        ("-x", ""), ("a..b", ""), ("a b", ""), ("x.lock", ""), ("+refs/*:refs/*", ""), ("a//b", ""),
        ("", "../x.json"), ("", "/x.json"), ("", "x.txt"), ("", "-x.json"), ("", ".git/x.json"),
        ("", ":x.json"),
    ],
)  # fmt: skip
def test_a_branch_or_file_that_is_none_is_refused(ref: str, file: str) -> None:
    with pytest.raises(UsageError):
        source_of("https://git.acme.example/x.git", ref, file)


def test_only_a_repository_has_branches_and_an_https_file_no_other_file() -> None:
    with pytest.raises(UsageError, match="branches"):
        source_of("https://acme.example/x.json", "main")
    with pytest.raises(UsageError, match="the file itself"):
        source_of("https://acme.example/x.json", "", "y.json")


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    for each in (text, f"https://{text}", f"ssh://{text}", f"git@{text}", f"https://acme.example/{text}"):
        try:
            source = source_of(each)
        except UsageError:
            continue
        assert not source.address.startswith("-")
        assert not source.host.startswith("-")


# A directory -----------------------------------------------------------------------------------------------


def _fetch(directory: Path, mark: str = "") -> Fetched | Unchanged:
    return fetch(source_of(str(directory)), mark, {}, Limits())


def test_a_directory_gives_the_file_and_its_signature(tmp_path: Path) -> None:
    (tmp_path / CATALOG).write_bytes(b"{}")
    first = _fetch(tmp_path)
    assert isinstance(first, Fetched)
    assert (first.data, first.signature) == (b"{}", None)
    assert _fetch(tmp_path, first.mark) == Unchanged(first.mark)
    (tmp_path / f"{CATALOG}.minisig").write_bytes(b"signed")
    second = _fetch(tmp_path, first.mark)
    assert isinstance(second, Fetched)
    assert second.signature == b"signed"


def test_a_share_that_is_not_mounted_is_no_withdrawn_catalog(tmp_path: Path) -> None:
    """Profiles would be marked as withdrawn each time the VPN is off."""
    with pytest.raises(FetchError) as caught:
        _fetch(tmp_path / "share")
    assert caught.value.why == "unreachable"
    with pytest.raises(FetchError) as caught:
        _fetch(tmp_path)
    assert caught.value.why == "withdrawn"
    assert str(caught.value.of("acme", "43, 2 days old").hint).startswith(
        "What you have (43, 2 days old) goes on."
    )


def refused_at_once(tmp_path: Path) -> bool:
    """Also: that a follower is not told to move away what lies on somebody else's share."""
    with pytest.raises(FetchError) as caught:
        _fetch(tmp_path)
    assert "Tell its publisher" in caught.value.hint
    return caught.value.why == "refused"


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes among files there")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / CATALOG)
    assert refused_at_once(tmp_path)


def test_a_directory_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / CATALOG).mkdir()
    assert refused_at_once(tmp_path)


def test_what_is_too_large_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / CATALOG).write_bytes(b"x" * 5_000_000)
    assert refused_at_once(tmp_path)


@pytest.fixture
def place(tmp_path: Path) -> ManagedPlace:
    catalogs = tmp_path / "catalogs"
    (catalogs / "acme").mkdir(parents=True)
    (catalogs / "acme" / CATALOG).write_bytes(b"{}")
    return ManagedPlace(str(catalogs), own_number(), str(tmp_path))


def test_a_catalog_of_the_administrators_is_managed(place: ManagedPlace) -> None:
    assert [source.address for source in managed_sources([place])] == [f"{place.directory}/acme"]
    assert not is_managed(source_of("https://acme.example/x.json"), [place])


@pytest.mark.parametrize("part", ["", "acme", f"acme/{CATALOG}", f"acme/{CATALOG}.minisig"])
def test_one_that_others_may_write_is_not(place: ManagedPlace, part: str) -> None:
    """It would be accepted unasked, whoever has written it."""
    at = Path(place.directory, part)
    if not at.exists():
        at.write_bytes(b"")
    at.chmod(at.stat().st_mode | stat.S_IWOTH)
    assert managed_sources([place]) == []


def test_a_link_to_a_file_of_others_is_not_managed(place: ManagedPlace, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o777)
    theirs.chmod(0o777)
    (theirs / CATALOG).write_bytes(b"{}")
    file = Path(place.directory, "acme", CATALOG)
    file.unlink()
    file.symlink_to(theirs / CATALOG)
    assert managed_sources([place]) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a script in git's place")
def test_git_is_told_to_hold_nothing_large_in_memory(tmp_path: Path) -> None:
    """500 MB of zeros come as 500 kB, within all limits; unpacked, they would be held in memory whole."""
    said = tmp_path / "said"
    (tmp_path / "git").write_text(f'#!/bin/sh\necho "$@" >> {said}\n! echo "$@" | grep -q rev-parse\n')
    (tmp_path / "git").chmod(0o755)
    with pytest.raises(FetchError):
        fetch(source_of("https://git.acme.example/pkcc.git"), "", {"PATH": f"{tmp_path}:/bin"})
    fetched = [line for line in said.read_text().splitlines() if " fetch " in line]
    assert ["-c core.bigFileThreshold=1m" in line for line in fetched] == [True]
