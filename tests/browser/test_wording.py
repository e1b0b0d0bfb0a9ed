"""How values are worded on pages."""

import pytest

from bot.store.messages import FAILED, STATES, Message
from bot.web import wording


@pytest.mark.parametrize(
    "text, shown",
    [
        ("plain <b>", "plain &lt;b&gt;"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("می\u200cخواهم 👩\u200d👧", "می\u200cخواهم 👩\u200d👧"),  # joiners belong to the writing
        ("a\u202eb", 'a<span class="unseen" title="right-to-left override">U+202E</span>b'),
        ("\x07", '<span class="unseen" title="control character">U+0007</span>'),
        ("zero\u200bwidth", 'zero<span class="unseen" title="zero width space">U+200B</span>width'),
    ],
)
def test_signs_nobody_can_see_are_shown(text: str, shown: str) -> None:
    assert str(wording.visible(text)) == shown


@pytest.mark.parametrize("state", [*STATES, *FAILED])
def test_every_state_of_a_text_has_words(state: str) -> None:
    words = wording.delivery(_message(state, "30003"))

    assert words != state or state in ("sent", "delivered", "read")


def test_a_failure_says_what_to_do() -> None:
    assert wording.delivery(_message("undelivered", "30003")).startswith("not delivered: The phone seems to be off")


def test_what_came_with_a_text_is_named_not_shown() -> None:
    extra = {"media": [["https://x.example/1", "image/jpeg"], ["", "audio/ogg"]], "spot": [41.1, -92.3, "Old Mill"]}

    named = wording.attached(_message("received", "", extra))

    assert named == ["Photo", "Voice note", "Location: Old Mill, 41.1000, -92.3000"]


def _message(state: str, code: str, extra: dict[str, object] | None = None) -> Message:
    return Message(1, 1, "twilio-sms", "out", "bot", None, "", extra or {}, "es", state, code, 0)
