"""The request for the latest release: nothing in it tells who asks, and no answer can harm or hold us."""

from __future__ import annotations

import time
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, OpenerDirector, build_opener

if TYPE_CHECKING:
    from typing import Any
    from urllib.request import Request

    from tray.updates.signed_release import Source

LIMIT_BYTES = 64 * 1024
_SOCKET_LIMIT_S = 10.0


class _SameScheme(HTTPRedirectHandler):
    """Follows a redirection (releases lie on another host) as long as it stays as private as the request."""

    def redirect_request(self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if not newurl.startswith(f"{req.type}://"):
            fp.close()
            raise HTTPException("redirected to another scheme")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(source: Source, limit_s: float) -> tuple[bytes, bytes]:
    """The list of checksums and its signature, unverified. Raises OSError (TimeoutError after `limit_s`).

    Two plain GETs with `Host`, `Accept-Encoding: identity` and `Connection: close`, no other header; the
    system's proxy and certificates hold.
    """
    deadline = time.monotonic() + limit_s
    opener = build_opener(_SameScheme)
    opener.addheaders = []  # urllib's own would name Python and its version
    try:
        sums, signature = (
            _read(opener, f"{source.url}/{name}", deadline) for name in ("SHA256SUMS", "SHA256SUMS.minisig")
        )
    except HTTPError as error:
        error.close()
        raise OSError(f"not an answer: status {error.code}") from None
    except (HTTPException, ValueError) as error:  # what a server says may break any of the parsers
        raise OSError(f"not an answer: {type(error).__name__}") from None
    return sums, signature


def _read(opener: OpenerDirector, url: str, deadline: float) -> bytes:
    data = b""
    with opener.open(url, timeout=_SOCKET_LIMIT_S) as response:
        while piece := response.read1(LIMIT_BYTES):
            data += piece
            if len(data) > LIMIT_BYTES:
                raise OSError("not an answer: too long")
            if time.monotonic() > deadline:
                raise TimeoutError("not an answer: too slow")
    return data
