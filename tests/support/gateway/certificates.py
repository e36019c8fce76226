"""Certificates made at test time: an authority, and servers whose own is right or wrong in one way."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = timedelta(days=1)
_EARLY, _LATE = 5, 2  # days by which a certificate's are shifted


class Authority(NamedTuple):
    """An authority of our own: `path` is its certificate, as NODE_EXTRA_CA_CERTS names it."""

    path: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def server_context(
        self, host: str = "127.0.0.1", *, expired: bool = False, early: bool = False
    ) -> ssl.SSLContext:
        """A server's TLS with a certificate for `host` that we signed; `early`: of days to come."""
        return _context(_server_file(self.path.parent, host, self, _EARLY if early else -_LATE * expired))

    def server_file(self, host: str = "127.0.0.1", *, expired: bool = False) -> Path:
        """The file of such a certificate and its key, for a server that wants one."""
        return _server_file(self.path.parent, host, self, -_LATE * expired)


def make_authority(directory: Path) -> Authority:
    """A new authority, its certificate kept in that directory."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named("pkcc-tray test authority")
    certificate = (
        _builder(subject, subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / "authority.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return Authority(path, key, certificate)


def self_signed_context(directory: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate that nobody signed but itself."""
    return _context(_server_file(directory, "127.0.0.1", None))


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    name: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, shifted: int = 0
) -> x509.CertificateBuilder:
    now = datetime.now(UTC) + shifted * _DAY
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * _DAY)
        .not_valid_after(now + _DAY)
    )


def _alternative(host: str) -> x509.SubjectAlternativeName:
    try:
        return x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    except ValueError:
        return x509.SubjectAlternativeName([x509.DNSName(host)])


def _server_file(directory: Path, host: str, signer: Authority | None, shifted: int = 0) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = signer.certificate.subject if signer else _named(host)
    builder = _builder(_named(host), issuer, key.public_key(), shifted)
    builder = builder.add_extension(_alternative(host), critical=False)
    certificate = builder.sign(signer.key if signer else key, hashes.SHA256())
    path = directory / f"server-{certificate.serial_number}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def _context(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
