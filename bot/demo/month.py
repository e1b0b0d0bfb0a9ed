"""Two months of the demo town's past, so that statistics show something from the start: made up, no person's, the same
each time."""

import random
from datetime import date, datetime, time, timedelta

from bot.config import Config
from bot.demo.past import Past
from bot.hotline import keys_of
from bot.line.handles import new_handle
from bot.store import sums, threads
from bot.store.database import Connection, Database
from bot.store.schema import staff as staff_rows
from bot.text import report_number

_SEED = 7
_A_DAY = 14  # contacts
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000  # ms
# Language: how many of a hundred write it, how long they wait for a person (minutes, half of them), first words.
_TONGUES = {
    "en": (38, 4, "Somebody took my bike last night"),
    "es": (33, 6, "Me robaron la bicicleta anoche"),
    "zh-Hans": (8, 9, "我的自行车昨晚被偷了"),
    "vi": (6, 10, "Tối qua xe đạp của tôi bị mất"),
    "ar": (6, 14, "سُرقت دراجتي الليلة الماضية"),
    "ht": (5, 12, "Yo vòlè bisiklèt mwen yè swa"),
    "ko": (2, 16, "어젯밤에 자전거를 도둑맞았어요"),
    "ru": (2, 15, "Вчера вечером украли мой велосипед"),
}
_KINDS = ("theft", "lost", "noise", "damage", "other")
_NEEDS = ("shelter", "legal", "food", "health")
_STOPS = ("report_theft.value", "report_damage.item", "where.place", "report_contact.name")
_HOURS = (0, 0, 0, 0, 0, 1, 2, 4, 6, 7, 8, 8, 9, 7, 6, 7, 8, 9, 10, 9, 7, 4, 2, 1)  # how busy each hour is


def load_once(config: Config, now: datetime | None = None) -> int:
    """How many contacts were made up; 0 if days were counted already, this was done before, or there is no demo town."""
    if not config.development:
        return 0
    db = Database(config.database)
    try:
        with db.read() as conn:
            people = [row.id for row in conn.execute(staff_rows.select().where(staff_rows.c.role == "officer"))]
            first = keys_of(config).digest("simulator:demo-month-1")
            done = sums.last_day(conn) or threads.by_address_hash(conn, first)
        if done or not people:
            return 0
        with db.write() as conn:
            return Town(config, people).live(conn, now or datetime.now(config.timezone))
    finally:
        db.close()


class Town:
    """What happens in it, day after day, by dice that fall the same each time."""

    def __init__(self, config: Config, people: list[int]) -> None:
        self.config, self.people = config, people
        self.past, self.chance, self.number, self.now = Past(keys_of(config)), random.Random(_SEED), 0, 0
        self.known: dict[str, list[int]] = {}

    def live(self, conn: Connection, now: datetime) -> int:
        """From the first day of last month until yesterday. Nothing lies so near that somebody would be asked how it was."""
        self.now = int(now.timestamp() * 1000)
        day, end = (now.date().replace(day=1) - timedelta(days=1)).replace(day=1), now.date() - timedelta(days=2)
        while day < end:
            for _ in range(round(self.chance.gauss(_A_DAY * (0.7 if day.weekday() > 4 else 1), 1.5))):
                self._contact(day)
            day += timedelta(days=1)
        self.past.keep(conn)
        return self.number

    def _contact(self, day: date) -> None:
        self.number += 1
        tag = self.chance.choices(list(_TONGUES), [weight for weight, _, _ in _TONGUES.values()])[0]
        hour = self.chance.choices(range(24), _HOURS)[0]
        wall = datetime.combine(day, time(hour, self.chance.randrange(60)), self.config.timezone)
        at = int(wall.timestamp() * 1000)
        thread = self._somebody(tag, at)
        first = self.past.text(thread, at, _TONGUES[tag][2])
        self.past.text(thread, at, "(demo)", "bot", answers=first, took=self.chance.choice((800, 1500, 2400, 4100, 7000)))
        self.past.event(thread, at, "language", f"{tag} detected 0.98")
        if tag != "en" and self._one_in(40):
            self.past.event(thread, at + _MINUTE, "language", f"{'pt' if tag == 'es' else 'es'} chosen 1.00")
        for likely, happens in ((45, self._officer), (22, self._report), (4, self._danger), (6, self._miss), (5, self._stop)):
            if self.chance.randrange(100) < likely:
                happens(thread, tag, at, day)

    def _somebody(self, tag: str, at: int) -> int:
        """One of five wrote before."""
        known = self.known.setdefault(tag, [])
        if known and self._one_in(5):
            return self.chance.choice(known)
        name = f"demo-month-{self.number}"
        known.append(self.past.thread(name, new_handle(self.chance), tag, "simulator", at))
        return known[-1]

    def _officer(self, thread: int, tag: str, at: int, day: date) -> None:
        wait = int(self.chance.lognormvariate(0, 0.7) * _TONGUES[tag][1] * _MINUTE)
        officer = self.chance.choice(self.people)
        if self._one_in(8):
            self.past.handoff(thread, at + _MINUTE, language=tag, closed=at + 20 * _MINUTE, outcome="the resident left")
            return
        services = ("certified officer",) * 7 + ("phone interpreter",) * 3 + ("machine translation only", "none")
        self.past.handoff(
            thread, at + _MINUTE, language=tag, officer=officer, closed=at + _MINUTE + wait + 30 * _MINUTE,
            outcome=self.chance.choice(("answered", "answered", "officer will follow up", "resource given")),
            service=self.chance.choice(services) if tag != "en" else "certified officer",
        )  # fmt: skip
        self.past.text(thread, at + _MINUTE + wait, "(demo)", "officer", officer=officer)
        if self._one_in(3):
            asked_on = (day + timedelta(days=1)).isoformat()
            self.past.surveyed(asked_on, "help", self.chance.choice("2344555"), tag)
            self.past.surveyed(asked_on, "understood", self.chance.choice("45" if tag == "en" else "34455"), tag)
            self.past.surveyed(asked_on, "again", self.chance.choice(("yes", "yes", "yes", "maybe", "no")), tag)

    def _report(self, thread: int, tag: str, at: int, day: date) -> None:
        late = self._one_in(9)
        filed = self.past.report(
            thread, at + 5 * _MINUTE, self.chance.choice(_KINDS), report_number.make(day.year, self.chance.randrange),
            complete=not self._one_in(8), late=at + 5 * _DAY if late else None,
        )  # fmt: skip
        then = at + (7 if late else self.chance.randrange(1, 5)) * _DAY
        if then < self.now - 3 * _DAY:  # nearer ones would be asked about
            self.past.decided(filed, then, self.chance.choice(("accepted", "closed")))

    def _danger(self, thread: int, tag: str, at: int, day: date) -> None:
        label = self.chance.choice(("medical", "emergency", "crisis", "dv"))
        self.past.event(thread, at, "notice", f"safety: {label}")
        seen = at + self.chance.randrange(20, 300) * 1000
        officer = self.chance.choice(self.people)
        self.past.handoff(thread, at, language=tag, kind="safety", officer=officer, seen=seen, closed=seen + _HOUR)
        self.past.event(thread, seen, "opened the safety card")

    def _miss(self, thread: int, tag: str, at: int, day: date) -> None:
        self.past.missed(at, self.chance.choice(_NEEDS), tag)

    def _stop(self, thread: int, tag: str, at: int, day: date) -> None:
        self.past.event(thread, at + 2 * _DAY, "draft dropped", self.chance.choice(_STOPS))

    def _one_in(self, times: int) -> bool:
        return self.chance.randrange(times) == 0
