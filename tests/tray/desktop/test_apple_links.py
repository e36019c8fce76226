"""A link that was clicked on a Mac reaches the app as an Apple event; here a stand-in sends it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from support.desktop.status_notifier import eventually

from tray.desktop.autostart.apple_links import hear_links

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="its stand-in for us is a shell script")


class _Object:
    @classmethod
    def alloc(cls) -> Any:
        return cls()

    def init(self) -> Any:
        return self


class _Manager:
    def __init__(self) -> None:
        self.handlers: dict[tuple[bytes, bytes], tuple[object, bytes]] = {}

    def setEventHandler_andSelector_forEventClass_andEventID_(  # noqa: N802 - the system's name
        self, handler: object, selector: bytes, kind: int, event: int
    ) -> None:
        self.handlers[kind.to_bytes(4), event.to_bytes(4)] = handler, selector


class _Event:
    def __init__(self, text: str) -> None:
        self._text = text

    def paramDescriptorForKeyword_(self, keyword: int) -> Any:  # noqa: N802
        assert keyword.to_bytes(4) == b"----"
        return self

    def stringValue(self) -> str:  # noqa: N802
        return self._text


def test_our_own_command_gets_the_link_as_one_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = _Manager()
    foundation = ModuleType("Foundation")
    foundation.NSObject = _Object  # type: ignore[attr-defined]
    foundation.NSAppleEventManager = _Object  # type: ignore[attr-defined]
    _Object.sharedAppleEventManager = staticmethod(lambda: manager)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "Foundation", foundation)
    program = tmp_path / "program"
    program.write_text(
        f'#!/bin/sh\nprintf "%s|" "$@" >{tmp_path}/got.new\nmv {tmp_path}/got.new {tmp_path}/got\n'
    )
    program.chmod(0o755)
    kept = hear_links([str(program), "link", "--"], {"PATH": "/usr/bin:/bin"})
    handler, selector = manager.handlers[b"GURL", b"GURL"]
    assert handler is kept
    link = 'pkcc-tray://join?source=a"; $(id) b'
    getattr(handler, selector.decode().replace(":", "_"))(_Event(link), None)
    eventually((tmp_path / "got").exists, "our command runs")
    assert (tmp_path / "got").read_text() == f"link|--|{link}|"
