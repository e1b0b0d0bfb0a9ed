"""What sort of browser somebody uses, in words they know it by. Keeps nothing that would tell one machine from another."""

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def name(user_agent: str) -> str:
    """Like `Firefox, Windows`; empty if nothing is known."""
    found = [next((words for sign, words in signs if sign in user_agent), "") for signs in (_BROWSERS, _MACHINES)]
    return ", ".join(words for words in found if words)
