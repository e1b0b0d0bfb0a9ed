"""A Twilio to test against: signs and posts webhooks, runs the TwiML it is given back, serves the Messages API,
keeps a ledger and fails when told to. It knows Twilio's ways only and nothing of the application.

    python -m tests.fake_twilio --app http://127.0.0.1:8000 --line +15555550100
"""

import argparse
import http.client
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from twilio.request_validator import RequestValidator

from tests.fake_twilio_ledger import Call, Fault, Ledger, Text
from tests.fake_twilio_rest import Rest, serve
from tests.fake_twilio_twiml import Said, TwimlWrong, said

PATIENCE = 15.0  # seconds a webhook may take
STOP_WORDS = frozenset(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"))
START_WORDS = frozenset(("START", "YES", "UNSTOP"))


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
        fallback: bool = False,  # call the fallback URL where the first fails
        keywords: bool = False,  # STOP and its kin make Twilio block our answers, as on a US long code
        receipts: Sequence[str] = ("sent", "delivered"),
        action_receipts: bool = True,  # the receipt to `action` is sent
        callback_receipts: bool = True,  # those to `statusCallback` of TwiML are sent
    ) -> None:
        self.app_url, self.public_url = app_url, public_url or app_url
        self.account_sid, self.auth_token, self.lines = account_sid, auth_token, tuple(lines)
        self.fallback, self.keywords, self.receipts = fallback, keywords, tuple(receipts)
        self.action_receipts, self.callback_receipts = action_receipts, callback_receipts
        self.fate: dict[str, int] = {}  # address -> code its texts end undelivered with
        self.calls: list[Call] = []
        self.errors: list[tuple[int, str]] = []  # Twilio's debugger: (code, where)
        self.ledger = Ledger()
        self._inbound: dict[str, tuple[dict[str, str], str]] = {}  # sid -> form, idempotency token
        self._validator = RequestValidator(auth_token)
        self._errands = ThreadPoolExecutor(4, thread_name_prefix="fake-twilio-receipts")
        self._pending: set[Future[None]] = set()
        credentials = {account_sid: auth_token} | ({api_key: api_secret} if api_key else {})
        self.rest = Rest(self.ledger, account_sid, credentials, self._created, self.lines)
        self._server = serve(self.rest, port)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._errands.shutdown(wait=False, cancel_futures=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def sent(self) -> list[Text]:
        """Texts on their way to residents, in order."""
        return [text for text in self.ledger if text.direction != "inbound"]

    @property
    def received(self) -> list[Text]:
        """Texts from residents, in order."""
        return [text for text in self.ledger if text.direction == "inbound"]

    def sent_to(self, resident: str) -> list[str]:
        return [text.body for text in self.sent if text.recipient == resident]

    # From residents

    def text(self, sender: str, body: str, *, line: str = "", **params: str) -> list[str]:
        """A resident texts; the replies in the TwiML. `params` add to the form or change it."""
        return self.repeat(self.withhold(sender, body, line=line, **params))

    def withhold(self, sender: str, body: str, *, line: str = "", **params: str) -> str:
        """A text that reached Twilio and whose webhook is not called (yet: see `repeat`); its sid."""
        whatsapp = "whatsapp:" if sender.startswith("whatsapp:") else ""
        recipient = whatsapp + (line or self.lines[0]).removeprefix("whatsapp:")
        kinds = tuple(params.get(f"MediaContentType{at}", "") for at in range(int(params.get("NumMedia", "0"))))
        text = self.ledger.add("inbound", sender, recipient, body, sid=params.get("MessageSid", ""), media=kinds)
        form = {
            **dict.fromkeys(("MessageSid", "SmsSid", "SmsMessageSid"), text.sid),
            "AccountSid": self.account_sid,
            "From": sender,
            "To": recipient,
            "Body": body,
            "NumMedia": str(len(kinds)),
            "NumSegments": "1",
            "SmsStatus": "received",
            "ApiVersion": "2010-04-01",
        }
        for at, (sid, _) in enumerate(text.media):
            form[f"MediaUrl{at}"] = f"{self._media_home}/Messages/{text.sid}/Media/{sid}"
        self._inbound[text.sid] = ({**form, **params}, str(uuid4()))
        if self.keywords and not whatsapp:
            self._heed(body.strip().upper(), recipient, sender)
        return text.sid

    def repeat(self, sid: str, *, new_delivery: bool = False) -> list[str]:
        """The webhook of a text is called (again): a retry, or with another idempotency token a new delivery."""
        form, token = self._inbound[sid]
        call = self._deliver(form, str(uuid4()) if new_delivery else token)
        return self._run(call, form["To"], form["From"]) if call.status in range(200, 300) else []

    def call(self, path: str, form: Mapping[str, str], token: str = "", signature: str = "") -> Call:
        """One signed webhook call, whatever its form. Status 0 if no answer came."""
        signed = signature or self._validator.compute_signature(self.public_url + path, dict(form))
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "X-Twilio-Signature": signed}
        if token:
            headers["I-Twilio-Idempotency-Token"] = token
        where, begun = urlsplit(self.app_url), time.monotonic()
        connect = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        line = connect(where.netloc, timeout=PATIENCE)
        try:
            line.request("POST", where.path + path, urlencode(form).encode(), headers)
            answer = line.getresponse()
            status, kind, body = answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
        except (OSError, http.client.HTTPException):
            status, kind, body = 0, "", ""
        finally:
            line.close()
        made = Call(path, dict(form), token, status, kind, body, time.monotonic() - begun)
        self.calls.append(made)
        return made

    def _deliver(self, form: Mapping[str, str], token: str) -> Call:
        call = self.call("/hooks/twilio", form, token)
        if call.status == 0:  # by default Twilio tries once more, and only if it got no answer
            call = self.call("/hooks/twilio", form, token)
        if call.status in range(200, 300):
            return call
        self.errors.append((11200 if call.status else 11205, call.path))
        if not self.fallback:
            return call
        blame = {"ErrorCode": str(self.errors[-1][0]), "ErrorUrl": self.public_url + "/hooks/twilio"}
        return self.call("/hooks/twilio/fallback", {**form, **blame}, token)

    def _heed(self, word: str, line: str, resident: str) -> None:
        if word in STOP_WORDS:
            self.rest.opted_out.add((line, resident))
        elif word in START_WORDS:
            self.rest.opted_out.discard((line, resident))

    @property
    def _media_home(self) -> str:
        return f"https://api.twilio.com/2010-04-01/Accounts/{self.account_sid}"

    # To residents

    def _run(self, call: Call, line: str, resident: str, depth: int = 0) -> list[str]:
        """The TwiML of an answer carried out; the texts it said."""
        told: list[str] = []
        try:
            verbs = said(call.body, call.content_type)
        except TwimlWrong as wrong:
            self.errors.append((wrong.code, call.path))
            return told
        for verb in verbs:
            if (line, resident) in self.rest.opted_out:
                self.errors.append((21610, call.path))
                continue
            text = self.ledger.add("outbound-reply", line, verb.to or resident, verb.body)
            told.append(verb.body)
            answered = self._reply_receipts(text, verb)
            if answered and depth < 10:
                told += self._run(answered, line, resident, depth + 1)
            if verb.action:
                break  # what answers the action takes over; the verbs after it are not reached
        return told

    def _reply_receipts(self, text: Text, verb: Said) -> Call | None:
        """Receipts of a TwiML reply; the call whose answer is run as TwiML, if there is one."""
        answered = None
        if verb.action and self.action_receipts:
            answered = self.call(self._path(verb.action), self._receipt(text, "queued"))
        self._receipts(text, verb.status_callback if self.callback_receipts else "")
        return answered

    def _created(self, text: Text) -> None:
        """A text came by REST: its receipts follow on their own thread, as its answer must not wait for them."""
        url = text.form.get("StatusCallback", [""])[0]
        errand = self._errands.submit(self._receipts, text, url)
        self._pending.add(errand)
        errand.add_done_callback(self._told)

    def _told(self, errand: Future[None]) -> None:
        if errand.cancelled() or not errand.exception():  # what failed waits for `settle` to raise it
            self._pending.discard(errand)

    def _receipts(self, text: Text, url: str) -> None:
        """The text goes through its states; each is told to the URL, if there is one."""
        code = self.fate.get(text.recipient)
        for status in (*self.receipts[:-1], "undelivered") if code else self.receipts:
            self.ledger.mark(text, status, code if status == "undelivered" else None)
            if url:
                self.call(self._path(url), self._receipt(text, status))

    def _receipt(self, text: Text, status: str) -> dict[str, str]:
        form = {
            **dict.fromkeys(("MessageSid", "SmsSid"), text.sid),
            **dict.fromkeys(("MessageStatus", "SmsStatus"), status),
            "AccountSid": self.account_sid,
            "From": text.sender,
            "To": text.recipient,
            "ApiVersion": "2010-04-01",
        }
        return form | ({"ErrorCode": str(text.code)} if text.code else {})

    def _path(self, url: str) -> str:
        """Path and query of a URL of ours. Twilio would call any; a test never calls out."""
        if not url.startswith(self.public_url + "/"):
            raise AssertionError(f"This URL is not under {self.public_url}: {url}")
        return url.removeprefix(self.public_url)

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until every receipt of a REST text is told. Raises what went wrong in telling."""
        done, late = wait(set(self._pending), timeout)
        self._pending -= done
        for errand in done:
            errand.result()
        if late:
            raise TimeoutError(f"{len(late)} receipts are still on their way.")

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
    ) -> None:
        """The next requests are answered with an error, before or after the text was accepted."""
        self.ledger.spoil(Fault("status", on, times, only_to, status, code, after_accepting=after_accepting))

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
        self.ledger.spoil(Fault("hang", on, times, only_to, seconds=seconds, after_accepting=after_accepting))

    def reset_next(
        self, *, after_accepting: bool = False, times: int = 1, on: Literal["create", "list"] = "create"
    ) -> None:
        """The next requests have their connection reset."""
        self.ledger.spoil(Fault("reset", on, times, after_accepting=after_accepting))


def main(arguments: Sequence[str] | None = None) -> None:
    """Lines of the form `+15005550006 words` become texts; the replies are printed."""
    words = argparse.ArgumentParser(description="A Twilio to try the line against.")
    words.add_argument("--app", required=True, help="address of the running line")
    words.add_argument("--public", default="", help="its PUBLIC_URL, if another")
    words.add_argument("--sid", default="AC" + "0" * 31 + "1", help="TWILIO_ACCOUNT_SID")
    words.add_argument("--token", default="test-auth-token-0000000000000000", help="TWILIO_AUTH_TOKEN")
    words.add_argument("--line", default="+15005550100", help="one of LINE_NUMBERS")
    words.add_argument("--port", type=int, default=0, help="port of the REST API; a free one if none is named")
    given = words.parse_args(arguments)
    with FakeTwilio(
        given.app,
        public_url=given.public,
        account_sid=given.sid,
        auth_token=given.token,
        lines=(given.line,),
        port=given.port,
    ) as twilio:
        print(f"TWILIO_API_URL={twilio.url}", flush=True)
        for row in sys.stdin:
            sender, _, body = row.rstrip("\n").partition(" ")
            for reply in twilio.text(sender, body) if sender else ():
                print(reply, flush=True)
            for code, path in twilio.errors:
                print(f"error {code} at {path}", file=sys.stderr, flush=True)
            twilio.errors.clear()


if __name__ == "__main__":
    main()
