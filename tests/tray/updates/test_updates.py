"""The new-version notice: what is sent, what is believed, how often, and that nothing can hold or harm us."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from unittest import mock

import pytest
from support.gateway.release_site import KEYS, NEWER, OTHER_KEYS, SUMS, Site, public, signed
from support.missing import missing

from profiles.base.locations import Locations, find_locations
from profiles.files.preferences import preferences_path, save_preference
from tray.updates import update_watch as updates
from tray.updates.signed_release import Source, UntrustedError, is_newer, official, signed_version
from tray.updates.update_watch import DAY_S, UpdateWatch, ask, newer_known, tell_once

NOW = 1_800_000_000.0
LIMIT_S = 10.0


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    return find_locations({"HOME": str(tmp_path)}, str(tmp_path / "own"), str(tmp_path / "settings.json"))


def asked(locations: Locations, site: Site, now: float = NOW, limit_s: float = LIMIT_S) -> str:
    return ask(locations, site.source, limit_s, lambda: now)


# What is asked, and how often -----------------------------------------------------------------------------


def test_a_new_version_is_found_and_the_request_tells_nothing_of_who_asks(
    locations: Locations, site: Site
) -> None:
    assert asked(locations, site) == NEWER
    assert newer_known(locations) == NEWER
    host = site.source.url.split("/")[2]
    only = {"Accept-Encoding": "identity", "Host": host, "Connection": "close"}
    assert site.requests == [("/download/SHA256SUMS", only), ("/download/SHA256SUMS.minisig", only)]


@pytest.mark.parametrize("version", ["0.0.1", "0.1.0"])
def test_an_older_or_the_same_version_is_no_news(locations: Locations, site: Site, version: str) -> None:
    site.offer(version)
    assert asked(locations, site) == ""


def test_a_day_passes_before_it_asks_again_and_a_failure_counts(locations: Locations, site: Site) -> None:
    site.answers["SHA256SUMS"] = b"tampered"
    assert asked(locations, site) == ""
    site.answers["SHA256SUMS"] = SUMS
    site.requests.clear()
    assert asked(locations, site, NOW + DAY_S - 1) == ""
    assert site.requests == []
    assert asked(locations, site, NOW + DAY_S) == NEWER
    assert len(site.requests) == 2


def test_the_clock_set_back_by_years_does_not_end_the_asking(locations: Locations, site: Site) -> None:
    asked(locations, site, NOW + 1000 * DAY_S)
    asked(locations, site, NOW)
    assert len(site.requests) == 4


def test_the_tray_and_many_doctors_at_once_ask_once(locations: Locations, site: Site) -> None:
    threads = [threading.Thread(target=asked, args=(locations, site)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(site.requests) == 2


def test_switched_off_nothing_is_sent_and_nothing_is_offered(locations: Locations, site: Site) -> None:
    assert asked(locations, site) == NEWER
    site.requests.clear()
    save_preference(preferences_path(locations), "check_for_updates", "off")
    assert asked(locations, site, NOW + 2 * DAY_S) == ""
    assert newer_known(locations) == ""
    assert site.requests == []


def test_a_wish_that_cannot_be_read_is_taken_for_no(locations: Locations, site: Site) -> None:
    save_preference(preferences_path(locations), "check_for_updates", "off")
    Path(preferences_path(locations)).write_text('{"check_for_updates": off}')
    assert asked(locations, site) == ""
    assert site.requests == []


def test_a_build_without_a_key_asks_nobody(locations: Locations) -> None:
    with (
        mock.patch("tray.updates.signed_release.REPOSITORY", "someone/pkcc-tray"),
        mock.patch("tray.updates.signed_release.PUBLIC_KEY", ""),
    ):
        assert official() is None
        assert ask(locations) == ""
    assert not Path(locations.state_dir).exists()


def test_the_official_place_is_asked_over_https_only() -> None:
    with (
        mock.patch("tray.updates.signed_release.REPOSITORY", "someone/pkcc-tray"),
        mock.patch("tray.updates.signed_release.PUBLIC_KEY", public(KEYS)),
    ):
        source = official()
    assert source is not None
    assert source.url == "https://github.com/someone/pkcc-tray/releases/latest/download"


# What is believed -----------------------------------------------------------------------------------------


def test_a_tampered_list_is_not_believed(locations: Locations, site: Site) -> None:
    site.answers["SHA256SUMS"] = SUMS.replace(b"0", b"1")
    assert asked(locations, site) == ""


def test_another_key_is_not_believed(locations: Locations, site: Site) -> None:
    site.answers["SHA256SUMS.minisig"] = signed(keys=OTHER_KEYS)
    assert asked(locations, site) == ""


def test_a_key_that_only_bears_our_keys_number_is_not_believed() -> None:
    lines = signed(keys=OTHER_KEYS).splitlines()
    number = b64decode(public(KEYS))[2:10]
    signature = b64decode(lines[1])
    lines[1] = b64encode(signature[:2] + number + signature[10:])
    with pytest.raises(UntrustedError, match="does not fit"):
        signed_version(SUMS, b"\n".join(lines), public(KEYS))


def test_an_old_signature_cannot_be_given_a_new_version() -> None:
    old = signed(comment="pkcc-tray 0.0.9")
    with pytest.raises(UntrustedError, match="does not fit"):
        signed_version(SUMS, old.replace(b"0.0.9", b"9.0.9"), public(KEYS))
    mixed = old.splitlines()[:2] + signed(b"another file").splitlines()[2:]
    with pytest.raises(UntrustedError, match="does not fit"):
        signed_version(SUMS, b"\n".join(mixed), public(KEYS))


@pytest.mark.parametrize(
    "comment",
    ["other-tool 9.0.0", "pkcc-tray 9.0", "pkcc-tray 9.0.0rc1", "x pkcc-tray 9.0.0", "pkcc-tray 9.0.0 "],
)
def test_our_key_on_something_else_is_no_new_version(comment: str) -> None:
    with pytest.raises(UntrustedError, match="something else"):
        signed_version(SUMS, signed(comment=comment), public(KEYS))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: b"",
        lambda text: b"<!DOCTYPE html><p>Sign in to the network</p>",
        lambda text: text[: len(text) // 2],
        lambda text: text + b"more\n",
        lambda text: text.replace(b"\n", b"=\n", 2),
        lambda text: b"\xff\xfe" * 500,
    ],
)
def test_what_is_no_signature_is_refused_in_a_word(damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(UntrustedError):
        signed_version(SUMS, damage(signed()), public(KEYS))


def test_a_replayed_older_release_takes_a_newer_one_not_back(locations: Locations, site: Site) -> None:
    assert asked(locations, site) == NEWER
    site.offer("8.0.0")
    assert asked(locations, site, NOW + DAY_S) == NEWER
    assert len(site.requests) == 4


def test_versions_are_compared_as_numbers() -> None:
    assert is_newer("0.10.0", "0.9.9")
    assert not is_newer("0.9.9", "0.10.0")
    assert not is_newer("1.0.0", "1.0.0")
    assert not is_newer("", "0.0.1")
    assert not is_newer("junk", "0.0.1")


def test_minisign_itself_and_we_believe_the_same(tmp_path: Path) -> None:
    """A user who verifies a download by hand relies on it."""
    if shutil.which("minisign") is None:
        missing("minisign")
    (tmp_path / "SHA256SUMS").write_bytes(SUMS)
    run = ["minisign", "-Gf", "-W", "-p", "key.pub", "-s", "key.sec"]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)
    run = ["minisign", "-S", "-s", "key.sec", "-t", f"pkcc-tray {NEWER}", "-m", "SHA256SUMS"]
    subprocess.run(run, cwd=tmp_path, check=True, capture_output=True)
    key = (tmp_path / "key.pub").read_text().splitlines()[1]
    assert signed_version(SUMS, (tmp_path / "SHA256SUMS.minisig").read_bytes(), key) == NEWER
    (tmp_path / "SHA256SUMS.minisig").write_bytes(signed())
    check = ["minisign", "-V", "-P", public(KEYS), "-m", "SHA256SUMS"]
    subprocess.run(check, cwd=tmp_path, check=True, capture_output=True)


# What an answer cannot do ---------------------------------------------------------------------------------


def test_a_huge_answer_is_left_where_it_is(locations: Locations, site: Site) -> None:
    sent, ended = [], threading.Event()

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        with suppress(OSError):
            while len(sent) < 300:  # more than the sockets hold
                handler.wfile.write(b"x" * 65536)
                sent.append(1)
        ended.set()

    site.answer = endless
    assert asked(locations, site) == ""
    assert ended.wait(LIMIT_S)
    assert len(sent) < 300, "all of it was taken"
    assert len(site.requests) == 1


@contextmanager
def silent() -> Iterator[tuple[Source, threading.Event]]:
    """A server that takes the connection and drips a header, a byte at a time, for seconds."""
    done = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(250):  # about 5 s
                if done.wait(0.02):
                    return
                try:
                    connection.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield Source(f"http://127.0.0.1:{listener.getsockname()[1]}", public(KEYS)), done
    finally:
        done.set()
        thread.join()
        listener.close()


def test_an_answer_that_drips_forever_is_given_up(locations: Locations) -> None:
    with silent() as (source, _done):
        before = time.monotonic()
        assert ask(locations, source, 0.3, lambda: NOW) == ""
        assert time.monotonic() - before < 3


def test_a_body_that_drips_forever_is_given_up(locations: Locations, site: Site) -> None:
    ended = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b"x")
                time.sleep(0.01)
        except OSError:
            ended.set()

    site.answer = drip
    assert asked(locations, site, limit_s=0.3) == ""
    assert ended.wait(LIMIT_S), "the connection was left open"


@pytest.mark.parametrize("scheme", ["https", "ftp"])
def test_a_redirection_to_another_scheme_is_not_followed(
    locations: Locations, site: Site, scheme: str
) -> None:
    """From https to http it would be read, and answered, by anybody on the way."""
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:

        def redirect(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", f"{scheme}://127.0.0.1:{elsewhere.getsockname()[1]}/x")
            handler.end_headers()

        site.answer = redirect
        assert asked(locations, site, limit_s=2) == ""
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


@pytest.mark.parametrize("status", [404, 403, 500, 302])
def test_an_error_is_no_news(locations: Locations, site: Site, status: int) -> None:
    def fail(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.end_headers()

    site.answer = fail
    assert asked(locations, site) == ""


def test_no_network_is_no_news(locations: Locations) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert ask(locations, Source(f"http://127.0.0.1:{port}", public(KEYS)), LIMIT_S, lambda: NOW) == ""


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"asked_at": "x"}', '{"newest": 9}', '{"more": 1}', "[" * 100_000]
)
def test_a_damaged_record_costs_a_request_and_nothing_more(
    locations: Locations, site: Site, text: str
) -> None:
    Path(locations.state_dir).mkdir(parents=True)
    (Path(locations.state_dir) / "updates.json").write_text(text)
    assert asked(locations, site) == NEWER


# The tray's part ------------------------------------------------------------------------------------------


def test_the_watch_tells_of_a_new_version_and_ends_when_it_is_stopped(
    locations: Locations, site: Site
) -> None:
    told: list[str] = []
    heard = threading.Event()

    def on_newer(version: str) -> None:
        told.append(version)
        heard.set()

    watch = UpdateWatch(locations, on_newer, site.source, first_s=0)
    watch.start()
    assert heard.wait(LIMIT_S)
    watch.stop()
    (thread,) = [thread for thread in threading.enumerate() if thread.name == "updates"] or [None]
    if thread is not None:
        thread.join(LIMIT_S)
        assert not thread.is_alive()
    assert told == [NEWER]


def test_the_line_goes_when_the_preference_is_switched_off(locations: Locations, site: Site) -> None:
    told: list[str] = []
    heard = threading.Semaphore(0)

    def on_newer(version: str) -> None:
        told.append(version)
        save_preference(preferences_path(locations), "check_for_updates", "off")
        heard.release()

    with mock.patch.object(updates, "AGAIN_S", 0.01):
        watch = UpdateWatch(locations, on_newer, site.source, first_s=0)
        watch.start()
        assert heard.acquire(timeout=LIMIT_S)
        assert heard.acquire(timeout=LIMIT_S)
        watch.stop()
    assert told == [NEWER, ""]
    assert len(site.requests) == 2


def test_a_version_is_told_once_also_over_restarts(locations: Locations, site: Site) -> None:
    asked(locations, site)
    assert tell_once(locations, NEWER)
    assert not tell_once(locations, NEWER)
    record = json.loads((Path(locations.state_dir) / "updates.json").read_text())
    assert record == {"asked_at": NOW, "newest": NEWER, "told": NEWER}
