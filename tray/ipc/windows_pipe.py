"""Named pipes: the transport to a running tray on Windows. Importable anywhere, usable there only.

A pipe's name is everybody's, so each side makes sure who the other one is: the pipe's access list lets in its
owner alone and no other computer, the server insists on being the name's first maker, and both compare the
user (SID) of the process at the other end with their own.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    from tray.ipc import windows_calls as api
    from tray.ipc.address import next_line

    class Connection:
        """One end of a conversation. Every wait counts against `deadline`, in `time.monotonic()` seconds."""

        def __init__(self, handle: int, deadline: float, *, serving: bool) -> None:
            self._handle = handle
            self._serving = serving
            self._rest = b""
            self.deadline = deadline

        def is_own_user(self) -> bool:
            """Whether the process at the other end runs as the user we run as."""
            pid = wintypes.DWORD()
            ask = api.client_pid if self._serving else api.server_pid
            try:
                known = bool(ask(self._handle, ctypes.byref(pid)))
                return known and api.user_of(pid.value) == api.user_of(None)
            except OSError:
                return False

        def read_line(self, limit: int) -> bytes | None:
            """One line with its end, at most `limit` bytes; None when the other end closed, or sent more.

            Raises TimeoutError after the deadline, OSError as the pipe does.
            """
            line, self._rest = next_line(self._rest, limit, self._receive)
            return line

        def _receive(self) -> bytes:
            buffer = ctypes.create_string_buffer(api.BUFFER)
            try:
                count = self._transfer(api.read_file, buffer, api.BUFFER)  # first: `raw` is a copy
            except BrokenPipeError:
                return b""
            return buffer.raw[:count]

        def write(self, data: bytes) -> None:
            """Send all of it. Raises TimeoutError after the deadline, OSError when the other end is gone."""
            while data:
                buffer = ctypes.create_string_buffer(data, len(data))
                count = self._transfer(api.write_file, buffer, len(data))
                data = data[count:]

        def is_open(self) -> bool:
            """Whether the other end is still there: it waits for the answer."""
            return bool(api.peek(self._handle, None, 0, None, None, None))

        def close(self) -> None:
            """End the conversation; what was written can still be read."""
            if self._handle:
                api.close_handle(self._handle)
                self._handle = 0

        def _transfer(self, action: Any, buffer: Any, size: int) -> int:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            with api.Event() as event:
                overlapped = api.Overlapped(hEvent=event.handle)
                if not action(self._handle, buffer, size, None, ctypes.byref(overlapped)):
                    if ctypes.get_last_error() != api.PENDING:
                        raise api.error()
                    if not event.wait(left):
                        api.cancel(self._handle, ctypes.byref(overlapped))
                        # The buffer must not go before the system has let go of it.
                        api.get_result(self._handle, ctypes.byref(overlapped), api.scratch(), True)
                        raise TimeoutError
                count = wintypes.DWORD()
                if not api.get_result(self._handle, ctypes.byref(overlapped), ctypes.byref(count), True):
                    raise api.error()
                return count.value

    class Listener:
        """Listens under a name that nobody else may have made before."""

        def __init__(self, name: str) -> None:
            """Make the pipe. Raises OSError, when another process has the name among others."""
            self._name = name
            self._closed = api.Event()
            self._next = self._make(api.FIRST_INSTANCE)

        def accept(self, limit_s: float) -> Connection | None:
            """The next connection, its deadline `limit_s` from now; waits for it, idle. None once closed."""
            if not self._next:
                self._next = self._make(0)
            with api.Event() as event:
                overlapped = api.Overlapped(hEvent=event.handle)
                if not api.connect_pipe(self._next, ctypes.byref(overlapped)):
                    code = ctypes.get_last_error()
                    if code == api.PENDING:
                        if not event.wait_either(self._closed):
                            api.cancel(self._next, ctypes.byref(overlapped))
                            api.get_result(self._next, ctypes.byref(overlapped), api.scratch(), True)
                            return None
                    elif code != api.CONNECTED:
                        api.close_handle(self._next)
                        self._next = 0
                        raise api.error()
            handle, self._next = self._next, 0
            # The next instance is made first: with none at all another process could take the name.
            with suppress(OSError):  # it is tried again by the next call
                self._next = self._make(0)
            return Connection(handle, time.monotonic() + limit_s, serving=True)

        def close(self) -> None:
            """Stop, from any thread; `accept` then returns None."""
            api.set_event(self._closed.handle)

        def dispose(self) -> None:
            """Free what is left: after `accept` returned None, by its thread."""
            if self._next:
                api.close_handle(self._next)
                self._next = 0
            self._closed.close()

        def _make(self, more: int) -> int:
            descriptor = ctypes.c_void_p()
            # Protected (nothing inherited), everything for this user, nothing for anybody else.
            rights = f"D:P(A;;GA;;;{api.user_of(None)})"
            if not api.text_to_descriptor(rights, 1, ctypes.byref(descriptor), None):
                raise api.error()
            try:
                attributes = api.SecurityAttributes(
                    ctypes.sizeof(api.SecurityAttributes), descriptor.value, False
                )
                handle = api.create_pipe(
                    self._name, api.DUPLEX | api.OVERLAPPED | more, api.REJECT_REMOTE, api.INSTANCES,
                    api.BUFFER, api.BUFFER, 0, ctypes.byref(attributes),
                )  # fmt: skip
                if handle == api.INVALID:
                    raise api.error()
                return int(handle)
            finally:
                api.local_free(descriptor)

    def connect(name: str, deadline: float) -> Connection:
        """A connection to what listens there. Raises OSError."""
        while True:
            handle = api.create_file(
                name, api.READ_WRITE, 0, None, api.OPEN_EXISTING, api.OVERLAPPED | api.IDENTIFICATION, None
            )
            if handle != api.INVALID:
                return Connection(int(handle), deadline, serving=False)
            if ctypes.get_last_error() != api.BUSY or time.monotonic() > deadline:
                raise api.error()
            time.sleep(0.005)  # the server is about to make its next instance

else:

    def connect(name: str, deadline: float) -> Any:
        """Windows only."""
        raise NotImplementedError(name, deadline)

    def Listener(name: str) -> Any:  # noqa: N802 - stands for the class
        """Windows only."""
        raise NotImplementedError(name)
