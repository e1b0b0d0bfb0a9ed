"""Twilio's channel without a network: recorded hooks, signatures, TwiML, codes. Sending is in test_fake_twilio."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from bot.channels import twilio
from bot.channels.base import Channel
from bot.channels.twilio import Twilio
from bot.channels.twilio_errors import TROUBLES, trouble
from bot.channels.twilio_signed import signed_form
from bot.config import Config
from bot.errors import Forged, Reason
from bot.model import HookRequest, Inbound, Media, Outbound, Receipt, Spot

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "test-auth-token-0000000000000000"
PUBLIC = "https://hotline.example.gov"
HOOKS = sorted((Path(__file__).parent / "channels" / "twilio").glob("*.json"))


def channel(**changes: Any) -> Twilio:
    config = Config(
        twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, public_url=PUBLIC, line_numbers=("+15005550100",)
    )
    return replace(twilio.of(config, "sms"), **changes)


def request_of(recorded: dict[str, Any]) -> HookRequest:
    return HookRequest(recorded["method"], recorded["url"], recorded["headers"], recorded["body"].encode())


def expected(expect: dict[str, Any]) -> Inbound | Receipt | None:
    if "receipt" in expect:
        return Receipt(**expect["receipt"])
    if "inbound" not in expect:
        return None
    fields = dict(expect["inbound"])
    fields["media"] = tuple(Media(*one) for one in fields.get("media", ()))
    fields["spot"] = Spot(*fields["spot"]) if "spot" in fields else None
    return Inbound(**fields)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("medium", ["sms", "whatsapp"])
def test_a_recorded_hook_is_read_as_written_beside_it(hook: Path, medium: twilio.Medium) -> None:
    """Either medium's channel reads the hooks of both."""
    recorded = json.loads(hook.read_text())
    asked, wanted = request_of(recorded["request"]), expected(recorded["expect"])
    reader = channel(medium=medium)

    if wanted is None:
        assert recorded["expect"] == {"forged": True}
        with pytest.raises(Forged):
            reader.read(asked)
    else:
        assert list(reader.read(asked)) == [wanted]


def test_hooks_of_every_kind_are_recorded() -> None:
    names = {path.stem.partition("_")[0] for path in HOOKS}

    assert names == {"sms", "mms", "whatsapp", "receipt", "forged"}
    assert len(HOOKS) > 60


CALL = {
    "CallSid": "CA1234567890ABCDE", "Digits": "1234", "From": "+14158675309", "To": "+18005551212",
    "Caller": "+14158675309",
}  # fmt: skip
TWICE = [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"), ("Digits", "1234")]
JSON_BODY = '{"property": "value", "boolean": true}'
JSON_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
EVENT_BODY = '{"eventId":"1","text":"hola"}'
EVENT_HASH = "d9cce78713d36b2b305a26b3d7c5fd374745d44ddaaeb853405f52ca3f2494a8"
FOO = "/myapp.php?foo=1&bar=2"


def base(n: int, **changes: str) -> dict[str, str]:
    sid = f"SM{n:032d}"
    return {
        "MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": ACCOUNT, "From": "+15005550006",
        "To": "+15005550100", "NumMedia": "0", "NumSegments": "1", "SmsStatus": "received",
        "ApiVersion": "2010-04-01", **changes,
    }  # fmt: skip


WHATSAPP = base(
    5, From="whatsapp:US.13491208655302741918", ExternalUserId="whatsapp:US.13491208655302741918",
    To="whatsapp:+15005550100", Body="Bonjou", ProfileName="<b>Ana</b>", MessageType="text", FutureParam="x",
)  # fmt: skip
HOLA, IN = base(1, Body="Hola, necesito ayuda"), "/twilio/inbound"

VECTORS: list[tuple[str, str, str, Any, str]] = [
    # token, public URL, path and query, form or JSON text, signature
    ("12345", "https://mycompany.com", FOO, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("12345", "https://mycompany.com", FOO, CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),  # signed with port 443
    ("12345", "https://mycompany.com:443", FOO, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),  # we name the port, they do not
    ("12345", "http://mycompany.com", FOO, CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="),  # signed with port 80
    ("12345", "http://mycompany.com:1234", FOO, CALL, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ("12345", "https://mycompany.com", FOO, TWICE, "IK+Dwps556ElfBT0I3Rgjkr1wJU="),  # repeats count once, sorted
    ("12345", "https://mycompany.com", f"{FOO}&bodySHA256={JSON_HASH}", JSON_BODY, "a9nBmqA0ju/hNViExpshrM61xv4="),
    (TOKEN, PUBLIC, IN, HOLA, "rg6eN92bdHnMLQeMhJhTMMXXOrA="),
    (TOKEN, PUBLIC, f"{IN}?dept=central&v=1", HOLA, "6jj95nvPxIK5WNwmjMQUrOeTULg="),
    (TOKEN, f"{PUBLIC}:8443", IN, HOLA, "aU94YEfkgsOmSnNaTHwI2AHM65s="),
    (TOKEN, PUBLIC, IN, base(2, Body="مرحبا 👋🏽 أحتاج مساعدة "), "RdweMGWx3S3nO1qPa1hUMQblPRs="),
    (TOKEN, PUBLIC, IN, base(3, Body="a\0b"), "iLHITr0AIEssMB+Rs4ENQZoIYWc="),
    (TOKEN, PUBLIC, IN, base(4, Body=""), "BK4JCQXNKbkU+HKrCLaFrNKyA5Y="),
    (TOKEN, PUBLIC, IN, WHATSAPP, "ChLaqV2F8pMO53ZwFE/8TKvMyjE="),
    (TOKEN, PUBLIC, f"{IN}/events?bodySHA256={EVENT_HASH}", EVENT_BODY, "1QfSze7g1eI53LDIpwYyUetdVLg="),
]


def vector_request(url: str, sent: Any, signature: str) -> HookRequest:
    is_json = isinstance(sent, str)
    kind = "application/json" if is_json else "application/x-www-form-urlencoded"
    body = sent if is_json else urlencode(sent)
    return HookRequest("POST", url, {"content-type": kind, "x-twilio-signature": signature}, body.encode())


@pytest.mark.parametrize("token, public, url, sent, signature", VECTORS)
def test_vectors_of_others_are_accepted(token: str, public: str, url: str, sent: Any, signature: str) -> None:
    form = signed_form([RequestValidator(token)], public, vector_request(url, sent, signature))

    pairs = [] if isinstance(sent, str) else list(sent.items()) if isinstance(sent, dict) else sent
    assert sorted((name, value) for name, values in form.items() for value in values) == sorted(pairs)


@pytest.mark.parametrize("token, public, url, sent, signature", VECTORS)
def test_the_same_vectors_are_refused_for_another_token_host_path_or_word(
    token: str, public: str, url: str, sent: Any, signature: str
) -> None:
    changed = sent + " " if isinstance(sent, str) else [*dict(sent).items(), ("Added", "")]
    for other_token, other_public, request in [
        (token + "x", public, vector_request(url, sent, signature)),
        ("", public, vector_request(url, sent, signature)),
        (token, public.replace("//", "//www."), vector_request(url, sent, signature)),
        (token, public, vector_request(url + "x", sent, signature)),
        (token, public, vector_request(url, changed, signature)),
        (token, public, vector_request(url, sent, signature.swapcase())),
    ]:
        with pytest.raises(Forged):
            signed_form([RequestValidator(other_token)], other_public, request)


def test_the_shifted_vector_passes_the_signature_and_is_still_refused() -> None:
    """Its signature is genuine, as names and values are joined without separators; its sender is missing."""
    signature = RequestValidator(TOKEN).compute_signature(
        PUBLIC + "/hooks/twilio", {"AccountSid": ACCOUNT, "Body": "hi", "From": "+15005550006"}
    )
    shifted = {"AccountSid": ACCOUNT, "Body": "hiFrom+15005550006"}
    request = vector_request("/hooks/twilio", shifted, signature)

    assert signed_form([RequestValidator(TOKEN)], PUBLIC, request)
    with pytest.raises(Forged):
        channel().read(request)


def test_a_thousand_mutations_are_forged_and_nothing_else() -> None:
    chance = random.Random(20)
    form = base(1, Body="Hola, ¿dónde hay comida?", ProfileName="Ana")
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC + "/hooks/twilio", form)
    reader = channel()
    assert reader.read(vector_request("/hooks/twilio", form, signature))

    for _ in range(1000):
        url, sent, signed = "/hooks/twilio", dict(form), signature
        name = chance.choice(list(sent))
        match chance.randrange(6):
            case 0:
                at = chance.randrange(len(sent[name]))
                sent[name] = sent[name][:at] + chr(chance.randrange(0x1F600)).replace("\ud800", "x") + sent[name][at:]
            case 1:
                del sent[name]
            case 2:
                sent[name + chance.choice("abc")] = sent.pop(name)
            case 3:
                sent[chance.choice(["Added", "From2", "a"])] = ""
            case 4:
                url += chance.choice(["?", "#", "\n", "\t", "/", "?a=1", "%00", "#x", "?\udcff", "?message=1\n"])
            case _:
                at = chance.randrange(len(signed))
                signed = signed[:at] + chance.choice("#\0é\udcff ") + signed[at + 1 :]
        sent = {key: value.encode(errors="replace").decode() for key, value in sent.items()}
        if (url, sent, signed) == ("/hooks/twilio", form, signature):
            continue
        with pytest.raises(Forged):
            reader.read(vector_request(url, sent, signed))


@pytest.mark.parametrize(
    "body",
    [
        b"%",  # half an escape
        b"%ff%fe=%80",
        b"\xff\xfe=\x80&a",
        b"&&&=&==",
        b"a=1&" * 6000,  # more fields than anybody sends
        b"Body=" + b"x" * 600_000,
        b"",
    ],
)
def test_a_body_of_any_bytes_is_forged_and_nothing_else(body: bytes) -> None:
    for kind in ("application/x-www-form-urlencoded", "application/json", ""):
        with pytest.raises(Forged):
            channel().read(
                HookRequest("POST", "/hooks/twilio", {"x-twilio-signature": "x", "content-type": kind}, body)
            )


def test_while_a_token_is_changed_both_sign_and_one_is_used() -> None:
    """Calls come all the time; the settings change before Twilio does."""
    before, after = "the-token-of-before-000000000000", "the-token-of-after-0000000000000"
    changing = channel(auth_token=after, auth_token_before=before)

    for reads, signs in ((channel(auth_token=before), before), (changing, before), (changing, after),
                         (channel(auth_token=after), after)):  # fmt: skip
        assert reads.read(signed_by(signs, Body="hola"))
    for reads, signs in ((changing, "another"), (changing, ""), (channel(auth_token=after), before)):
        with pytest.raises(Forged):
            reads.read(signed_by(signs, Body="hola"))
    assert changing._credentials() == (ACCOUNT, after)
    with pytest.raises(Forged):
        channel(auth_token="", auth_token_before=before).read(signed_by(before, Body="hola"))


def signed_by(token: str, **changes: str) -> HookRequest:
    form = {
        "MessageSid": "SM" + "0" * 32, "AccountSid": ACCOUNT, "From": "+15005550006", "To": "+15005550100", **changes,
    }  # fmt: skip
    signature = RequestValidator(token).compute_signature(f"{PUBLIC}/hooks/twilio", form)
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    return HookRequest("POST", "/hooks/twilio", headers, urlencode(form).encode())


def test_without_account_or_token_everything_is_forged() -> None:
    """An empty token is a key everybody has."""
    form = base(1, AccountSid="", Body="hi")
    signature = RequestValidator("").compute_signature(PUBLIC + "/hooks/twilio", form)
    for missing in (channel(auth_token=""), channel(account_sid=""), channel(account_sid="", auth_token="")):
        with pytest.raises(Forged):
            missing.read(vector_request("/hooks/twilio", form, signature))


def test_of_takes_names_and_addresses_from_the_settings() -> None:
    config = Config(twilio_account_sid=ACCOUNT, twilio_auth_token=TOKEN, public_url=PUBLIC, twilio_reply="rest")
    made: list[Channel] = [twilio.of(config, "sms"), twilio.of(config, "whatsapp")]

    assert [one.name for one in made] == ["twilio-sms", "twilio-whatsapp"]
    assert TOKEN not in repr(made)


def outbound(text: str, parts: tuple[str, ...] = ()) -> Outbound:
    return Outbound(4821, 1, "twilio-sms", "+15005550006", "+15005550100", text, parts)


@pytest.mark.parametrize(
    "text", ["Hola", "a < b & c > d", "\"quotes\" and 'more'", "مرحبا 👋🏽", "one\n\ntwo", "]]>", "&amp;"]
)
def test_the_reply_is_what_twilios_own_builder_would_say(text: str) -> None:
    answer = channel().acknowledge(outbound(text, (text, "the second part goes by REST")))

    url = f"{PUBLIC}/hooks/twilio/status?message=4821&part=0"
    built = MessagingResponse()
    built.message(text, action=url, method="POST", status_callback=url)
    assert answer.status == 200
    assert answer.content_type.startswith("text/xml")
    assert _tree(answer.body) == _tree(str(built))


def _tree(xml: str) -> list[Any]:
    return [(node.tag, node.attrib, node.text) for node in ElementTree.fromstring(xml.encode()).iter()]


def test_what_xml_cannot_carry_is_left_out() -> None:
    answer = channel().acknowledge(outbound("a\0b\x1b[0m\ud800c\uffff\td\ne"))

    assert _tree(answer.body)[1][2] == "ab[0mc\td\ne"


def test_there_is_nothing_to_say_without_a_reply_or_where_replies_go_by_rest() -> None:
    for answer in (
        channel().acknowledge(None),
        channel().acknowledge(outbound("")),
        channel(reply="rest").acknowledge(outbound("Hola")),
    ):
        assert (answer.status, _tree(answer.body)) == (200, [("Response", {}, None)])


def test_long_texts_are_split_within_1600_and_the_first_part_is_said() -> None:
    words = " ".join(f"palabra{n}" for n in range(400))
    parts = channel().split(words)

    assert len(parts) > 1
    assert all(len(part) <= 1600 for part in parts)
    assert " ".join(parts).split() == words.split()
    assert _tree(channel().acknowledge(outbound(words)).body)[1][2] == parts[0]


def test_every_code_of_the_specification_has_a_decision_and_a_sentence() -> None:
    codes = """20429 20500 20503 20003 21211 21612 21614 21217 21408 21610 21611 30001 21602 21617 21656 92002 92007
    21606 21703 21705 63007 63001 30002 30003 30005 30006 30008 30410 30004 30007 30450 30453 30019 21623 11751 12300
    30022 30023 30032 30034 30035 30036 63003 63024 63032 63005 63013 63019 63021 63012 63014 63033 63015 63016 63018
    63038 63040 63041 63042 63049 63051 63112"""
    known = codes.split()

    assert set(known) <= set(TROUBLES)
    for code in known:
        found = trouble(code)
        assert found.sentence.endswith(".")
        assert not any(char.isdigit() for char in found.sentence.replace("24 hours", ""))


@pytest.mark.parametrize(
    "code, status, reason, retry",
    [
        ("20429", 429, Reason.BUSY, True),
        ("", 429, Reason.BUSY, True),
        ("20500", 500, Reason.UNCLEAR, False),  # retried only after a look, so never blindly
        ("", 502, Reason.UNCLEAR, False),
        ("", 307, Reason.UNCLEAR, False),
        ("20003", 401, Reason.ACCOUNT, True),  # the queue is kept until somebody mends it
        ("21610", 400, Reason.OPTED_OUT, False),
        ("21211", 400, Reason.UNREACHABLE, False),
        ("63016", 400, Reason.WINDOW_SHUT, False),
        ("21617", 400, Reason.REFUSED, False),
        ("99999", 400, Reason.REFUSED, False),  # unknown: as the HTTP status says
        ("99999", 0, Reason.UNREACHABLE, False),  # unknown, in a receipt
    ],
)
def test_what_a_code_decides(code: str, status: int, reason: Reason, retry: bool) -> None:
    assert (trouble(code, status).reason, trouble(code, status).retry) == (reason, retry)


def test_reading_hooks_does_not_load_the_rest_client() -> None:
    seen = "import sys, bot.channels.twilio; print([m for m in ('twilio.rest', 'requests', 'aiohttp') if m in sys.modules])"

    assert subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout == "[]\n"
