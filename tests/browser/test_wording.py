"""How values are worded on pages."""

import pytest

from bot.store.attachments import Attachment
from bot.store.messages import FAILED, FOR_WINDOW, STATES, Message
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


@pytest.mark.parametrize("state", [*STATES, *FAILED, FOR_WINDOW])
def test_every_state_of_a_text_has_words(state: str) -> None:
    words = wording.delivery(_message(state, "30003"))

    assert words != state or state in ("sent", "delivered", "read")


def test_a_failure_says_what_to_do() -> None:
    assert wording.delivery(_message("undelivered", "30003")).startswith("not delivered: The phone seems to be off")


def test_what_came_with_a_text_is_named_not_shown() -> None:
    came = [
        _attachment("image/jpeg", "kept", size=212_400),
        _attachment("image/heic", "kept", size=80_000),
        _attachment("audio/ogg", "kept", size=9_000),
        _attachment("audio/ogg", "waiting"),
        _attachment("video/mp4", "waiting", "404"),
        _attachment("", "refused", "too large"),
        _attachment("text/vcard", "refused", "kind"),
        _attachment("application/pdf", "gone", "404"),
    ]

    assert [(one.words, one.way) for one in wording.things(came)] == [
        ("Picture, 212 kB", "picture"),
        ("Picture, 80 kB", "file"),  # which browsers do not show
        ("Voice note, 9 kB", "sound"),
        ("Voice note, being fetched", ""),
        ("Video, could not be fetched yet: trying again", ""),
        ("File, not kept: larger than 20 MB", ""),
        ("Contact card, not kept: of a kind that is not safe to keep", ""),
        ("File, could not be fetched for a day; it is not tried any more", ""),
    ]


def _attachment(content_type: str, state: str, code: str = "", size: int | None = None) -> Attachment:
    return Attachment(1, 1, 0, "ME" + "0" * 32, content_type, state, code, size, 1, 0)


def _message(state: str, code: str, extra: dict[str, object] | None = None) -> Message:
    return Message(1, 1, "twilio-sms", "out", "bot", None, "", extra or {}, "es", state, code, 0)
