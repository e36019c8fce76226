"""The calls into Windows that named pipes need: declared, waited for, their errors raised as OSError.

Importable anywhere, with nothing in it elsewhere.
"""

from __future__ import annotations

import sys

from profiles.base.light_typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _advapi32 = ctypes.WinDLL("advapi32", use_last_error=True)

    # Values from winbase.h, winnt.h and winerror.h.
    DUPLEX, OVERLAPPED, FIRST_INSTANCE = 0x3, 0x40000000, 0x00080000
    REJECT_REMOTE = 0x8  # byte mode, blocking, are zero
    INSTANCES, BUFFER = 64, 64 * 1024
    READ_WRITE, OPEN_EXISTING = 0xC0000000, 3
    IDENTIFICATION = 0x00110000  # SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION: nobody acts in our name
    PENDING, CONNECTED, BUSY = 997, 535, 231
    _WAIT_OBJECT_0, _WAIT_TIMEOUT, _INFINITE = 0, 258, 0xFFFFFFFF
    _QUERY_LIMITED, _TOKEN_QUERY, _TOKEN_USER = 0x1000, 0x8, 1
    INVALID = wintypes.HANDLE(-1).value

    class Overlapped(ctypes.Structure):
        """A call that is waited for: OVERLAPPED."""

        _fields_ = (
            ("Internal", ctypes.c_void_p),
            ("InternalHigh", ctypes.c_void_p),
            ("Offset", wintypes.DWORD),
            ("OffsetHigh", wintypes.DWORD),
            ("hEvent", wintypes.HANDLE),
        )

    class SecurityAttributes(ctypes.Structure):
        """Who may have what is made: SECURITY_ATTRIBUTES."""

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
    create_pipe = _declare(_kernel32, "CreateNamedPipeW", _H, wintypes.LPCWSTR, _D, _D, _D, _D, _D, _D, _P)
    connect_pipe = _declare(_kernel32, "ConnectNamedPipe", wintypes.BOOL, _H, _P)
    peek = _declare(_kernel32, "PeekNamedPipe", wintypes.BOOL, _H, _P, _D, _P, _P, _P)
    client_pid = _declare(_kernel32, "GetNamedPipeClientProcessId", wintypes.BOOL, _H, _P)
    server_pid = _declare(_kernel32, "GetNamedPipeServerProcessId", wintypes.BOOL, _H, _P)
    create_file = _declare(_kernel32, "CreateFileW", _H, wintypes.LPCWSTR, _D, _D, _P, _D, _D, _H)
    read_file = _declare(_kernel32, "ReadFile", wintypes.BOOL, _H, _P, _D, _P, _P)
    write_file = _declare(_kernel32, "WriteFile", wintypes.BOOL, _H, _P, _D, _P, _P)
    get_result = _declare(_kernel32, "GetOverlappedResult", wintypes.BOOL, _H, _P, _P, wintypes.BOOL)
    cancel = _declare(_kernel32, "CancelIoEx", wintypes.BOOL, _H, _P)
    _create_event = _declare(
        _kernel32, "CreateEventW", _H, _P, wintypes.BOOL, wintypes.BOOL, wintypes.LPCWSTR
    )
    set_event = _declare(_kernel32, "SetEvent", wintypes.BOOL, _H)
    _wait_many = _declare(_kernel32, "WaitForMultipleObjects", _D, _D, _P, wintypes.BOOL, _D)
    close_handle = _declare(_kernel32, "CloseHandle", wintypes.BOOL, _H)
    _open_process = _declare(_kernel32, "OpenProcess", _H, _D, wintypes.BOOL, _D)
    _this_process = _declare(_kernel32, "GetCurrentProcess", _H)
    local_free = _declare(_kernel32, "LocalFree", _P, _P)
    _open_token = _declare(_advapi32, "OpenProcessToken", wintypes.BOOL, _H, _D, _P)
    _token_information = _declare(
        _advapi32, "GetTokenInformation", wintypes.BOOL, _H, ctypes.c_int, _P, _D, _P
    )
    _sid_to_text = _declare(_advapi32, "ConvertSidToStringSidW", wintypes.BOOL, _P, _P)
    text_to_descriptor = _declare(
        _advapi32, "ConvertStringSecurityDescriptorToSecurityDescriptorW",
        wintypes.BOOL, wintypes.LPCWSTR, _D, _P, _P,
    )  # fmt: skip

    def error() -> OSError:
        """Why the last call failed."""
        return ctypes.WinError(ctypes.get_last_error())

    class Event:
        """A kernel event that one waits for."""

        def __init__(self) -> None:
            self.handle = _create_event(None, True, False, None)
            if not self.handle:
                raise error()

        def __enter__(self) -> Event:
            return self

        def __exit__(self, *_: object) -> None:
            self.close()

        def close(self) -> None:
            """Free it."""
            close_handle(self.handle)

        def wait(self, limit_s: float) -> bool:
            """Whether the event came within that time."""
            handles = (wintypes.HANDLE * 1)(self.handle)
            answer = _wait_many(1, handles, False, max(int(limit_s * 1000), 1))
            return bool(answer == _WAIT_OBJECT_0)

        def wait_either(self, other: Event) -> bool:
            """Whether this event came, and not the other."""
            handles = (wintypes.HANDLE * 2)(self.handle, other.handle)
            return bool(_wait_many(2, handles, False, _INFINITE) == _WAIT_OBJECT_0)

    def scratch() -> Any:
        """A place for a number that nobody wants."""
        return ctypes.byref(wintypes.DWORD())

    def user_of(pid: int | None) -> str:
        """The SID, as text, of the user that a process runs as; ours for None. Raises OSError."""
        process = _this_process() if pid is None else _open_process(_QUERY_LIMITED, False, pid)
        if not process:
            raise error()
        token = wintypes.HANDLE()
        try:
            if not _open_token(process, _TOKEN_QUERY, ctypes.byref(token)):
                raise error()
            try:
                return _user_of_token(token)
            finally:
                close_handle(token)
        finally:
            if pid is not None:
                close_handle(process)

    def _user_of_token(token: Any) -> str:
        size = wintypes.DWORD()
        _token_information(token, _TOKEN_USER, None, 0, ctypes.byref(size))
        buffer = ctypes.create_string_buffer(size.value)
        if not _token_information(token, _TOKEN_USER, buffer, size, ctypes.byref(size)):
            raise error()
        sid = ctypes.c_void_p.from_buffer(buffer)  # TOKEN_USER begins with the pointer to its SID
        text = wintypes.LPWSTR()
        if not _sid_to_text(sid, ctypes.byref(text)):
            raise error()
        try:
            return str(text.value)
        finally:
            local_free(text)
