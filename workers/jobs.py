"""What bells ring for. Each says "look at this thread"; run twice, late or for nothing, it does no harm."""

from functools import cache

from bot.config import read_environment
from bot.desk import handoffs
from bot.hotline import Hotline, build
from bot.line import delivery


@cache
def hotline() -> Hotline:
    return build(read_environment())


def page_officers(thread_id: int) -> None:
    handoffs.page(hotline(), thread_id)


def deliver(thread_id: int) -> None:
    delivery.deliver(hotline(), thread_id)
