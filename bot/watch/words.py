"""Every kind of alarm in words a supervisor understands: what is so, what it means for residents, what to do. Knows no
figures."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` is a sentence without its full stop. Urgent: residents are worse off until somebody acts."""

    title: str
    advice: str
    urgent: bool = False

    def sentence(self, note: str) -> str:
        return f"{self.title}: {note}." if note else f"{self.title}."


KINDS: Mapping[str, Kind] = {
    "database_down": Kind(
        "The database takes nothing",
        "Residents' texts are not taken until it does; Twilio's fallback answers them, and they are fetched afterwards."
        " Have IT look at the database server and its disk at once: python -m bot doctor says what is wrong.",
        urgent=True,
    ),
    "urgent_waits": Kind(
        "Nobody has taken an urgent thread",
        "Open the desk, claim the thread under “Safety: read first” and call 911 for the resident if it is needed.",
        urgent=True,
    ),
    "nobody_answers": Kind(
        "Residents wait for an officer and nobody answers",
        "Claim their threads at the desk, or ask officers who speak these languages to come on shift.",
        urgent=True,
    ),
    "not_paged": Kind(
        "Officers were not told that somebody waits",
        "Open the desk and look through the waiting threads by hand. Have IT restart the worker and the scheduler.",
        urgent=True,
    ),
    "twilio_silent": Kind(
        "Twilio does not reach the line",
        "Residents are answered late: their texts are fetched once a minute. Have IT check that PUBLIC_URL answers from"
        " outside, its certificate, and the number's webhook at Twilio: python -m bot doctor.",
        urgent=True,
    ),
    "reconcile_late": Kind(
        "The line cannot ask Twilio for its texts",
        "A text that did not reach us would not be noticed. Have IT check the connection to api.twilio.com and the API"
        " key: python -m bot doctor. Twilio's own state is at status.twilio.com.",
    ),
    "texts_waiting": Kind(
        "Texts to residents are not going out",
        "They are kept and tried again for four hours. If it lasts, call residents in urgent matters by phone, and have IT"
        " look at the worker and at Twilio's state at status.twilio.com.",
        urgent=True,
    ),
    "account_refused": Kind(
        "Twilio refuses our account or its registration",
        "No text goes out until that is settled. Have the owner of the Twilio account look at its console: balance,"
        " suspension, API key, and the number's registration with the carriers.",
        urgent=True,
    ),
    "sender_wrong": Kind(
        "Our own number is not set up right at Twilio",
        "Texts are refused because of the number they come from. Have IT compare LINE_NUMBERS with the numbers of the"
        " account: python -m bot doctor.",
        urgent=True,
    ),
    "content_wrong": Kind(
        "Texts of ours are refused as they are worded",
        "Residents got no answer there. See the threads in question at the desk, answer by hand, and report it as a mistake"
        " of Puente.",
    ),
    "sender_full": Kind(
        "Our number has no room for more texts",
        "They are sent later, in order. If it happens often, have IT add numbers or raise the limits at Twilio.",
    ),
    "filtered": Kind(
        "Carriers take our texts for spam",
        "Those residents did not get them. Check the number's registration at Twilio, and leave out links until it is over.",
    ),
    "uncertain": Kind(
        "It is not known whether texts arrived",
        "The line does not send them again by itself. Officers see them marked in their threads; ask the resident.",
    ),
    "quarantined": Kind(
        "Texts of residents could not be understood by the line",
        "They are kept and shown at the desk, but the line did not answer them: read them there. Then have IT report it.",
    ),
    "cap_reached": Kind(
        "The line has given as many answers as it may in an hour",
        "Every text is still kept, and danger is still answered. Look at the desk whether somebody floods the line;"
        " if it is a real rush, have IT raise MOST_ANSWERS_AN_HOUR.",
        urgent=True,
    ),
    "attachments_late": Kind(
        "Pictures and voice notes are not coming in",
        "The texts themselves are there. Ask the resident to describe the picture, and have IT look at the worker.",
    ),
    "reports_late": Kind(
        "Reports are not read by the day residents were told",
        "Open Reports at the desk with “Late only”, and read them or give them to officers. Their residents are told once"
        " that it takes longer.",
    ),
    "disk_full": Kind(
        "The disk is all but full",
        "In a moment no text can be kept. Have IT free space now.",
        urgent=True,
    ),
    "disk_low": Kind("The disk is getting full", "Have IT make room: 1 GB or more should be free."),
    "scheduler_silent": Kind(
        "The scheduler gives no sign of life",
        "Texts that were missed are not fetched, nobody is reminded, and no alarm is sent. Have IT start it:"
        " python -m bot schedule.",
        urgent=True,
    ),
    "worker_silent": Kind(
        "No worker gives a sign of life",
        "Officers' answers go out some seconds late, and pictures not at all. Have IT start one: python -m workers.run.",
    ),
    "bells_late": Kind(
        "The workers do not keep up",
        "Officers' answers go out late. Have IT start more workers.",
    ),
    "redis_down": Kind(
        "Redis does not answer",
        "Residents are still answered; desks learn of new threads some seconds late. Have IT start it.",
    ),
    "redis_full": Kind(
        "Redis is full",
        "Residents are still answered; desks learn of new threads some seconds late. Have IT raise maxmemory.",
    ),
    "redis_evicting": Kind(
        "Redis throws things away when it is full",
        "Officers may be told late. Have IT set maxmemory-policy noeviction in redis.conf.",
    ),
}

_STEPS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def span(seconds: float) -> str:
    """A stretch of time as people say it: "50 seconds", "3 hours"."""
    size, name = next((step for step in _STEPS if seconds >= 2 * step[0]), _STEPS[-1])
    return number(int(seconds // size), name)


def number(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"
