"""TLS on a connection to a mail host: how it is begun, and what was seen of it.

What that means is judged in `core.sending.tls`. OpenSSL verifies the chain; we compare the names
ourselves, so that one connection tells about both.
"""

import ssl
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import aiosmtplib

from sarabanwatch.core.sending import certificate
from sarabanwatch.core.sending.certificate import Certificate
from sarabanwatch.core.sending.tls import Seen


class Contexts:
    """The TLS contexts; made once, because reading the system's authorities takes long."""

    @cached_property
    def verified(self) -> ssl.SSLContext:
        """Demands a chain that the system's authorities vouch for."""
        context = ssl.create_default_context()
        # by `Certificate.covers`: a wrong name is told apart from a wrong chain
        context.check_hostname = False
        return context

    @cached_property
    def pinned(self) -> ssl.SSLContext:
        """Demands modern encryption; the host's identity is checked by DANE."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    @cached_property
    def loose(self) -> ssl.SSLContext:
        """Accepts any encryption, old versions too.

        It is better than none, and shows what there is to mend.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        return context


def anchored(authorities: Sequence[Certificate]) -> ssl.SSLContext:
    """Return a context that trusts these authorities alone, root or not (RFC 7672, 3.1.2)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    for authority in authorities:
        context.load_verify_locations(cadata=authority.der)
    return context


def chain(client: aiosmtplib.SMTP) -> tuple[Certificate, ...]:
    """Return the host's certificates, its own first.

    Empty without encryption, or where they cannot be read.
    """
    shown: Any = client.get_transport_info("ssl_object")
    if shown is None:
        return ()
    # public from Python 3.13 on, and there in 3.11 all the same
    raw = getattr(shown, "_sslobj", shown)
    found = raw.get_unverified_chain() or ()
    try:
        return tuple(certificate.read(ssl.PEM_cert_to_DER_cert(each.public_bytes()))
                     for each in found)
    except ValueError:
        return ()


def proved(client: aiosmtplib.SMTP) -> bool:
    """Say whether the chain was verified during the handshake."""
    shown: Any = client.get_transport_info("ssl_object")
    return shown is not None and shown.context.verify_mode is ssl.CERT_REQUIRED


def seen(client: aiosmtplib.SMTP, host: str, *, untrusted: str = "", demand: str = "",
         judged: bool = True) -> Seen:
    """Return what a connection shows of its encryption."""
    shown: Any = client.get_transport_info("ssl_object")
    if shown is None:
        return Seen(host, demand=demand)
    own = next(iter(chain(client)), None)
    named = own is not None and own.covers(host)
    return Seen(host, shown.version() or "", (shown.cipher() or ("",))[0], untrusted, named,
                own.ends if own else None, demand, judged=judged)
