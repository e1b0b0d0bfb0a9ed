"""Residents who write at once: a process of its own, so that its work is not counted as the server's.

`python -m bot.bench.driver URL TOKEN ACCOUNT LINE SENDERS SECONDS` prints one line of JSON. Every request is a signed
webhook with 19 parameters and its own MessageSid, built before the clock starts; a resident's next text goes out when
the last one is answered, as from a phone.
"""

import asyncio
import base64
import gc
import hmac
import itertools
import json
import secrets
import socket
import sys
import time
from collections.abc import Iterable, Iterator
from urllib.parse import quote_plus, urlsplit

from bot.errors import PuenteError

TEXTS = ("hola, buenos dias", "2", "no", "1")
_FIXED = {
    "ToCountry": "US", "ToState": "TX", "NumMedia": "0", "ToCity": "AUSTIN", "FromZip": "73301", "FromState": "TX",
    "SmsStatus": "received", "FromCity": "AUSTIN", "FromCountry": "US", "ToZip": "73301", "NumSegments": "1",
    "ApiVersion": "2010-04-01",
}  # fmt: skip


def requests(url: str, token: str, account: str, line: str) -> Iterator[bytes]:
    """Endless conversations of four texts, each from a number of its own."""
    first = 2_000_000_000 + secrets.randbelow(7_000_000_000)

    def talk() -> Iterator[tuple[str, str]]:
        for number in itertools.count():
            yield f"+1{(first + number // len(TEXTS)) % 10_000_000_000:010}", TEXTS[number % len(TEXTS)]

    return (request for _, request in signed(url, token, account, line, talk()))


def signed(
    url: str, token: str, account: str, line: str, talk: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, bytes]]:
    """For each resident's number and text the number, and the webhook as Twilio would send it."""
    where = urlsplit(url)
    run = secrets.token_hex(5)
    for number, (sender, words) in enumerate(talk):
        sid = f"SM{run}{number:022x}"
        form = {
            **_FIXED, "AccountSid": account, "From": sender, "To": line, "Body": words,
            "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid,
        }  # fmt: skip
        text = url + "".join(name + form[name] for name in sorted(form))
        signature = base64.b64encode(hmac.digest(token.encode(), text.encode(), "sha1")).decode()
        body = "&".join(f"{name}={quote_plus(value)}" for name, value in form.items())
        yield (
            sender,
            (
                f"POST {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
                f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nI-Twilio-Idempotency-Token: {sid}\r\n"
                f"X-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            ).encode(),
        )


def send(url: str, request: bytes) -> None:
    """One webhook, once it is answered with 200. Raises PuenteError."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname or "127.0.0.1", where.port or 80), timeout=10) as conn:
        conn.sendall(request)
        if not conn.recv(4096).startswith(b"HTTP/1.1 200"):
            raise PuenteError("A webhook was not taken.")


async def _resident(
    host: str, port: int, talks: Iterator[list[bytes]], until: float, seen: list[float], wrong: list[str]
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while time.perf_counter() < until:
        for request in next(talks):
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (int(one.split(b":")[1]) for one in head.split(b"\r\n") if one.lower().startswith(b"content-length")), 0
            )
            body = await reader.readexactly(length)
            seen.append(time.perf_counter() - began)
            if not head.startswith(b"HTTP/1.1 200") or b"<Message" not in body:
                wrong.append(head.split(b"\r\n")[0].decode())
            if b"connection: close" in head.lower():
                writer.close()
                reader, writer = await asyncio.open_connection(host, port)
    writer.close()


async def drive(url: str, senders: int, seconds: float, talks: Iterator[list[bytes]]) -> dict[str, object]:
    where = urlsplit(url)
    seen: list[float] = []
    wrong: list[str] = []
    began = time.perf_counter()
    host, port = where.hostname or "127.0.0.1", where.port or 80
    await asyncio.gather(*(_resident(host, port, talks, began + seconds, seen, wrong) for _ in range(senders)))
    wall = time.perf_counter() - began
    seen.sort()
    return {
        "turns": len(seen), "rate": round(len(seen) / wall, 1), "p50": at_share(seen, 0.5), "p99": at_share(seen, 0.99),
        "wrong": len(wrong), "first_wrong": wrong[:1],
    }  # fmt: skip


def at_share(seen: list[float], share: float) -> float:
    """Milliseconds within which this share was answered."""
    return round(1000 * seen[min(len(seen) - 1, int(share * len(seen)))], 2)


def main() -> None:
    url, token, account, line, senders, seconds = sys.argv[1:7]
    made = requests(url, token, account, line)
    # More than any server here answers in the time, so that nothing is built while the clock runs.
    talks = [list(itertools.islice(made, len(TEXTS))) for _ in range(int(float(seconds) * 2500))]
    gc.collect()
    gc.freeze()
    print(json.dumps(asyncio.run(drive(url, int(senders), float(seconds), iter(talks)))))


if __name__ == "__main__":
    main()
