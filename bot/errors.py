"""Every error raised on purpose. Each message is a sentence for the person who meets it."""

from collections.abc import Sequence
from enum import StrEnum


class PuenteError(Exception):
    """Something a person can mend; the message says what and how. `{names}` in the sentence are filled from `values`, so
    that the sentence can be said in another language too."""

    def __init__(self, sentence: str = "", **values: object) -> None:
        self.sentence, self.values = sentence, values
        super().__init__(sentence.format(**values) if values else sentence)


class SettingWrong(PuenteError):
    """A setting is missing or cannot be used."""


class DatabaseUnreachable(PuenteError):
    """The database cannot be opened, or cannot take a change in time. A webhook answers 503."""


class QueueUnreachable(PuenteError):
    """Redis cannot be reached. Only bells are lost; the sweep rings them again."""


class NotTold(PuenteError):
    """Nobody took what an alarm was to tell; it is tried again. Says neither address nor password."""


class FlowsBroken(PuenteError):
    """Flow files or phrases have mistakes; `problems` are lines a person can act on."""

    def __init__(self, problems: Sequence[object]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ImportRefused(PuenteError):
    """A file that was to be imported cannot be read at all."""


class Forged(PuenteError):
    """A webhook that was not sent by the provider, or not to us. Answered 403."""


class Stale(PuenteError):
    """The thread changed between being read and being written: look again and decide anew."""


class TakenAlready(PuenteError):
    """Somebody else claimed the thread first; `officer` is who."""

    def __init__(self, officer: str) -> None:
        self.officer = officer
        super().__init__("{officer} has already taken this thread.", officer=officer)


class NotYours(PuenteError):
    """The thread is not held by the officer who wants to act on it."""


class Unsure(PuenteError):
    """It can be done, but whoever wants it should know this and say so again."""


class NotFound(PuenteError):
    """There is no such thing, or it is not for this person to see."""


class NotUsable(PuenteError):
    """What somebody typed cannot be kept as it is; the sentence says what to change. A page answers 422."""


class SignInRefused(PuenteError):
    """Login and password do not fit, or a second factor does not."""


class Crowded(SignInRefused):
    """Nobody looked whether they fit: too many are at it at once."""

    def __init__(self) -> None:
        super().__init__("Too many people sign in at once. Please try again in a moment.")


class Reason(StrEnum):
    """Why a provider did not take a text, as far as what we do next depends on it."""

    BUSY = "busy"  # never processed: try later
    UNCLEAR = "unclear"  # may have been sent: look before sending again
    OPTED_OUT = "opted out"  # the resident sent STOP
    UNREACHABLE = "unreachable"  # this number cannot be texted
    WINDOW_SHUT = "window shut"  # WhatsApp: more than 24 hours since the resident wrote
    REFUSED = "refused"  # our text or settings are wrong
    ACCOUNT = "account"  # the provider does not let us send at all


class SendFailed(PuenteError):
    """A text was not taken. `retry` says whether trying again can help, `wait` not before how many seconds, if the
    provider said so."""

    def __init__(self, reason: Reason, *, retry: bool, code: str = "", wait: float | None = None) -> None:
        self.reason, self.retry, self.code, self.wait = reason, retry, code, wait
        super().__init__(f"The text was not sent: {reason.value}{f' (code {code})' if code else ''}.")


class NotPushed(PuenteError):
    """A push service did not take what a browser was to be told. `gone`: the browser no longer wants to be told anything;
    `retry` says whether trying again can help, `wait` not before how many seconds, if the service said so."""

    def __init__(self, *, gone: bool, retry: bool, status: int = 0, wait: int | None = None) -> None:
        self.gone, self.retry, self.status, self.wait = gone, retry, status, wait
        super().__init__(f"The push service did not take it ({status or 'no answer'}).")


class MediaUnfetched(PuenteError):
    """What came with a text was not given. `retry` says whether trying again can help; `code` is the provider's status
    or one word of ours, never anything of the resident's."""

    def __init__(self, *, retry: bool, code: str) -> None:
        self.retry, self.code = retry, code
        super().__init__(f"It was not fetched ({code}).")


class NotReached(PuenteError):
    """Another system did not do what it was asked. `retry` says whether trying again can help; `code` is its status or one
    word of ours, never anything of a resident's."""

    def __init__(self, *, retry: bool, code: str) -> None:
        self.retry, self.code = retry, code
        super().__init__(f"It was not reached ({code}).")


class Untranslated(StrEnum):
    """Why a machine gave no translation."""

    AWAY = "away"
    LATE = "late"
    BUSY = "busy"
    KEY = "key"  # it wants one, or another
    LANGUAGE = "language"  # it lacks one of the two
    LONG = "long"
    FAILED = "failed"  # at these very words


_UNTRANSLATED = {
    Untranslated.AWAY: "The translator does not answer now. Get an interpreter, or try again in a minute.",
    Untranslated.LATE: "The translator took too long. Try again, or get an interpreter.",
    Untranslated.BUSY: "The translator has too much to do. Try again in a minute, or get an interpreter.",
    Untranslated.KEY: "The translator does not let this line in. Tell whoever runs it: TRANSLATOR_KEY is missing or wrong.",
    Untranslated.LANGUAGE: "The translator does not know this language. Get an interpreter.",
    Untranslated.LONG: "This is too long for the translator. Say it in shorter texts.",
    Untranslated.FAILED: "The translator could not translate this. Say it in other words, or get an interpreter.",
}


class NotTranslated(PuenteError):
    """A machine gave no translation. `lasting`: nor will it another time, of these words."""

    def __init__(self, why: Untranslated) -> None:
        self.why = why
        self.lasting = why in (Untranslated.LANGUAGE, Untranslated.LONG, Untranslated.FAILED)
        super().__init__(_UNTRANSLATED[why])


class NotBrought(PuenteError):
    """A file of another system that cannot be taken over. The sentence says why, for who brought it."""
