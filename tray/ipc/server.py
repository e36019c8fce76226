"""The running tray's side of the conversation with commands: greet, read one line, answer one line.

It serves its own user's processes only, as the kernel tells them apart. A client that sends too much, too
slowly or nonsense is dropped, and at most 16 are served at once: so the worst that a broken program of the
user's can do is to make commands work alone. No answer but that to `key` holds a secret, and nothing that
came in or goes out is ever logged.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

from profiles.base.errors import NotUnlockedError, PkccError, StrangerError
from profiles.base.text import os_reason
from profiles.files.json_documents import compact, json_or_none
from tray.ipc.address import ASKING, MAX_LINE, PROTOCOL, TALK_LIMIT_S, WORKING, make_run_directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from tray.ipc.client import Connection

    Handler = Callable[[dict[str, str]], dict[str, Any]]

_log = logging.getLogger("pkcc-tray")
MAX_SERVED = 16
SIGN_OF_LIFE_S = 1.0
_LAST_ANSWERS_S = 0.5
_PAUSE_S = 0.5  # when there are no descriptors or threads left


class Listener(Protocol):
    """Where connections come from, over a Unix socket or a pipe."""

    def accept(self, limit_s: float) -> Connection | None:
        """The next connection, to be over `limit_s` from now; None once closed. Raises OSError."""

    def close(self) -> None:
        """Stop, from any thread."""

    def dispose(self) -> None:
        """Free what is left, by the thread that accepts."""


class DeclinedError(Exception):
    """A handler raises it for a request that the command is to do itself: another case, not a fault."""


class Server:
    """Answers requests at `target` (see `ipc.address.address`) until `stop`.

    `handler` gets the request, an object with `do` and that request's fields, in a thread of the
    connection, several at a time; it returns `text` to print and `notes`, lines, both of which may be
    missing. What it raises is answered as "not ok". While it takes long, the sender hears so; `asking`
    says whether that is because a keyring asks its user.
    """

    def __init__(
        self, target: str, greeting: bytes, handler: Handler, asking: Callable[[], bool] = lambda: False
    ) -> None:
        """Listen. Only for the holder of the single-instance lock. Raises PkccError where it cannot be."""
        self._greeting = greeting
        self._handler = handler
        self._asking = asking
        self._slots = threading.BoundedSemaphore(MAX_SERVED)
        self._stopped = threading.Event()
        self._listener = listen(target)
        self._thread = threading.Thread(target=self._accept, name="ipc", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests; those under way (`quit` itself may be one) get half a second to be answered.

        Not for a handler to call: it would wait for its own answer.
        """
        if self._stopped.is_set():
            return
        self._stopped.set()
        self._listener.close()
        if self._thread.is_alive():
            self._thread.join(TALK_LIMIT_S)
        deadline = time.monotonic() + _LAST_ANSWERS_S
        for _ in range(MAX_SERVED):
            if not self._slots.acquire(timeout=max(deadline - time.monotonic(), 0)):
                break

    def _accept(self) -> None:
        try:
            while not self._stopped.is_set():
                try:
                    connection = self._listener.accept(TALK_LIMIT_S)
                except OSError as error:
                    _log.warning("commands cannot reach the tray for now: %s", os_reason(error))
                    self._stopped.wait(_PAUSE_S)
                    continue
                if connection is None:
                    return
                self._serve(connection)
        finally:
            self._listener.dispose()

    def _serve(self, connection: Connection) -> None:
        if not connection.is_own_user():
            _log.warning("another user's process tried to talk to the tray, and was refused")
            connection.close()
        elif not self._slots.acquire(blocking=False):
            connection.close()
        else:
            try:
                threading.Thread(target=self._talk, args=(connection,), name="ipc-talk", daemon=True).start()
            except RuntimeError:  # no more threads: the silence says so
                self._slots.release()
                connection.close()

    def _talk(self, connection: Connection) -> None:
        try:
            with suppress(OSError):  # a client that hangs, or went away, is dropped
                connection.write(self._greeting)
                line = connection.read_line(MAX_LINE)
                request = _parse(line)
                # One that is no longer waited for was done by its sender itself, perhaps long ago.
                if request is None or not connection.is_open():
                    return
                with _SignsOfLife(connection, self._asking):
                    answer = _encode(self._answer(request))
                connection.deadline = max(connection.deadline, time.monotonic() + TALK_LIMIT_S)
                connection.write(answer)
        finally:
            connection.close()
            self._slots.release()

    def _answer(self, request: dict[str, str]) -> dict[str, Any]:
        try:
            answer = self._handler(request)
        except DeclinedError as declined:
            return {"v": PROTOCOL, "ok": False, "why": str(declined)}
        except (StrangerError, NotUnlockedError) as error:  # alone, the command would ask the user once more
            refusal = {"code": str(error.exit_code), "refused": error.title, "hint": error.hint}
            return {"v": PROTOCOL, "ok": False, **refusal}
        except PkccError as error:
            return {"v": PROTOCOL, "ok": False, "why": error.title}
        except Exception as error:  # noqa: BLE001 - a fault must not end the serving; its text is not kept
            _log.error("a fault while answering a command: %s", type(error).__name__)
            return {"v": PROTOCOL, "ok": False, "why": type(error).__name__}
        text, notes = answer.get("text", ""), "\n".join(answer.get("notes", ()))
        return {"v": PROTOCOL, "ok": True, "text": text, "notes": notes}


class _SignsOfLife:
    """Within it, the sender of a request hears once a second that its answer takes long."""

    def __init__(self, connection: Connection, asking: Callable[[], bool]) -> None:
        self._connection = connection
        self._asking = asking
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="ipc-wait", daemon=True)

    def __enter__(self) -> None:
        with suppress(RuntimeError):  # no more threads: it then gives us up after its usual limit
            self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()  # so that the answer is a line of its own

    def _tell(self) -> None:
        with suppress(OSError):  # it went away: what is done for it is done
            while not self._over.wait(SIGN_OF_LIFE_S):
                self._connection.deadline = time.monotonic() + TALK_LIMIT_S
                self._connection.write(ASKING if self._asking() else WORKING)


def listen(target: str) -> Listener:
    """A listener there. Raises PkccError where there cannot be one."""
    try:
        if sys.platform == "win32":
            from tray.ipc import windows_pipe as _windows_pipe

            return _windows_pipe.Listener(target)
        from tray.ipc import unix_listener as _unix_listener

        make_run_directory(os.path.dirname(target))
        return _unix_listener.Listener(target)
    except OSError as error:
        raise PkccError(
            f"Commands cannot reach the tray: {target} cannot be made: {os_reason(error)}",
            "Everything else works; move away what lies there, then start pkcc-tray again.",
        ) from None


def _parse(line: bytes | None) -> dict[str, str] | None:
    """The request's fields, all of them text; None for anything else."""
    request = json_or_none(line or b"")
    if not isinstance(request, dict) or request.pop("v", None) != PROTOCOL or "do" not in request:
        return None
    return request if all(isinstance(value, str) for value in request.values()) else None


def _encode(answer: dict[str, Any]) -> bytes:
    data = compact(answer) + b"\n"
    if len(data) > MAX_LINE:
        return b'{"v":%d,"ok":false,"why":"too long"}\n' % PROTOCOL
    return data
