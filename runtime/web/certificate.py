"""The certificate of the web port: the site's own, or one made here at the first start.

One made here is trusted by nobody until somebody says so in the browser; without any, a browser on
another machine gives no microphone.
"""

import datetime
import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL
from twisted.internet.interfaces import IOpenSSLContextFactory
from zope.interface import implementer  # type: ignore[import-untyped]

VALID = datetime.timedelta(days=397)
"""The longest browsers take."""
RENEW_BEFORE = datetime.timedelta(days=30)


class CertificateUnfit(ValueError):
    """The site's own cannot be used; the text says why and what would be right."""


def own_certificate(folder: Path, address: str, now: float) -> tuple[Path, Path]:
    """Certificate and key made for this machine, kept in ``folder``; made anew a month before the
    end, or when the address is not in it. The key is readable by its owner alone."""
    certificate, key = folder / "web-certificate.pem", folder / "web-key.pem"
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    if not (key.is_file() and _serves(certificate, address, moment)):
        _make(certificate, key, address, moment)
    return certificate, key


@implementer(IOpenSSLContextFactory)
class WebTls:
    """What Twisted asks of a context factory."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises CertificateUnfit."""
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._context.set_min_proto_version(SSL.TLS1_2_VERSION)
        try:
            self._context.use_certificate_chain_file(str(certificate))
            self._context.use_privatekey_file(str(key))
            self._context.check_privatekey()
        except SSL.Error as error:
            raise CertificateUnfit(
                f"web.certificate {certificate} and web.key {key} cannot be used: {_words(error)}; "
                "give PEM files that belong together, the key without a password"
            ) from error

    def getContext(self) -> SSL.Context:  # noqa: N802 (Twisted's word)
        return self._context


def _words(error: SSL.Error) -> str:
    reasons: list[Any] = list(error.args[0]) if error.args else []
    return ", ".join(str(reason[-1]) for reason in reasons) or "they do not fit"


def _serves(file: Path, address: str, now: datetime.datetime) -> bool:
    try:
        made = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError):
        return False
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = [str(one) for one in names.get_values_for_type(x509.IPAddress)]
    return made.not_valid_after_utc - now > RENEW_BEFORE and (
        ipaddress.ip_address(address).is_unspecified or address in known
    )


def _make(certificate: Path, key: Path, address: str, now: datetime.datetime) -> None:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ThreeRing")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + VALID)
        .add_extension(x509.SubjectAlternativeName(_names(address)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8
    written = secret.private_bytes(pem, plain, serialization.NoEncryption())
    key.unlink(missing_ok=True)
    with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(written)
    certificate.write_bytes(made.public_bytes(pem))


def _names(address: str) -> list[x509.GeneralName]:
    addresses = {ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")}
    if not ipaddress.ip_address(address).is_unspecified:
        addresses.add(ipaddress.ip_address(address))
    hosts = {"localhost", socket.gethostname().encode("ascii", "ignore").decode() or "localhost"}
    return [
        *(x509.DNSName(host) for host in sorted(hosts)),
        *(x509.IPAddress(one) for one in sorted(addresses, key=str)),
    ]
