"""Reports filed by texts, as residents file them, for tests of what becomes of them."""

from bot.hotline import Hotline
from bot.line import conversation
from bot.model import Inbound, Officer, Role
from bot.store import messages, staff
from bot.store.ids import new_id
from tests.line import LINE, Clock, thread_of

ES, EN, AR = "+15005557001", "+15005557002", "+15005557003"
NOISE_ES = (
    "hay mucho ruido de perros en la noche", "no", "si", "si", "perros", "no", "Calle Lantern 12", "seguido",
    "todas las noches de 11 a 3", "S", "1", "1",
)  # fmt: skip
NOISE_EN = (
    "there is loud music every night", "no", "yes", "yes", "1", "no", "12 Lantern Street", "often", "every night", "S", "1",
    "1",
)  # fmt: skip
DAMAGE_EN = (
    "stop sign is down on 5th", "no", "yes", "yes", "the stop sign, it lies on the street", "5th and Linden", "this morning",
    "no", "S", "S", "N", "S", "1", "1",
)  # fmt: skip


def text(hotline: Hotline, sender: str, words: str, channel: str = "twilio-sms") -> str:
    """One text of a resident; what they are answered."""
    if isinstance(hotline.now, Clock):
        hotline.now.pass_by(seconds=5)
    inbound = Inbound(channel, f"SM{new_id():032x}", sender, LINE, words)
    reply = conversation.receive(hotline, inbound)
    return reply.text if reply else ""


def files(hotline: Hotline, sender: str, talk: tuple[str, ...]) -> tuple[int, str]:
    """A resident files a report; its id and number."""
    for words in talk:
        said = text(hotline, sender, words)
    row = hotline.db.look("SELECT id, number FROM reports ORDER BY id DESC LIMIT 1", {})
    assert row and row[1] in said, said
    return int(row[0]), str(row[1])


def said_to(hotline: Hotline, sender: str) -> list[str]:
    """What the line wrote to a resident without being asked, oldest first."""
    thread = thread_of(hotline, sender)
    with hotline.db.read() as conn:
        return [one.text for one in messages.of_thread(conn, hotline.keys, thread) if one.state == "queued"]


def officer(hotline: Hotline, login: str, role: Role = Role.OFFICER) -> Officer:
    made = Officer(new_id(), login, login.capitalize(), role)
    with hotline.db.write() as conn:
        staff.add(conn, made, "no password", hotline.instant())
    return made


def version(hotline: Hotline, report_id: int) -> int:
    row = hotline.db.look("SELECT version FROM reports WHERE id = :id", {"id": report_id})
    assert row
    return int(row[0])


def state(hotline: Hotline, report_id: int) -> str:
    row = hotline.db.look("SELECT state FROM reports WHERE id = :id", {"id": report_id})
    assert row
    return str(row[0])
