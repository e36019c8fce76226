"""Opening a file on Windows so that others may still rename or delete it while we read."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    import msvcrt
    import os
    from ctypes import wintypes

    _GENERIC_READ = 0x80000000
    _SHARE_ALL = (
        0x1 | 0x2 | 0x4
    )  # read, write, delete: without the last our reading breaks Claude Code's rename
    _OPEN_EXISTING = 3
    _INVALID = wintypes.HANDLE(-1).value

    def open_shared(path: str) -> int:
        """A read-only file descriptor; raises OSError and TypeError as `os.open` does."""
        kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
        create = kernel32.CreateFileW
        create.restype = wintypes.HANDLE
        create.argtypes = [
            wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID,
            wintypes.DWORD, wintypes.DWORD, wintypes.HANDLE,
        ]  # fmt: skip
        handle = create(os.fspath(path), _GENERIC_READ, _SHARE_ALL, None, _OPEN_EXISTING, 0, None)
        if handle == _INVALID:
            raise ctypes.WinError(ctypes.get_last_error())
        return msvcrt.open_osfhandle(handle, os.O_RDONLY)

else:

    def open_shared(path: str) -> int:
        """Windows only."""
        raise NotImplementedError(path)
