"""Things are fetched from the provider and from nowhere else."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.channels import twilio_media
from bot.channels.reaching import public
from bot.errors import MediaUnfetched
from bot.fake_twilio.faults import Fault
from tests.attachments.conftest import PHOTO, account, asked, came, later, states, texted
from tests.line import ACCOUNT, Line


def test_the_delivery_network_is_not_shown_our_credentials(line: Line, resident: str) -> None:
    line.twilio.rest.media.redirects = True
    texted(line, resident, PHOTO)
    assert states(line, resident) == [("kept", "")]
    assert line.twilio.rest.media.asked == {"requests": 1, "with_authorization": 0}


@contextmanager
def decoy() -> Iterator[tuple[int, list[object]]]:
    """A port where nobody should come, and who came: whole when the block has ended."""
    visitors: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def welcome() -> None:
            listening.settimeout(0.05)
            while True:
                last = stop.is_set()  # asked first: whoever knocked before is still let in
                try:
                    visitor, address = listening.accept()
                except TimeoutError:
                    if last:
                        return
                    continue
                visitors.append(address)
                visitor.close()

        thread = threading.Thread(target=welcome)
        thread.start()
        try:
            yield listening.getsockname()[1], visitors
        finally:
            stop.set()
            thread.join()


def test_nobody_is_followed_elsewhere(line: Line, resident: str) -> None:
    with decoy() as (port, visitors):
        for to in (f"http://127.0.0.1:{port}/x", f"https://127.0.0.1:{port}/x", f"//localhost:{port}/x"):
            line.twilio.faults.put(Fault("redirect", on="media", times=1, to=to))
        texted(line, resident, PHOTO, PHOTO, PHOTO)
    assert visitors == []
    assert states(line, resident) == [("waiting", "redirect")] * 3


def test_a_chain_of_redirects_has_an_end(line: Line, resident: str) -> None:
    line.twilio.faults.put(Fault("redirect", on="media", to="?again"))
    line.twilio.faults.put(Fault("redirect", on="cdn", to=f"{line.twilio.url}/_cdn/x"))
    texted(line, resident, PHOTO)
    assert asked(line) <= 4 and came(line, resident)[0].state == "waiting"


def tricks(port: int, sid: str) -> list[str]:
    """Addresses that are not this text's, in the ways such are written."""
    me, other = "ME" + "1" * 32, "2" * 32
    home = f"2010-04-01/Accounts/{ACCOUNT}/Messages"
    path = f"/{home}/{sid}/Media/{me}"
    elsewhere = [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]", "0.0.0.0", "127.0.0.1.nip.io", "api.twilio.com.127.0.0.1.nip.io",
        "api.twilio.com@127.0.0.1", "api.twilio.com%40127.0.0.1", "user:word@127.0.0.1", "①②⑦.⓪.⓪.①",
    ]  # fmt: skip
    return [
        *[f"http://{host}:{port}{path}" for host in elsewhere],
        f"http://169.254.169.254/latest/meta-data{path}",
        f"https://169.254.169.254{path}",
        f"https://[fd00:ec2::254]{path}",
        f"https://metadata.google.internal{path}",
        f"http://api.twilio.com{path}",
        f"https://api.twilio.com\\@127.0.0.1:{port}{path}",
        f"https://127.0.0.1:{port}\\.api.twilio.com{path}",
        f"https://127.0.0.1:{port}#api.twilio.com{path}",
        f"https://127.0.0.1:{port}/?https://api.twilio.com{path}",
        f"https://evil.example/https://api.twilio.com{path}",
        f"https://api.twilio.com:{port}{path}",
        f"https://api-twilio.com{path}",
        f"https://xapi.twilio.com{path}",
        f"https://api.twilio.com.evil.example{path}",
        f"https://api.twilio.com/{home}/MM{other}/Media/{me}",
        f"https://api.twilio.com/2010-04-01/Accounts/AC{other}/Messages/{sid}/Media/{me}",
        f"https://api.twilio.com{path}/../../../MM{other}/Media/{me}",
        f"https://api.twilio.com{path}?x=http://127.0.0.1:{port}",
        f"https://api.twilio.com{path}\n",
        f"https://api.twilio.com{path}.json",
        f"https://api.twilio.com{path.replace('/Media/', '//Media/')}",
        f"https://api.twilio.com{path.replace('Media', 'media')}",
        f"https://api.twilio.com{path.upper()}",
        f"https://api.twilio.com/{home}/{sid}/Media/ME{'1' * 31}",
        f"https://api.twilio.com/{home}/{sid}/Media/ME{'1' * 30}%2e",
        f"file:///etc/passwd{path}",
        f"gopher://127.0.0.1:{port}{path}",
        f"dict://127.0.0.1:{port}{path}",
        f"data:image/jpeg;base64,AAAA{path}",
        f"//127.0.0.1:{port}{path}",
        path,
        me,
        "",
    ]


def test_an_address_that_is_not_of_this_text_is_never_asked(line: Line) -> None:
    sid = "MM" + "3" * 31
    with decoy() as (port, visitors):
        all_of_them = tricks(port, sid + "0")
        for n, _ in enumerate(all_of_them):
            own = f"{sid[:-2]}{n:03x}"
            trick = tricks(port, own)[n]
            more = {"NumMedia": "1", "MediaUrl0": trick, "MediaContentType0": "image/jpeg", "MessageSid": own}
            resident = f"+1500556{n:04d}"
            texted(line, resident, **more)
            assert states(line, resident) == [("refused", "address")], trick
        later(line, seconds=30)
    assert len(all_of_them) >= 25
    assert visitors == [] and asked(line) == 0


def test_only_addresses_of_the_open_internet_are_followed() -> None:
    ours = (
        "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 ::1 :: "
        "fe80::1%eth0 fd00:ec2::254 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe "
        "2002:7f00:1::1 2001:0:4136:e378:8000:63bf:80ff:fffe ff02::1"
    )
    assert [address for address in ours.split() if public(address)] == []
    assert all(map(public, ("3.210.10.1", "2606:4700::1111", "64:ff9b::3d2:a01", "::ffff:3.210.10.1")))


@pytest.mark.parametrize(
    "url",
    [
        "https://mms.twiliocdn.com/AC1/x?Expires=1&Signature=a~b",
        "https://media.twiliocdn.com/x",
        "https://mcs.us1.twilio.com/v1/x",
        "https://api.twilio.com/x",
    ],
)
def test_twilios_own_hosts_may_be_followed(url: str) -> None:
    assert twilio_media._allowed(account(""), url).netloc in url


@pytest.mark.parametrize(
    "url",
    [
        "http://mms.twiliocdn.com/x",
        "https://mms.twiliocdn.com:8443/x",
        "https://twiliocdn.com.evil.example/x",
        "https://eviltwiliocdn.com/x",
        "https://someone.s3.amazonaws.com/x",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/x",
        "https://mms.twiliocdn.com@127.0.0.1/x",
        "https://mms.twiliocdn.com\\@127.0.0.1/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://mms.twiliocdn.com/x y",
        "https://mms.twiliocdn.com/x\r\nHost: evil.example",
        "https://mms.twiliocdn.com:x/",
        "file:///etc/passwd",
        "ftp://mms.twiliocdn.com/x",
        "",
    ],
)
def test_others_may_not(url: str) -> None:
    with pytest.raises(MediaUnfetched) as refused:
        twilio_media._allowed(account(""), url)
    assert refused.value.code == "redirect"


def test_a_name_that_leads_home_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when somebody has the name of a host in their hands."""
    asked_for = []

    def lead_home(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked_for.append(host)
        return [(socket.AF_INET, 1, 6, "", ("3.210.10.1", port)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lead_home)
    with pytest.raises(MediaUnfetched) as refused:
        twilio_media.fetch(account(""), "MM" + "0" * 32, "ME" + "0" * 32)
    assert (refused.value.code, asked_for) == ("redirect", ["api.twilio.com"])


def test_credentials_do_not_travel_in_the_open() -> None:
    with pytest.raises(MediaUnfetched) as refused:
        twilio_media.fetch(account("http://gateway.example"), "MM" + "0" * 32, "ME" + "0" * 32)
    assert refused.value.code == "not https"
