"""A LibreTranslate to test against, in a process of its own: it checks what it is asked as the documented API does, translates
by a small book, and does what tests tell it under /control. `python -m tests.fake_translator [api key]` prints its port."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

CODES = ("en", "es", "zh-Hans", "pt", "ar")
BOOK = {
    ("es", "en"): {
        "un vecino ruidoso": "a noisy neighbor",
        "me robaron la bicicleta": "they stole my bicycle",
        "mi pasaporte es *******78": "my passport is *******78",
        "La grúa llevó su auto a la calle Mill 12.": "The crane took your car to street Mill 12.",
    },
    ("en", "es"): {
        "Your car was towed to 12 Mill Street.": "La grúa llevó su auto a la calle Mill 12.",
        "The case is closed at 5.": "La caja está cerrada a las 7.",
    },
    ("ar", "en"): {"جاري يصرخ كل ليلة": "My neighbor shouts every night"},
}
_LISTED = [{"code": code, "name": code, "targets": list(CODES)} for code in CODES]


@dataclass
class FakeTranslator:
    """What tests see of it, and tell it."""

    url: str
    process: "subprocess.Popen[str]"

    def asked(self) -> list[dict[str, Any]]:
        """Bodies of what was to be translated, oldest first."""
        found: list[dict[str, Any]] = requests.get(f"{self.url}/control", timeout=5).json()
        return found

    def tell(self, **orders: float) -> None:
        """`fails`: a status for whatever is asked; `waits`: seconds before each answer; `drips`: seconds between its bytes;
        `ponders`: seconds for "es cosa de pensar", and for nothing else."""
        requests.post(f"{self.url}/control", json=orders, timeout=5).raise_for_status()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def fake_translator(key: str = "") -> Iterator[FakeTranslator]:
    command = [sys.executable, "-m", "tests.fake_translator", *([key] if key else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    with process.stdout:
        port = int(process.stdout.readline())
    fake = FakeTranslator(f"http://127.0.0.1:{port}", process)
    try:
        yield fake
    finally:
        fake.stop()


class _Door(BaseHTTPRequestHandler):
    key = ""
    orders: dict[str, float] = {}
    heard: list[dict[str, Any]] = []

    def do_GET(self) -> None:
        if self.path == "/control":
            self._answer(200, self.heard, obedient=False)
        elif self.path == "/languages":
            self._answer(200, _LISTED)
        else:
            self._answer(404, {"error": "not found"})

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/control":
            type(self).orders = told
            self._answer(200, {}, obedient=False)
            return
        self.heard.append(told)
        self._answer(*self._translated(told))

    def _translated(self, told: dict[str, Any]) -> tuple[int, Any]:
        if self.key and told.get("api_key") != self.key:
            return 403, {"error": "Invalid API key"}
        for name in ("q", "source", "target"):
            if not told.get(name):
                return 400, {"error": f"Invalid request: missing {name} parameter"}
        words, source, target = told["q"], told["source"], told["target"]
        for code in (source, target):
            if code not in (*CODES, "auto"):
                return 400, {"error": f"{code} is not supported"}
        if words == "cause trouble":
            return 500, {"error": "Cannot translate text: a model failed"}
        if words == "es cosa de pensar":
            time.sleep(self.orders.get("ponders", 0))
        said = {"translatedText": BOOK.get((source, target), {}).get(words, f"[{source} to {target}] {words}")}
        return 200, said | ({"detectedLanguage": {"confidence": 90, "language": "es"}} if source == "auto" else {})

    def _answer(self, status: int, told: Any, *, obedient: bool = True) -> None:
        orders = self.orders if obedient else {}
        time.sleep(orders.get("waits", 0))
        if orders.get("fails"):
            status, told = int(orders["fails"]), {"error": "as told"}
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for at in range(0, len(body), 1 if orders.get("drips") else len(body)):
            time.sleep(orders.get("drips", 0))
            self.wfile.write(body[at : at + (1 if orders.get("drips") else len(body))])
            self.wfile.flush()

    def log_message(self, *told: Any) -> None:
        """Nothing: what is asked is in `heard`."""


def main(key: str = "") -> None:
    _Door.key = key
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Door)
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    print(server.server_port, flush=True)
    serving.join()


if __name__ == "__main__":
    main(*sys.argv[1:2])
