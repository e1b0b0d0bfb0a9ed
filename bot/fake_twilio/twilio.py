"""A Twilio to test against: brings texts to the application, runs the TwiML it is given back, serves the Messages API,
keeps a ledger and fails when told to. It knows Twilio's ways only and nothing of the application."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from types import TracebackType
from typing import Any, Literal, Self
from uuid import uuid4

from bot.fake_twilio import whatsapp
from bot.fake_twilio.door import Control, serve
from bot.fake_twilio.errands import Errands
from bot.fake_twilio.faults import Fault, Faults
from bot.fake_twilio.ledger import Call, Ledger, Text
from bot.fake_twilio.receipts import Receipts
from bot.fake_twilio.rest import Form, Rest
from bot.fake_twilio.twiml import Said
from bot.fake_twilio.webhooks import WEBHOOK, Answer, Webhooks

STOP_WORDS = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))
START_WORDS = frozenset(("START", "YES", "UNSTOP"))
MOST_AT_ONCE = 64  # webhooks
_DEEPEST = 10  # answers to actions that have actions themselves

Kept = tuple[str, bytes]  # of a medium: its content type, its content


class FakeTwilio:
    """One account. Use it as a context manager; `url` is what TWILIO_API_URL is set to.

    `public_url` is what is signed (the application's PUBLIC_URL), `app_url` where the calls really go.
    """

    def __init__(
        self,
        app_url: str = "",
        *,
        public_url: str = "",
        account_sid: str = "AC" + "0" * 31 + "1",
        auth_token: str = "test-auth-token-0000000000000000",
        api_key: str = "",
        api_secret: str = "",
        lines: Sequence[str] = ("+15005550100",),
        port: int = 0,
        webhook_fragment: str = "",  # connection overrides, as behind the address of the webhook
        fallback: str = "",  # address that is called where the webhook fails
        keywords: bool = False,  # STOP and its kin make Twilio block our answers, as on a US long code
        receipts: Sequence[str] = ("sent", "delivered"),
        action_receipts: bool = True,  # the receipt to `action` is sent
        callback_receipts: bool = True,  # those to `statusCallback` of TwiML are sent
        receipts_apart: bool = False,  # those of TwiML are told by other threads, and `text` does not wait for them
        check: Callable[[Form], list[str]] = lambda _: [],  # what is wrong with the form of a create request
        control: Control = lambda *_: (404, {"error": "Nothing is controlled here."}),
        seed: int = 0,
    ) -> None:
        self.account_sid, self.auth_token, self.lines = account_sid, auth_token, tuple(lines)
        self.keywords, self.receipts_apart = keywords, receipts_apart
        self.action_receipts, self.callback_receipts = action_receipts, callback_receipts
        self.withhold_share = 0.0  # of the webhooks of `text`, which wait for `release`
        self.before_text: Callable[[], None] = lambda: None  # called before each text comes in
        self.created: Callable[[Text], None] = lambda _: None  # told of each text that comes by REST
        self.chance = random.Random(seed)
        self.ledger, self.faults = Ledger(), Faults(self.chance)
        self.webhooks = Webhooks(app_url, public_url, auth_token, self.ledger, webhook_fragment, fallback)
        self.receipts = Receipts(self.chance, tuple(receipts))
        self.errands = Errands(webhooks=MOST_AT_ONCE, receipts=16)
        credentials = {account_sid: auth_token} | ({api_key: api_secret} if api_key else {})
        self.rest = Rest(self.ledger, account_sid, credentials, self.faults, check, self.lines)
        for set_up in self.rest.numbers.values():
            set_up |= {"sms_url": f"{self.public_url}{WEBHOOK}{webhook_fragment}", "sms_fallback_url": fallback}
        self.control = control
        self._inbound: dict[str, tuple[dict[str, str], str]] = {}  # sid -> form, idempotency token
        self._server = serve(self.rest, self._created, lambda *asked: self.control(*asked), port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.errands.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def public_url(self) -> str:
        return self.webhooks.public_url

    @property
    def errors(self) -> list[tuple[int, str]]:
        """Twilio's debugger: (code, path)."""
        return self.webhooks.errors

    @property
    def calls(self) -> list[Call]:
        return self.ledger.calls

    @property
    def fate(self) -> dict[str, int]:
        """Address -> the code its texts end undelivered with."""
        return self.receipts.fate

    @property
    def sent(self) -> list[Text]:
        """Texts on their way to residents, in order."""
        return [text for text in self.ledger if text.direction != "inbound"]

    @property
    def received(self) -> list[Text]:
        """Texts from residents, in order."""
        return [text for text in self.ledger if text.direction == "inbound"]

    def sent_to(self, resident: str) -> list[str]:
        return [text.body for text in self.ledger.to(resident) if text.direction != "inbound"]

    # From residents

    def text(self, sender: str, body: str, *, line: str = "", media: Sequence[Kept] = (), **params: str) -> list[str]:
        """A resident texts; the replies in the TwiML. `params` add to the form or change it."""
        sid = self.withhold(sender, body, line=line, media=media, **params)
        return [] if self.held_back() else self.repeat(sid)

    def withhold(self, sender: str, body: str, *, line: str = "", media: Sequence[Kept] = (), **params: str) -> str:
        """A text that reached Twilio and whose webhook is not called (yet: see `repeat`); its sid."""
        self.before_text()
        whatsapp = "whatsapp:" if sender.startswith("whatsapp:") else ""
        recipient = whatsapp + (line or self.lines[0]).removeprefix("whatsapp:")
        kinds = [kind for kind, _ in media]
        kinds += [params.get(f"MediaContentType{at}", "") for at in range(len(kinds), int(params.get("NumMedia", 0)))]
        text = self.ledger.add("inbound", sender, recipient, body, sid=params.get("MessageSid", ""), media=kinds)
        text.withheld = True
        for (sid, _), (_, content) in zip(text.media, media, strict=False):
            self.rest.media.contents[sid] = content
        self._inbound[text.sid] = (self._form(text) | params, str(uuid4()))
        if self.keywords and not whatsapp:
            self._heed(body.strip().upper(), recipient, sender)
        return text.sid

    def brought(self, sid: str) -> bool:
        """Whether a text of this sid came in."""
        return sid in self._inbound

    def held_back(self) -> bool:
        """Whether chance has it that the webhook of the next text waits for `release`."""
        return self.withhold_share > 0 and self.chance.random() < self.withhold_share

    def repeat(self, sid: str, *, new_delivery: bool = False) -> list[str]:
        """The webhook of a text is called (again): a retry, or with another idempotency token a new delivery."""
        return self.delivered(sid, new_delivery=new_delivery)[1]

    def delivered(self, sid: str, *, new_delivery: bool = False) -> tuple[int, list[str]]:
        """The same, with the last status of the application."""
        form, token = self._inbound[sid]
        self.ledger.let_go(sid)
        done = self.webhooks.deliver(form, str(uuid4()) if new_delivery else token)
        return done.status, self._run(done.verbs, done.path, form["To"], form["From"])

    def release(self, sids: Iterable[str] | None = None) -> list[str]:
        """The webhooks of these texts that were withheld are called, by other threads; of all, if none are named."""
        named = [text.sid for text in self.ledger if text.withheld] if sids is None else list(sids)
        for sid in named:
            self.bring([sid])
        return named

    def bring(self, sids: Sequence[str]) -> None:
        """The webhooks of these texts are called by another thread, each when the one before was answered."""
        for sid in sids:
            self.ledger.let_go(sid)
        self.errands.put("webhooks", lambda: [self.repeat(sid) for sid in sids])

    def repeat_all(
        self, sids: Sequence[str], *, times: int = 1, at_once: bool = False, new_delivery: bool = False
    ) -> Counter[int]:
        """Every one of these webhooks is called so many times, one after the other or as many at once as may be; how
        often each status came."""
        statuses: Counter[int] = Counter()
        lock = threading.Lock()

        def once_more(sid: str) -> None:
            status, _ = self.delivered(sid, new_delivery=new_delivery)
            with lock:
                statuses[status] += 1

        errands = Errands(repeats=MOST_AT_ONCE if at_once else 1)
        for sid in sids:
            for _ in range(times):
                errands.put("repeats", partial(once_more, sid))
        errands.settle(threading.TIMEOUT_MAX)
        errands.close()
        return statuses

    def call(self, path: str, form: Mapping[str, str], token: str = "", signature: str = "") -> Answer:
        """One signed webhook call, whatever its form. Status 0 if no answer came."""
        return self.webhooks.once(self.public_url + path, form, token, signature)

    def _form(self, text: Text) -> dict[str, str]:
        form = {
            **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), text.sid),
            "AccountSid": self.account_sid,
            "From": text.sender,
            "To": text.recipient,
            "Body": text.body,
            "NumMedia": str(len(text.media)),
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }
        home = f"https://api.twilio.com/2010-04-01/Accounts/{self.account_sid}/Messages/{text.sid}/Media"
        for at, (sid, kind) in enumerate(text.media):
            form |= {f"MediaUrl{at}": f"{home}/{sid}", f"MediaContentType{at}": kind}
        return form

    def _heed(self, word: str, line: str, resident: str) -> None:
        if word in STOP_WORDS:
            self.rest.opted_out.add((line, resident))
        elif word in START_WORDS:
            self.rest.opted_out.discard((line, resident))

    # To residents

    def _run(self, verbs: Sequence[Said], path: str, line: str, resident: str, depth: int = 0) -> list[str]:
        """The TwiML of an answer carried out; the texts it said."""
        told: list[str] = []
        for verb in verbs:
            if (line, resident) in self.rest.opted_out:
                self.errors.append((21610, path))
                continue
            text = self.ledger.add("outbound-reply", line, verb.to or resident, verb.body)
            told.append(verb.body)
            if self.receipts_apart:
                follow = partial(self._followed, text, verb, line, resident, depth)
                self.errands.put("receipts", follow)
            else:
                told += self._followed(text, verb, line, resident, depth)
            if verb.action:
                break  # what answers the action takes over; the verbs after it are not reached
        return told

    def _followed(self, text: Text, verb: Said, line: str, resident: str, depth: int) -> list[str]:
        """Receipts of a TwiML reply. What answers the one to `action` is run as TwiML; the texts that said."""
        answered = None
        if verb.action and self.action_receipts:
            answered = self.webhooks.once(verb.action, self.receipts.form(text, "queued", self.account_sid))
        self._receipts(text, verb.status_callback if self.callback_receipts else "")
        if not answered or depth == _DEEPEST:
            return []
        done, code = self.webhooks.read(answered)
        if code:
            self.errors.append((code, done.path))
        return self._run(done.verbs, done.path, line, resident, depth + 1)

    def _created(self, text: Text) -> None:
        """A text came by REST: its receipts follow on their own thread, as its answer must not wait for them."""
        self.created(text)
        url = text.form.get("StatusCallback", [""])[0]
        self.errands.put("receipts", lambda: self._receipts(text, url))

    def _receipts(self, text: Text, url: str) -> None:
        """The text goes through its states; each is told to the URL, if there is one."""
        shut = whatsapp.is_shut(self.ledger, text, timedelta(seconds=self.rest.ahead))
        code = whatsapp.SHUT if shut else 0
        for form in self.receipts.lived_through(text, self.ledger, self.account_sid, code):
            if url and self.receipts.delay:
                self.errands.put("receipts", partial(self.webhooks.once, url, form), after=self.receipts.delay)
            elif url:
                self.webhooks.once(url, form)

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until no webhook and no receipt is on its way. Raises what went wrong on it."""
        self.errands.settle(timeout)

    # Bad days

    def fail_next(
        self,
        *,
        code: int,
        status: int,
        after_accepting: bool = False,
        times: int = 1,
        on: Literal["create", "list"] = "create",
        only_to: str = "",
        retry_after: float | None = None,
    ) -> None:
        """The next requests are answered with an error, before or after the text was accepted."""
        self._befall(
            times,
            on,
            only_to=only_to,
            status=status,
            code=code,
            after_accepting=after_accepting,
            retry_after=retry_after,
        )

    def hang_next(
        self,
        seconds: float,
        *,
        after_accepting: bool = False,
        times: int = 1,
        on: Literal["create", "list"] = "create",
        only_to: str = "",
    ) -> None:
        """The next requests get no answer for so long, then the connection is cut."""
        self._befall(times, on, how="hang", only_to=only_to, seconds=seconds, after_accepting=after_accepting)

    def reset_next(
        self, *, after_accepting: bool = False, times: int = 1, on: Literal["create", "list"] = "create"
    ) -> None:
        """The next requests have their connection reset."""
        self._befall(times, on, how="reset", after_accepting=after_accepting)

    def _befall(self, times: int, on: Literal["create", "list"], **how: Any) -> None:
        self.faults.put(Fault(times=times, on=on, **how))
