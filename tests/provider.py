"""A small OpenID Connect provider with a certificate and keys of its own, on this machine. It can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CLIENT, SECRET = "mainstay:at acme", "a secret/with + signs"


@dataclass
class Key:
    """A key to sign with, published under its name."""

    kid: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def published(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.private.public_key()))
        return {**said, "kid": self.kid, "use": "sig", "alg": "ES256"}


@dataclass
class Provider:
    """What it says, by the clock of the test. Whatever is in `claims` replaces what a good one would say."""

    clock: Callable[[], datetime]
    issuer: str = ""
    key: Key = field(default_factory=lambda: Key("one"))
    published: list[dict[str, Any]] | None = None  # other keys than the one it signs with
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None  # what is said there; none: no such place
    metadata: dict[str, Any] = field(default_factory=dict)
    signed: Callable[[dict[str, Any]], str] | None = None
    status: int = 200
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def authorise(self, url: str, *, sub: str = "sub-ana", email: str = "ana@acme.example") -> dict[str, str]:
        """Do as somebody who signs in where the browser was sent; return what it is sent back with."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert url.startswith(f"{self.issuer}/authorise?")
        assert (said["response_type"], said["client_id"], said["code_challenge_method"]) == ("code", CLIENT, "S256")
        assert "openid" in said["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = {**said, "sub": sub, "email": email}
        return {"code": code, "state": said["state"], "back": said["redirect_uri"]}

    def answer(self, method: str, path: str, form: dict[str, str], headers: Any) -> tuple[int, Any]:
        self.asked.append(path)
        if self.status != 200:
            return self.status, {"error": "server_error"}
        if path == "/.well-known/openid-configuration":
            return 200, self._metadata()
        if path == "/keys":
            return 200, {"keys": self.published if self.published is not None else [self.key.published()]}
        if path == "/token" and method == "POST":
            return self._token(form, headers)
        if path == "/userinfo" and headers["Authorization"] == "Bearer access":
            return 200, self.userinfo
        return 404, {}

    def _metadata(self) -> dict[str, Any]:
        said = {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorise",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys"}  # fmt: skip
        if self.userinfo is not None:
            said["userinfo_endpoint"] = f"{self.issuer}/userinfo"
        return {**said, **self.metadata}

    def _token(self, form: dict[str, str], headers: Any) -> tuple[int, Any]:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or self._client(form, headers) != (CLIENT, SECRET):
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(self.clock().timestamp())
        usual = {"iss": self.issuer, "aud": CLIENT, "sub": asked["sub"], "nonce": asked["nonce"], "iat": now,
                 "exp": now + 300, "email": asked["email"], "email_verified": True}  # fmt: skip
        said = {name: value for name, value in {**usual, **self.claims}.items() if value is not None}
        signed = self.signed or (lambda one: jwt.encode(one, self.key.private, "ES256", {"kid": self.key.kid}))
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": signed(said)}

    def _client(self, form: dict[str, str], headers: Any) -> tuple[str, str]:
        if "client_secret" in form:
            return form["client_id"], form["client_secret"]
        said = base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode()
        name, _, secret = said.partition(":")
        return unquote_plus(name), unquote_plus(secret)


@contextmanager
def running(provider: Provider, certificate: Path) -> Iterator[Provider]:
    """Serve it over TLS until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if urlsplit(self.path).path == "/authorise":  # whoever comes is signed in at once, and sent back
                given = provider.authorise(provider.issuer + self.path)
                self.send_response(302)
                self.send_header("Location", f"{given.pop('back')}?{urlencode(given)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            status, said = provider.answer(self.command, urlsplit(self.path).path, form, self.headers)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", f"{provider.issuer}/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up early is meant
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    provider.issuer = provider.issuer or f"https://localhost:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def certificate(folder: Path) -> Path:
    """Write a certificate for this machine with its key, that signs itself; return the file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    began = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(began - timedelta(days=1))
        .not_valid_after(began + timedelta(days=1)).add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "provider.pem"
    file.write_bytes(kept + made.public_bytes(serialization.Encoding.PEM))
    return file
