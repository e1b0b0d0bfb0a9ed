"""Every few seconds: pick up what fell down, tell who waits, remind, forget what is too old.

Everything here may run in three schedulers at once: each piece of work is claimed in the database.
"""

import logging
import time
from collections.abc import Callable, Sequence
from threading import Event, Thread

from bot.desk.duty import handing_over, waiting
from bot.desk.identity import sessions
from bot.desk.meetings import calendars, planning
from bot.desk.paging import pushing, waves
from bot.desk.relay import rounds as phones
from bot.desk.reports import city, news
from bot.desk.statistics import counting
from bot.desk.supervision import reviewing
from bot.desk.threads import composing, joining, machine_replies, replies, translation, whatsapp
from bot.errors import DatabaseUnreachable
from bot.hotline import Hotline
from bot.latest import Latest
from bot.line import attachments, delivery, drafts, meeting_news, opted_in, rationing, surveys
from bot.studio.directory import importing
from bot.watch import rounds

_log = logging.getLogger(__name__)
Work = Callable[[Hotline], object]
_EVERY = 3.0  # seconds
_LAST_WORDS = 12.0  # seconds for a text that is just being handed over, or an alarm that is just being told


def tick(hotline: Hotline) -> None:
    """One round of everything. A piece that fails does not keep the others from being done; without a database none can
    be."""
    _round(hotline, (*_SLOW, *_SENDING, *_QUICK), Event())


def run(hotline: Hotline, stop: Event) -> None:
    """Rounds until told to stop. What may take minutes goes its own rounds: a long list after an outage, so that residents'
    texts are not kept waiting by it, and a thousand texts to be sent, so that officers are called meanwhile; and so does
    the watch, which also sees a round that takes too long."""
    latest = Latest(hotline)
    beside = [
        Thread(target=_rounds, args=(latest, stop, _SENDING), name="sending rounds", daemon=True),
        Thread(target=_rounds, args=(latest, stop, _SLOW), name="slow rounds", daemon=True),
        Thread(target=rounds.run, args=(hotline, stop), name="watch", daemon=True),
    ]
    for thread in beside:
        thread.start()
    _rounds(latest, stop, _QUICK, _beat)
    until = time.monotonic() + _LAST_WORDS
    for thread in beside:
        thread.join(max(0.0, until - time.monotonic()))


def _rounds(latest: Latest, stop: Event, works: Sequence[Work], between: Work | None = None) -> None:
    while not stop.is_set():
        began = time.monotonic()
        _round(latest(), works, stop, between)
        stop.wait(max(0.5, _EVERY - (time.monotonic() - began)))


def _round(hotline: Hotline, works: Sequence[Work], stop: Event, between: Work | None = None) -> None:
    for work in works:
        if stop.is_set():
            return
        try:
            work(hotline)
            if between:
                between(hotline)
        except DatabaseUnreachable as error:
            _log.warning("housekeeping waits: %s", error)
            return
        except Exception as error:  # the next round tries again; the type and place are enough to find it
            _log.error("housekeeping: %s failed: %s", _name(work), type(error).__name__)


def _beat(hotline: Hotline) -> None:
    hotline.queue.beat("scheduler")


def _name(work: Work) -> str:
    return getattr(work, "__name__", "work")


_SLOW: Sequence[Work] = (
    pushing.tell_browsers,
    phones.reconcile_now_and_then,
    attachments.fetch_forgotten,
    city.work,
    calendars.read_due,
    translation.ring_for_forgotten,
    reviewing.draw,
    counting.count_days,
)
_SENDING: Sequence[Work] = (
    whatsapp.release_waiting,
    replies.ring_for_due,
    delivery.settle_submitting,
    delivery.settle_offered,
    delivery.deliver_forgotten,
    phones.send_to_phones,
)
_QUICK: Sequence[Work] = (
    joining.follow_all,
    phones.look_after_phones,
    rationing.limit_answers,
    waves.page_forgotten,
    waves.ask_next,
    waves.forget,
    waiting.say_good_morning,
    waiting.tell_who_waits,
    waiting.call_supervisors,
    waiting.take_back,
    handing_over.begin_and_end_shifts,
    drafts.remind,
    drafts.forget_old,
    planning.open_tasks,
    meeting_news.tell,
    meeting_news.forget_lists,
    opted_in.tell,
    surveys.ask,
    surveys.forget_old,
    composing.forget_old,
    machine_replies.forget_old,
    news.tell_due,
    news.tell_late,
    sessions.forget_old,
    importing.forget_old,
)
