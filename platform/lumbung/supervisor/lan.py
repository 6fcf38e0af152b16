"""Showing Lumbung to a phone in the same network: an address for this machine and a certificate for it."""

import datetime
import ipaddress
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lumbung.postgres.errors import explained

# An address inside any other network (RFC 5737): no packet is sent, the system only says which of its own
# it would use.
_ELSEWHERE = ("192.0.2.1", 9)
_VALID_DAYS = 90
_RENEW_DAYS = 7


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files of a certificate and its private key."""

    certificate: Path
    key: Path


def lan_address() -> str:
    """The IPv4 address of this machine in its network; 127.0.0.1 when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def lan_host(address: str) -> str:
    """A host name that leads to `address`, and whose sub-domains do too: portals have names of their own.

    Such names need a name server; sslip.io answers with the address that is written in the name. Set
    LAN_HOST to a name of your own where the network has no internet.
    """
    return f"{address.replace('.', '-')}.sslip.io"


def self_signed_certificate(folder: Path, *, host: str, address: str) -> Certificate:
    """A certificate for `host`, its sub-domains and `address`, kept in `folder` until it is about to end.

    Raises `PostgresError` when it cannot be written.
    """
    made = Certificate(certificate=folder / "certificate.pem", key=folder / "key.pem")
    names = _names(host, address)
    with explained(folder):
        if not _still_good(made, names):
            folder.mkdir(parents=True, exist_ok=True)
            _make(made, names)
    return made


def _names(host: str, address: str) -> x509.SubjectAlternativeName:
    hosts = (host, f"*.{host}", "localhost", "*.localhost")
    addresses = {ipaddress.ip_address(address), ipaddress.ip_address("127.0.0.1")}
    return x509.SubjectAlternativeName([*map(x509.DNSName, hosts), *map(x509.IPAddress, sorted(addresses, key=int))])


def _still_good(made: Certificate, names: x509.SubjectAlternativeName) -> bool:
    if not (made.certificate.is_file() and made.key.is_file()):
        return False
    try:
        certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
        kept = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound):
        return False
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return kept == names and left > datetime.timedelta(days=_RENEW_DAYS)


def _make(made: Certificate, names: x509.SubjectAlternativeName) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lumbung (LAN)")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_VALID_DAYS))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    handle = os.open(made.key, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
