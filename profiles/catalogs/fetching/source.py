"""Where a catalog lies, as a person types it: a git repository, an https file or a directory. Pure."""

from __future__ import annotations

import os
import re
import sys
from urllib.parse import SplitResult, urlsplit

from profiles.base.errors import UsageError
from profiles.base.light_typing import TYPE_CHECKING, NamedTuple
from profiles.base.names import GIT_REF
from profiles.base.secret_names import looks_like_key, may_be_key
from profiles.base.text import named, printable
from profiles.catalogs.format.model import FILE
from profiles.portkey.addresses import HOST_NAME, HOST_NUMBER

if TYPE_CHECKING:
    from typing import Literal

    Kind = Literal["git", "https", "directory"]

_LONGEST = 2048
_HOST = re.compile(f"{HOST_NAME}|{HOST_NUMBER}")
_SCP_FORM = re.compile(rf"([A-Za-z0-9_][A-Za-z0-9._-]*@)?([^/:@\\]{{2,}}|{HOST_NUMBER}):(?!/)([^-].*)")
_PORT_FIRST = re.compile(r"\d{1,5}/")  # a web address without its https://, not ssh's HOST:PATH
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)(://|::|:(?=/))")
_REF = re.compile(GIT_REF)
_PART = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._ +-]{0,100}")
_FORMS = "https://HOST/…/catalog.json, https://HOST/….git, git@HOST:PATH, ssh://…, or a directory."


class Source(NamedTuple):
    """Where a catalog lies. `ref` is the branch, tag or commit of a repository, "" for its default branch.

    `address` is an URL, or an absolute path; `file` is the catalog's path below that, "" for an https file.
    """

    kind: Kind
    address: str
    ref: str = ""
    file: str = FILE

    @property
    def host(self) -> str:
        """The host that is asked, such as "git.acme.example"; "" for a directory."""
        if self.kind == "directory" or os.path.isabs(self.address):
            return ""
        scp = None if "://" in self.address else _SCP_FORM.fullmatch(self.address)
        return (scp[2] if scp else urlsplit(self.address).hostname or "").strip("[]").lower()


def source_of(text: str, ref: str = "", file: str = "") -> Source:
    """The source that a text names, such as git for "git@git.acme.example:ai/pkcc.git". Raises UsageError.

    An https address that ends in `.json` is a file, any other a git repository; a path that ends in `.git`
    is a repository as well.
    """
    text = text.strip()
    _check_text(text)
    scheme = _SCHEME.match(text)
    if scheme is not None and not _is_drive(text):
        source = _by_scheme(text, scheme[1].lower(), scheme[2])
    elif not _begins_path(text) and (scp := _SCP_FORM.fullmatch(text)):
        _check_host(scp[2])
        if not scp[1] and _PORT_FIRST.match(scp[3]):
            raise UsageError(f"{printable(text)} is no whole address", f"Give: https://{printable(text)}")
        source = Source("git", text)
    else:
        source = _by_path(text)
    return _with_options(source, ref, file)


def _check_text(text: str) -> None:
    if not text or len(text) > _LONGEST:
        raise UsageError("A catalog's source is empty or too long", f"Give one of: {_FORMS}")
    if not text.isprintable():
        raise UsageError("A catalog's source holds a character that cannot be seen", "Type it anew.")
    if text.startswith("-"):
        raise UsageError(f"{printable(text)} looks like an option, not like a source", f"Give: {_FORMS}")


def _by_scheme(text: str, scheme: str, mark: str) -> Source:
    if mark == "::" or scheme not in ("https", "ssh"):
        raise UsageError(f"A catalog cannot come by {scheme}{mark}", _instead_of(scheme))
    text = scheme + text[len(scheme) :]  # git knows it in small letters alone
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise UsageError("The source's address cannot be read", f"Give: {_FORMS}") from None
    _check_host(f"[{host}]" if ":" in host else host)
    _check_user(parts, scheme)
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise UsageError(
            "The source's address has a `?` or `#` in it",
            "Give it without: what stands behind may be a secret.",
        )
    if not parts.path.strip("/"):
        raise UsageError(f"{printable(text)} names a host, but nothing on it", f"Give: {_FORMS}")
    if scheme == "https" and parts.path.endswith(".json"):
        if parts.username:
            raise UsageError(
                "A catalog's https file is asked for without a login", "Leave out the name before the `@`."
            )
        return Source("https", text, file="")
    return Source("git", text)


def _instead_of(scheme: str) -> str:
    if scheme == "http":
        return "Give its https address: what comes by http, anybody on the way can change."
    if scheme == "file":
        return "Give the directory itself, such as /srv/share/pkcc."
    return f"Give: {_FORMS}"


def _check_user(parts: SplitResult, scheme: str) -> None:
    """Raise UsageError for what may be a credential: it would be kept, and shown, with the source."""
    user = parts.username or ""
    if parts.password is not None or looks_like_key(user) or may_be_key(user) or user in ("oauth2", "token"):
        raise UsageError(
            "The source's address holds a password or a token",
            "Give it without: git asks your own credential helper (see `git help credentials`).",
        )
    if user and not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", user):
        raise UsageError(f"The user name in the {scheme} address cannot be right", f"Give: {_FORMS}")


def _check_host(host: str) -> None:
    if not _HOST.fullmatch(host) or ".." in host:
        raise UsageError(f"{printable(host) or 'Nothing'} is no host's name", f"Give: {_FORMS}")


def _by_path(text: str) -> Source:
    if not (_begins_path(text) or "/" in text or "\\" in text):
        raise UsageError(f"There is no {named('source of a catalog', text)}", f"Give one of: {_FORMS}")
    path = os.path.abspath(os.path.expanduser(text))
    if path.endswith(".git"):
        return Source("git", path)
    if path.endswith(".json"):
        return Source("directory", os.path.dirname(path), file=os.path.basename(path))
    return Source("directory", path)


def _begins_path(text: str) -> bool:
    return (
        text.startswith(("/", "./", "../", "~/", "\\", ".\\", "..\\"))
        or text in (".", "..")
        or _is_drive(text)
    )


def _is_drive(text: str) -> bool:
    return sys.platform == "win32" and re.match(r"[A-Za-z]:[\\/]", text) is not None


def _with_options(source: Source, ref: str, file: str) -> Source:
    if ref and source.kind != "git":
        raise UsageError("Only a git repository has branches and tags", "Leave out --ref.")
    if ref and not _REF.fullmatch(ref):
        raise UsageError(f"{printable(ref)} is no name of a branch or tag", "Give one, such as main or v3.")
    if file and source.kind == "https":
        raise UsageError("An https address is the file itself", "Leave out --file.")
    if file and not (file.endswith(".json") and all(_is_part(part) for part in file.split("/"))):
        raise UsageError(
            f"{printable(file)} is no path of a catalog", f"Give one below the source, such as ai/{FILE}."
        )
    return source._replace(ref=ref, file=file or source.file)


def _is_part(part: str) -> bool:
    return _PART.fullmatch(part) is not None and part not in (".", "..", ".git")
