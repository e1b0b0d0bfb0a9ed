"""Pictures of every page at three widths, made by hand: python -m tests.browser.screenshots [folder]

Without a folder only those for the README and docs are made, in docs/img."""

import random
import sys
import tempfile
import uuid
from pathlib import Path

import requests
from playwright.sync_api import Browser, BrowserContext, Page

from bot.demo import month
from bot.desk.statistics import counting
from bot.desk.supervision import reviewing
from tests.browser.chromium import chromium, watch
from tests.conftest import MONDAY
from tests.line import Line, running_line
from tests.servers import redis_server

WIDTHS = {"desktop": (1280, 860), "tablet": (768, 1024), "phone": (390, 844)}
DOCS = Path("docs/img")
IN_DOCS = (
    "desk-desktop", "desk-phone", "thread-mine-desktop", "thread-ar-desktop", "thread-ar-phone", "thread-zh-desktop",
    "simulator-ar-phone", "supervise-desktop", "supervise-phone", "statistics-desktop",
)  # fmt: skip


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="puente-shots-") as home,
        redis_server() as redis_url,
        running_line(Path(home), redis_url, MONDAY) as line,
        chromium() as browser,
    ):
        line.hotline.chance.seed(5)
        _desk(line, browser, folder)
        _simulators(line, browser, folder)
        _statistics(line, browser, folder)


def say(line: Line, phone: str, *texts: str) -> int:
    """Texts of a simulated phone; the thread's id."""
    for text in texts:
        line.clock.pass_by(seconds=random.Random(text).randrange(20, 60))
        body = {"id": uuid.uuid4().hex, "phone": phone, "text": text}
        requests.post(f"{line.url}/simulator/texts", json=body, timeout=10).raise_for_status()
    return line.thread_of(phone, "simulator")


def send(line: Line, phone: str, **what: object) -> None:
    """A picture, a voice note or a spot of a simulated phone."""
    body = {"id": uuid.uuid4().hex, "phone": phone, "text": "", **what}
    requests.post(f"{line.url}/simulator/texts", json=body, timeout=10).raise_for_status()


def _shoot(page: Page, folder: Path, name: str) -> None:
    if folder != DOCS or name in IN_DOCS:
        page.screenshot(path=folder / f"{name}.png")


def sign_in(line: Line, context: BrowserContext, login: str) -> Page:
    from bot.demo.load import demo_password

    page = context.new_page()
    page.clock.set_system_time(line.clock())
    page.goto(f"{line.url}/signin")
    page.fill("#login", login)
    page.fill("#password", demo_password(line.hotline.config))
    page.click("text=Sign in >> nth=-1")
    page.wait_for_url("**/desk")
    return page


def _fill(line: Line) -> dict[str, int]:
    threads = {}
    threads["ht"] = say(
        line, "p-ht", "bonjou, mwen bezwen pale ak yon polisye", "Yo vòlè bisiklèt pitit mwen an yè swa"
    )
    line.clock.pass_by(minutes=7)
    threads["es"] = say(
        line, "p-es", "hola, me robaron la bicicleta", "2", "1", "1", "una bicicleta roja de montaña", "2",
        "quiero hablar con un oficial",
        "La vi en venta en internet y tengo miedo de ir sola",
    )  # fmt: skip
    send(line, "p-es", media=["image/jpeg"])
    send(line, "p-es", spot={"latitude": 41.108, "longitude": -92.29, "label": "Parque"})
    line.clock.pass_by(minutes=3)
    threads["ar"] = say(line, "p-ar", "أريد أن أتحدث مع شرطي", "جاري يصرخ كل ليلة وأولادي خائفون. رقم البناية 12B")
    line.clock.pass_by(minutes=2)
    threads["zh"] = say(line, "p-zh", "我想和警察说话", "有人在我家门口贴了奇怪的纸条，说是警察局的")
    threads["fire"] = say(line, "p-fire", "hay un incendio en la casa de al lado, ayuda")
    threads["en"] = say(
        line, "p-en", "hello I want to talk to an officer", "about a neighbor who feeds raccoons <b>every</b> night"
    )
    return threads


def _desk(line: Line, browser: Browser, folder: Path) -> None:
    threads = _fill(line)
    line.work()
    line.clock.pass_by(minutes=4)
    for name, (width, height) in WIDTHS.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        wrong = watch(context, line.url)
        page = context.new_page()
        page.goto(f"{line.url}/signin")
        _shoot(page, folder, f"signin-{name}")
        page.close()
        page = sign_in(line, context, "santos")
        _shoot(page, folder, f"desk-{name}")
        _supervision(line, page, folder, name)
        page.goto(f"{line.url}/desk/search?language=es")
        _shoot(page, folder, f"search-{name}")
        for tag in ("ar", "zh", "es", "fire"):
            page.goto(f"{line.url}/desk/{threads[tag]}")
            page.wait_for_timeout(150)
            _shoot(page, folder, f"thread-{tag}-{name}")
        if name == "desktop":
            _answer(line, page, threads["es"], folder)
        else:
            page.goto(f"{line.url}/desk/{threads['es']}")
        page.click(".thing--picture .thing__show")
        page.wait_for_timeout(400)
        _shoot(page, folder, f"thread-mine-{name}")
        print(name, wrong)
        context.close()


def _supervision(line: Line, page: Page, folder: Path, name: str) -> None:
    reviewing.draw(line.hotline)
    [review, *_] = reviewing.listed(line.hotline, line.officer("santos"))
    thread = line.thread_of("p-en", "simulator")
    paths = {
        "supervise": "/supervise", "reviews": "/supervise/reviews", "review": f"/supervise/reviews/{review.id}",
        "mute": f"/supervise/mute/{thread}", "records": f"/desk/{thread}/records", "audit": "/audit?line=yes",
    }  # fmt: skip
    for what, path in paths.items():
        page.goto(f"{line.url}{path}")
        page.wait_for_timeout(150)
        _shoot(page, folder, f"{what}-{name}")


def _statistics(line: Line, browser: Browser, folder: Path) -> None:
    month.load_once(line.hotline.config, MONDAY)
    counting.count_days(line.hotline)
    for name, (width, height) in WIDTHS.items():
        page = sign_in(line, browser.new_context(viewport={"width": width, "height": height}), "santos")
        for what in ("statistics", "statistics/report", "statistics/report/edit", "statistics/survey"):
            page.goto(f"{line.url}/{what}")
            _shoot(page, folder, f"{what.replace('/', '-')}-{name}")


def _answer(line: Line, page: Page, thread_id: int, folder: Path) -> None:
    page.goto(f"{line.url}/desk/{thread_id}")
    page.click("#claim")
    page.wait_for_selector("#words")
    line.work()
    page.fill(
        "#words", "Buenas tardes, soy la supervisora Santos. No vaya sola a verla. ¿Me manda el enlace del anuncio?"
    )
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".bubble--officer")
    line.clock.pass_by(seconds=40)
    line.work()
    say(line, "p-es", "Sí, ahora se lo mando. Muchas gracias")
    page.goto(f"{line.url}/desk/{thread_id}")
    page.fill("#words", "Gracias. Lo estoy mirando")


def _simulators(line: Line, browser: Browser, folder: Path) -> None:
    talks = {
        "es": ("hola, necesito comida para mi familia", "99051"),
        "ar": ("أريد أن أتحدث مع شرطي",),
        "ht": ("mwen bezwen yon kote pou m dòmi aswè a",),
        "zh-Hans": ("我的自行车被偷了", "一辆蓝色的山地车"),
    }
    for name, (width, height) in WIDTHS.items():
        context = browser.new_context(viewport={"width": width, "height": height})
        wrong = watch(context, line.url)
        for tag, texts in talks.items():
            page = context.new_page()
            page.goto(f"{line.url}/simulator")
            page.click("#new-phone")
            for text in texts:
                page.fill("#words", text)
                page.keyboard.press("Enter")
                page.wait_for_selector(".said--dots", state="detached")
                page.wait_for_timeout(400)
            page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
            _shoot(page, folder, f"simulator-{tag}-{name}")
            page.close()
        print(name, wrong)
        context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
