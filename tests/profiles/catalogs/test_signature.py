"""If these fail, a catalog by somebody else is taken for the publisher's, or the publisher's is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.catalogs.signature import (
    SignatureError,
    comment_for,
    needs_password,
    parse_key,
    sign,
    verify,
)
from tests.support.catalogs import ACME, Signer, data_of
from tests.support.missing import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = data_of(ACME)
COMMENT = comment_for("acme", 43)


@pytest.fixture(params=["PyNaCl", "cryptography"], autouse=True, scope="module")
def each_library(request: pytest.FixtureRequest) -> Iterator[None]:
    """With what the other systems verify and sign by, and with what Linux does: they must agree."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "cryptography":
            for name in ("nacl", "nacl.exceptions", "nacl.signing"):
                patch.setitem(sys.modules, name, None)
        yield


@pytest.mark.parametrize("hashed", [True, False])
def test_a_signature_of_both_kinds_counts(hashed: bool) -> None:
    signed = verify(DATA, Signer().sign(DATA, hashed=hashed), [Signer(2).public.text, Signer().public.text])
    assert signed.key == Signer().public
    assert signed.comment == COMMENT


def test_another_key_is_named_with_the_pinned_one() -> None:
    with pytest.raises(SignatureError) as refused:
        verify(DATA, Signer(2).sign(DATA), [Signer().public.text])
    assert refused.value.title == "is signed by another key (id 0202020202020202; pinned: 0101010101010101)"


def test_a_key_that_borrows_another_s_id_takes_nothing_from_it() -> None:
    """Else whoever gets one key listed locks out all who follow: the right one is never tried."""
    borrowed = Signer(2, called=1).public.text
    signed = verify(DATA, Signer().sign(DATA), [borrowed, Signer().public.text])
    assert signed.key == Signer().public
    with pytest.raises(SignatureError, match="does not fit"):
        verify(DATA, Signer().sign(DATA), [borrowed])


def test_changed_content_comment_or_key_is_refused() -> None:
    signature = Signer().sign(DATA)
    keys = [Signer().public.text]
    with pytest.raises(SignatureError, match="does not fit"):
        verify(DATA + b" ", signature, keys)
    with pytest.raises(SignatureError, match="does not fit"):
        verify(DATA, signature.replace(b"acme 43", b"acme 44"), keys)
    other = Signer(2).sign(DATA).replace(_line(Signer(2).sign(DATA), 1), _line(signature, 1))
    with pytest.raises(SignatureError, match="does not fit"):
        verify(DATA, other, keys)  # the comment of another signature beside it


def _line(signature: bytes, number: int) -> bytes:
    return signature.splitlines()[number]


@given(st.binary(max_size=400) | st.integers(0, 200).map(lambda at: Signer().sign(DATA)[:at]))
def test_no_bytes_bring_another_error(signature: bytes) -> None:
    with pytest.raises(SignatureError):
        verify(DATA, signature, [Signer().public.text])


@given(st.text(max_size=120))
def test_no_text_is_a_key_by_accident(text: str) -> None:
    with pytest.raises(SignatureError):
        parse_key(text)


@pytest.fixture
def minisign() -> None:
    """The real minisign is there."""
    if shutil.which("minisign") is None:
        missing("minisign")


@pytest.mark.usefixtures("minisign")
@pytest.mark.parametrize("legacy", [False, True])
def test_what_minisign_signs_is_verified_here(tmp_path: Path, legacy: bool) -> None:
    public, secret = _key_pair(tmp_path)
    (tmp_path / "c.json").write_bytes(DATA)
    kind = ["-l"] if legacy else []
    _minisign("-S", *kind, "-s", secret, "-m", str(tmp_path / "c.json"), "-t", COMMENT)
    signature = (tmp_path / "c.json.minisig").read_bytes()
    assert verify(DATA, signature, [public]).comment == COMMENT


@pytest.mark.usefixtures("minisign")
def test_what_is_signed_here_is_verified_by_minisign(tmp_path: Path) -> None:
    public, _ = _key_pair(tmp_path)
    key_file = (tmp_path / "key.sec").read_bytes()
    assert not needs_password(key_file)
    signature, key = sign(DATA, key_file, "", COMMENT)
    assert key.text == public
    (tmp_path / "c.json").write_bytes(DATA)
    (tmp_path / "c.json.minisig").write_bytes(signature)
    said = _minisign("-V", "-P", public, "-m", str(tmp_path / "c.json"))
    assert COMMENT in said


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """A public key, and the secret one under a password: four seconds of computing, as is their purpose."""
    if shutil.which("minisign") is None:
        missing("minisign")
    public, secret = _key_pair(tmp_path_factory.mktemp("sealed"), password="correct horse")
    return public, Path(secret).read_bytes()


def test_a_key_file_that_minisign_sealed_is_opened_by_its_password(sealed: tuple[str, bytes]) -> None:
    public, key_file = sealed
    assert needs_password(key_file)
    signature, _ = sign(DATA, key_file, "correct horse", COMMENT)
    assert verify(DATA, signature, [public]).key.text == public


def test_a_wrong_password_and_a_file_that_is_none_are_said() -> None:
    key_file = Signer().secret_file("right")
    signature, key = sign(DATA, key_file, "right", COMMENT)
    assert verify(DATA, signature, [key.text]).key == Signer().public
    with pytest.raises(SignatureError, match="password"):
        sign(DATA, key_file, "wrong", COMMENT)
    with pytest.raises(SignatureError, match="no minisign secret key"):
        sign(DATA, b"PRIVATE KEY", "", COMMENT)


def _key_pair(directory: Path, password: str = "") -> tuple[str, str]:
    public, secret = directory / "key.pub", directory / "key.sec"
    how = [] if password else ["-W"]
    said = f"{password}\n{password}\n" if password else ""
    _minisign("-G", *how, "-p", str(public), "-s", str(secret), said=said)
    return parse_key(public.read_text()).text, str(secret)


def _minisign(*words: str, said: str = "") -> str:
    done = subprocess.run(
        ["minisign", *words], input=said, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
