"""The web door: HTTP in, one use case called, an answer out. `bot.web:app` is what a server is given."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(name)
    from bot.web.app import serve

    globals()["app"] = served = serve()
    return served
