"""What bells ring for. Each says "look at this thread"; run twice, late or for nothing, it does no harm."""

import logging
from collections.abc import Callable
from functools import cache, wraps

from bot.config import read_environment
from bot.desk.paging import pushing, waves
from bot.desk.relay import rounds
from bot.desk.reports import city
from bot.desk.threads import translation
from bot.hotline import Hotline, build
from bot.latest import Latest
from bot.line import attachments, delivery

_log = logging.getLogger(__name__)


@cache
def _latest() -> Latest:
    return Latest(build(read_environment()))


def hotline() -> Hotline:
    """The line as it is live now."""
    return _latest()()


def _without_words(job: Callable[[int], object]) -> Callable[[int], None]:
    """A job that fails is done by the sweep. Its error stays here: rq would write it, with a resident's words, into
    its log and into Redis."""

    @wraps(job)
    def run(thread_id: int) -> None:
        try:
            job(thread_id)
        except Exception as error:
            _log.error("%s for %s failed: %s", job.__name__, thread_id, type(error).__name__)

    return run


@_without_words
def page_officers(thread_id: int) -> None:
    waves.page(hotline(), thread_id)


@_without_words
def deliver(thread_id: int) -> None:
    delivery.deliver(hotline(), thread_id)


@_without_words
def fetch_media(thread_id: int) -> None:
    attachments.fetch(hotline(), thread_id)


@_without_words
def relay(thread_id: int) -> None:
    rounds.work(hotline())


@_without_words
def tell_city(thread_id: int) -> None:
    city.work(hotline())


@_without_words
def tell_browsers(thread_id: int) -> None:
    pushing.tell_browsers(hotline())


@_without_words
def translate(thread_id: int) -> None:
    translation.make(hotline(), thread_id)
