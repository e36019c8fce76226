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

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)

    # Values from winbase.h, winnt.h and winerror.h.
    _DUPLEX, _OVERLAPPED, _FIRST_INSTANCE = 0x3, 0x40000000, 0x00080000
    _REJECT_REMOTE = 0x8  # byte mode, blocking, are zero
    _INSTANCES, _BUFFER = 64, 64 * 1024
    _READ_WRITE, _OPEN_EXISTING = 0xC0000000, 3
    _IDENTIFICATION = 0x00110000  # SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION: nobody acts in our name
    _PENDING, _CONNECTED, _BUSY = 997, 535, 231
    _WAIT_OBJECT_0, _WAIT_TIMEOUT, _INFINITE = 0, 258, 0xFFFFFFFF
    _QUERY_LIMITED, _TOKEN_QUERY, _TOKEN_USER = 0x1000, 0x8, 1
    _INVALID = wintypes.HANDLE(-1).value

    class _Overlapped(ctypes.Structure):
        _fields_ = (
            ("Internal", ctypes.c_void_p),
            ("InternalHigh", ctypes.c_void_p),
            ("Offset", wintypes.DWORD),
            ("OffsetHigh", wintypes.DWORD),
            ("hEvent", wintypes.HANDLE),
        )

    class _SecurityAttributes(ctypes.Structure):
        _fields_ = (
            ("nLength", wintypes.DWORD),
            ("lpSecurityDescriptor", ctypes.c_void_p),
            ("bInheritHandle", wintypes.BOOL),
        )

    def _declare(library: Any, name: str, result: Any, *arguments: Any) -> Any:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
        return function

    _H, _D, _P = wintypes.HANDLE, wintypes.DWORD, ctypes.c_void_p
    _create_pipe = _declare(_kernel32, "CreateNamedPipeW", _H, wintypes.LPCWSTR, _D, _D, _D, _D, _D, _D, _P)
    _connect_pipe = _declare(_kernel32, "ConnectNamedPipe", wintypes.BOOL, _H, _P)
    _peek = _declare(_kernel32, "PeekNamedPipe", wintypes.BOOL, _H, _P, _D, _P, _P, _P)
    _client_pid = _declare(_kernel32, "GetNamedPipeClientProcessId", wintypes.BOOL, _H, _P)
    _server_pid = _declare(_kernel32, "GetNamedPipeServerProcessId", wintypes.BOOL, _H, _P)
    _create_file = _declare(_kernel32, "CreateFileW", _H, wintypes.LPCWSTR, _D, _D, _P, _D, _D, _H)
    _read_file = _declare(_kernel32, "ReadFile", wintypes.BOOL, _H, _P, _D, _P, _P)
    _write_file = _declare(_kernel32, "WriteFile", wintypes.BOOL, _H, _P, _D, _P, _P)
    _get_result = _declare(_kernel32, "GetOverlappedResult", wintypes.BOOL, _H, _P, _P, wintypes.BOOL)
    _cancel = _declare(_kernel32, "CancelIoEx", wintypes.BOOL, _H, _P)
    _create_event = _declare(
        _kernel32, "CreateEventW", _H, _P, wintypes.BOOL, wintypes.BOOL, wintypes.LPCWSTR
    )
    _set_event = _declare(_kernel32, "SetEvent", wintypes.BOOL, _H)
    _wait_many = _declare(_kernel32, "WaitForMultipleObjects", _D, _D, _P, wintypes.BOOL, _D)
    _close_handle = _declare(_kernel32, "CloseHandle", wintypes.BOOL, _H)
    _open_process = _declare(_kernel32, "OpenProcess", _H, _D, wintypes.BOOL, _D)
    _this_process = _declare(_kernel32, "GetCurrentProcess", _H)
    _local_free = _declare(_kernel32, "LocalFree", _P, _P)
    _open_token = _declare(_advapi32, "OpenProcessToken", wintypes.BOOL, _H, _D, _P)
    _token_information = _declare(
        _advapi32, "GetTokenInformation", wintypes.BOOL, _H, ctypes.c_int, _P, _D, _P
    )
    _sid_to_text = _declare(_advapi32, "ConvertSidToStringSidW", wintypes.BOOL, _P, _P)
    _text_to_descriptor = _declare(
        _advapi32, "ConvertStringSecurityDescriptorToSecurityDescriptorW",
        wintypes.BOOL, wintypes.LPCWSTR, _D, _P, _P,
    )  # fmt: skip

    def _error() -> OSError:
        return ctypes.WinError(ctypes.get_last_error())

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
            ask = _client_pid if self._serving else _server_pid
            try:
                return bool(ask(self._handle, ctypes.byref(pid))) and _user_of(pid.value) == _user_of(None)
            except OSError:
                return False

        def read_line(self, limit: int) -> bytes | None:
            """One line with its end, at most `limit` bytes; None when the other end closed, or sent more.

            Raises TimeoutError after the deadline, OSError as the pipe does.
            """
            data = bytearray()
            more = self._rest
            while b"\n" not in more:
                data += more
                if len(data) >= limit:
                    return None
                buffer = ctypes.create_string_buffer(_BUFFER)
                try:
                    count = self._transfer(_read_file, buffer, _BUFFER)
                except BrokenPipeError:
                    return None
                if not count:
                    return None
                more = buffer.raw[:count]
            end, newline, self._rest = more.partition(b"\n")
            data += end + newline
            return bytes(data) if len(data) <= limit else None

        def write(self, data: bytes) -> None:
            """Send all of it. Raises TimeoutError after the deadline, OSError when the other end is gone."""
            while data:
                count = self._transfer(_write_file, ctypes.create_string_buffer(data, len(data)), len(data))
                data = data[count:]

        def is_open(self) -> bool:
            """Whether the other end is still there: it waits for the answer."""
            return bool(_peek(self._handle, None, 0, None, None, None))

        def close(self) -> None:
            """End the conversation; what was written can still be read."""
            if self._handle:
                _close_handle(self._handle)
                self._handle = 0

        def _transfer(self, action: Any, buffer: Any, size: int) -> int:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            with _Event() as event:
                overlapped = _Overlapped(hEvent=event.handle)
                if not action(self._handle, buffer, size, None, ctypes.byref(overlapped)):
                    if ctypes.get_last_error() != _PENDING:
                        raise _error()
                    if not event.wait(left):
                        _cancel(self._handle, ctypes.byref(overlapped))
                        # The buffer must not go before the system has let go of it.
                        _get_result(self._handle, ctypes.byref(overlapped), _scratch(), True)
                        raise TimeoutError
                count = wintypes.DWORD()
                if not _get_result(self._handle, ctypes.byref(overlapped), ctypes.byref(count), True):
                    raise _error()
                return count.value

    class Listener:
        """Listens under a name that nobody else may have made before."""

        def __init__(self, name: str) -> None:
            """Make the pipe. Raises OSError, when another process has the name among others."""
            self._name = name
            self._closed = _Event()
            self._next = self._make(_FIRST_INSTANCE)

        def accept(self, limit_s: float) -> Connection | None:
            """The next connection, its deadline `limit_s` from now; waits for it, idle. None once closed."""
            if not self._next:
                self._next = self._make(0)
            with _Event() as event:
                overlapped = _Overlapped(hEvent=event.handle)
                if not _connect_pipe(self._next, ctypes.byref(overlapped)):
                    code = ctypes.get_last_error()
                    if code == _PENDING:
                        if not event.wait_either(self._closed):
                            _cancel(self._next, ctypes.byref(overlapped))
                            _get_result(self._next, ctypes.byref(overlapped), _scratch(), True)
                            return None
                    elif code != _CONNECTED:
                        _close_handle(self._next)
                        self._next = 0
                        raise _error()
            handle, self._next = self._next, 0
            # The next instance is made first: with none at all another process could take the name.
            with suppress(OSError):  # it is tried again by the next call
                self._next = self._make(0)
            return Connection(handle, time.monotonic() + limit_s, serving=True)

        def close(self) -> None:
            """Stop, from any thread; `accept` then returns None."""
            _set_event(self._closed.handle)

        def dispose(self) -> None:
            """Free what is left: after `accept` returned None, by its thread."""
            if self._next:
                _close_handle(self._next)
                self._next = 0
            self._closed.close()

        def _make(self, more: int) -> int:
            descriptor = ctypes.c_void_p()
            # Protected (nothing inherited), everything for this user, nothing for anybody else.
            rights = f"D:P(A;;GA;;;{_user_of(None)})"
            if not _text_to_descriptor(rights, 1, ctypes.byref(descriptor), None):
                raise _error()
            try:
                attributes = _SecurityAttributes(ctypes.sizeof(_SecurityAttributes), descriptor.value, False)
                handle = _create_pipe(
                    self._name, _DUPLEX | _OVERLAPPED | more, _REJECT_REMOTE, _INSTANCES,
                    _BUFFER, _BUFFER, 0, ctypes.byref(attributes),
                )  # fmt: skip
                if handle == _INVALID:
                    raise _error()
                return int(handle)
            finally:
                _local_free(descriptor)

    def connect(name: str, deadline: float) -> Connection:
        """A connection to whoever listens there. Raises OSError."""
        while True:
            handle = _create_file(
                name, _READ_WRITE, 0, None, _OPEN_EXISTING, _OVERLAPPED | _IDENTIFICATION, None
            )
            if handle != _INVALID:
                return Connection(int(handle), deadline, serving=False)
            if ctypes.get_last_error() != _BUSY or time.monotonic() > deadline:
                raise _error()
            time.sleep(0.005)  # the server is about to make its next instance

    class _Event:
        """A kernel event that one waits for."""

        def __init__(self) -> None:
            self.handle = _create_event(None, True, False, None)
            if not self.handle:
                raise _error()

        def __enter__(self) -> _Event:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        def close(self) -> None:
            _close_handle(self.handle)

        def wait(self, limit_s: float) -> bool:
            """Whether it came within that time."""
            handles = (wintypes.HANDLE * 1)(self.handle)
            answer = _wait_many(1, handles, False, max(int(limit_s * 1000), 1))
            return bool(answer == _WAIT_OBJECT_0)

        def wait_either(self, other: _Event) -> bool:
            """Whether this one came, and not the other."""
            handles = (wintypes.HANDLE * 2)(self.handle, other.handle)
            return bool(_wait_many(2, handles, False, _INFINITE) == _WAIT_OBJECT_0)

    def _scratch() -> Any:
        return ctypes.byref(wintypes.DWORD())

    def _user_of(pid: int | None) -> str:
        """The SID, as text, of the user that a process runs as; ours for None. Raises OSError."""
        process = _this_process() if pid is None else _open_process(_QUERY_LIMITED, False, pid)
        if not process:
            raise _error()
        token = wintypes.HANDLE()
        try:
            if not _open_token(process, _TOKEN_QUERY, ctypes.byref(token)):
                raise _error()
            try:
                return _user_of_token(token)
            finally:
                _close_handle(token)
        finally:
            if pid is not None:
                _close_handle(process)

    def _user_of_token(token: Any) -> str:
        size = wintypes.DWORD()
        _token_information(token, _TOKEN_USER, None, 0, ctypes.byref(size))
        buffer = ctypes.create_string_buffer(size.value)
        if not _token_information(token, _TOKEN_USER, buffer, size, ctypes.byref(size)):
            raise _error()
        sid = ctypes.c_void_p.from_buffer(buffer)  # TOKEN_USER begins with the pointer to its SID
        text = wintypes.LPWSTR()
        if not _sid_to_text(sid, ctypes.byref(text)):
            raise _error()
        try:
            return str(text.value)
        finally:
            _local_free(text)

else:

    def connect(name: str, deadline: float) -> Any:
        """Windows only."""
        raise NotImplementedError(name, deadline)

    def Listener(name: str) -> Any:  # noqa: N802 - stands for the class
        """Windows only."""
        raise NotImplementedError(name)
