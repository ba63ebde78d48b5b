"""A PostgreSQL that speaks TLS on every machine: a door with TLS before the wheel's server, which knows none."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

WISH = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
"""What a client sends that wants TLS. Source: PostgreSQL, Frontend/Backend Protocol, SSLRequest."""


@dataclass
class TlsServer:
    """Where it is, who vouches for it, and how its clients came."""

    url: str
    """Of the database, without options."""
    certificate: Path
    """Its own, and the authority that vouches for it."""
    encrypted: int = 0
    plain: int = 0


def certify(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for 127.0.0.1 that nobody vouches for but itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(secret)
    return folder / "cert.pem", folder / "key.pem"


@asynccontextmanager
async def with_tls(url: str, folder: Path) -> AsyncGenerator[TlsServer]:
    """Let a database be reached with TLS, or without where the client asks for none."""
    certificate, key = certify(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    parts = urlsplit(url)
    told = TlsServer("", certificate)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await greeted(reader, writer, context, told)
            there, back = await asyncio.open_connection(parts.hostname, parts.port)
            back.write(first)
            await asyncio.gather(pour(reader, back), pour(there, writer))
        except (OSError, asyncio.IncompleteReadError):
            writer.close()  # a client that does not like the certificate hangs up

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user = parts.netloc.rpartition("@")[0]
    told.url = parts._replace(netloc=f"{user}@127.0.0.1:{port}", query="").geturl()
    async with server:
        yield told


async def greeted(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext, told: TlsServer
) -> bytes:
    """Begin TLS with a client that wishes for it; return what it said that is meant for PostgreSQL."""
    first = await reader.readexactly(len(WISH))
    if first != WISH:
        told.plain += 1
        return first
    writer.write(b"S")
    await writer.start_tls(context)
    told.encrypted += 1
    return b""


async def pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Hand on what comes, until nothing more does."""
    try:
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()
    except OSError:
        return
    finally:
        target.close()
