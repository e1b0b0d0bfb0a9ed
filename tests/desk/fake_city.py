"""A city's system as GeoReport v2 describes it, on loopback, which does what tests tell it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class FakeCity:
    """`fails` are answers given before any other: a status, or None to hang up. `slow` gives tokens first."""

    url: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # path, and form or query
    fails: list[int | None] = field(default_factory=list)
    slow: bool = False
    numbered: bool = True
    closed: bool = False

    def answer(self, method: str, path: str) -> list[dict[str, Any]]:
        if method == "POST":
            return [{"token": "t-1"}] if self.slow else [{"service_request_id": 638344, "service_notice": "We go."}]
        if "/tokens/" in path:
            return [{"token": "t-1", "service_request_id": "638344" if self.numbered else None}]
        status = "closed" if self.closed else "open"
        return [{"service_request_id": "638344", "status": status, "status_notes": "A crew was there."}]

    def posts(self) -> list[dict[str, str]]:
        return [form for path, form in self.asked if path.endswith("/requests.json")]


@contextmanager
def fake_city() -> Iterator[FakeCity]:
    city = FakeCity()

    class Door(BaseHTTPRequestHandler):
        def _do(self) -> None:
            place = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(body or place.query).items()}
            city.asked.append((place.path, form))
            failure = city.fails.pop(0) if city.fails else 200
            if failure is None:
                self.close_connection = True
                return
            said = json.dumps(city.answer(self.command, place.path) if failure == 200 else [{"code": failure}]).encode()
            self.send_response(failure)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = _do  # noqa: N815

        def log_message(self, *told: Any) -> None:
            """Nothing: what is asked is in `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    city.url = f"http://127.0.0.1:{server.server_port}/open311/v2"
    try:
        yield city
    finally:
        server.shutdown()
        server.server_close()
