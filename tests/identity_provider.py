"""A small OpenID Connect provider, a process of its own: `python -m tests.identity_provider CLIENT SECRET`. Prints its
address. Signs real tokens, checks PKCE and the client's secret, lets every browser in as whoever `/as` was told, and can be
told to lie."""

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class Provider(ThreadingHTTPServer):
    """What it knows: its key, another that nobody trusts, whom it lets in, and which codes it gave."""

    def __init__(self, client: str, secret: str) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.client, self.secret = client, secret
        self.key, self.other = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
        self.person: dict[str, object] = {}
        self.lie = ""
        self.codes: dict[str, dict[str, str]] = {}

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": self.client, "sub": "42", "iat": now, "exp": now + 300, "auth_time": now,
            "nonce": asked["nonce"], **self.person,
        }  # fmt: skip
        lies: dict[str, dict[str, object]] = {
            "nonce": {"nonce": "another"}, "audience": {"aud": "another"}, "issuer": {"iss": "http://elsewhere.example"},
            "late": {"iat": now - 7200, "exp": now - 3600}, "asleep": {"auth_time": now - 3600},
        }  # fmt: skip
        claims.update(lies.get(self.lie, {}))
        header = {"alg": "RS256", "kid": "one"}
        if self.lie == "unsigned":
            head, body = (
                base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")
                for one in ({"alg": "none"}, claims)
            )
            return f"{head}.{body}."
        return str(jwt.encode(header, claims, self.other if self.lie == "key" else self.key))


class Door(BaseHTTPRequestHandler):
    """Its addresses."""

    server: Provider

    def do_GET(self) -> None:
        where, asked = self._asked(urlsplit(self.path).query)
        if where == "/.well-known/openid-configuration":
            paths = {"authorization_endpoint": "/ask", "token_endpoint": "/token", "jwks_uri": "/keys"}
            self._say(
                200, {"issuer": self.server.url, **{name: self.server.url + path for name, path in paths.items()}}
            )
        elif where == "/keys":
            self._say(200, {"keys": [self.server.key.as_dict(private=False)]})
        elif where == "/ask" and asked["client_id"] == self.server.client and asked["code_challenge_method"] == "S256":
            code = secrets.token_urlsafe(16)
            self.server.codes[code] = asked
            self.send_response(302)
            self.send_header(
                "Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
            )
            self.end_headers()
        else:
            self._say(400, {"error": "invalid_request"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        where, asked = self._asked(body)
        if where == "/as":
            told = json.loads(body)
            self.server.person, self.server.lie = told["person"], told["lie"]
            self._say(200, {})
        elif where == "/token":
            self._say(*self._token(asked))
        else:
            self._say(404, {})

    def _token(self, asked: dict[str, str]) -> tuple[int, dict[str, object]]:
        wanted = "Basic " + base64.b64encode(f"{self.server.client}:{self.server.secret}".encode()).decode()
        begun = self.server.codes.pop(asked.get("code", ""), None)  # a code counts once
        proof = base64.urlsafe_b64encode(hashlib.sha256(asked.get("code_verifier", "").encode()).digest()).decode()
        if self.headers.get("Authorization") != wanted:
            return 401, {"error": "invalid_client"}
        if (
            begun is None
            or proof.rstrip("=") != begun["code_challenge"]
            or asked["redirect_uri"] != begun["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "of no use", "token_type": "Bearer", "id_token": self.server.token(begun)}

    def _asked(self, query: str) -> tuple[str, dict[str, str]]:
        return urlsplit(self.path).path, {name: values[0] for name, values in parse_qs(query).items()}

    def _say(self, status: int, words: dict[str, object]) -> None:
        body = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


if __name__ == "__main__":
    provider = Provider(*sys.argv[1:3])
    print(provider.url, flush=True)
    provider.serve_forever()
