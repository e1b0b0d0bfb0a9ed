"""A host on loopback that says what tests tell it, byte by byte."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def answering(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A host that hears one request whole and answers it with these bytes, as slowly as told; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            conn, _ = listening.accept()
            with conn, conn.makefile("rb") as asked:
                length = 0
                while line := asked.readline().strip().lower():
                    if line.startswith(b"content-length:"):
                        length = int(line.partition(b":")[2])
                asked.read(length)
                for piece in pieces:
                    try:
                        conn.sendall(piece)
                    except OSError:
                        return
                    time.sleep(pause)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()
