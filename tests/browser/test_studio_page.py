"""The studio in real browsers: an admin rewords a question, is told what is wrong, publishes, and goes back; a resident in
the middle of the flow finishes it as it was."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visitor, visitor
from tests.browser.test_thread_page import number
from tests.conftest import MONDAY
from tests.line import Line, running_line


@pytest.fixture(scope="module")
def own_line(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Line]:
    """Of its own, since what it says is changed."""
    with running_line(
        tmp_path_factory.mktemp("studio"), redis_url, MONDAY, DEPARTMENT_LANGUAGES="en,es,vi"
    ) as running:
        yield running


@pytest.fixture
def studio(browser: Browser, own_line: Line) -> Iterator[Visitor]:
    with visitor(browser, own_line.url, own_line.hotline) as visiting:
        yield visiting


def begins_a_theft(line: Line) -> str:
    """A resident who is asked what was taken; their number."""
    who = number()
    for said in ("my bike was stolen", "2", "1", "1", "1"):
        line.twilio.text(who, said)
        if "What was taken?" in line.twilio.sent_to(who)[-1]:
            break
    assert "What was taken?" in line.twilio.sent_to(who)[-1]
    return who


def reword(page: Page, words: str) -> None:
    page.get_by_label("Question", exact=True).fill(words)
    page.get_by_role("button", name="Keep as a draft").click()


def test_a_question_is_reworded_published_and_taken_back(studio: Visitor, own_line: Line) -> None:
    line = own_line
    before = begins_a_theft(line)
    page = studio.officer("whitfield", "/studio")
    page.get_by_role("link", name="report_theft", exact=True).click()
    expect(page.get_by_role("navigation", name="Steps")).to_contain_text("1 is here")
    page.get_by_role("link", name="item Ask for something typed").click()
    reword(page, "What did they take from you?")
    expect(page.get_by_role("status").first).to_contain_text("The draft is kept.")
    page.get_by_role("link", name="As YAML").click()
    assert "collect: What did they take from you?" in page.get_by_label("The file").input_value()

    page.get_by_role("link", name="Check and publish").click()
    expect(page.get_by_role("region", name="What changes")).to_contain_text("What did they take from you?")
    expect(page.get_by_role("region", name="What changes")).to_contain_text("1 resident stands at a step you changed.")
    page.get_by_label("What is changed, and why").fill("Warmer words")
    expect(page.get_by_text("These rehearsals go otherwise than before")).to_be_visible(timeout=30_000)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").first).to_have_text("It is live.")

    after = number()
    for said in ("my bike was stolen", "2", "1", "1", "1"):
        line.twilio.text(after, said)
    assert any("What did they take from you?" in one for one in line.twilio.sent_to(after))
    line.twilio.text(before, "?")
    assert "What was taken?" in line.twilio.sent_to(before)[-1]  # they finish as they began

    page.get_by_role("link", name="1 · Warmer words").click()
    expect(page.get_by_role("main")).to_contain_text("What did they take from you?")
    page.get_by_role("button", name="Make it as it was before this").click()
    expect(page.get_by_role("status").first).to_have_text("It is live as it was then.")
    begins_a_theft(line)


def test_what_is_wrong_is_said_beside_its_step_and_cannot_go_live(studio: Visitor, own_line: Line) -> None:
    page = studio.officer("whitfield", "/studio/flows/report_noise")
    page.get_by_text("Add a step").click()
    page.get_by_label("Its name").fill("lonely")
    page.get_by_role("button", name="Add", exact=True).click()
    checked = page.get_by_role("region", name="Checked")
    expect(checked).to_contain_text("nobody ever comes to the step `lonely`")
    page.get_by_role("link", name="Check and publish").click()
    expect(page.get_by_role("region", name="This keeps it from going live")).to_contain_text("lonely")
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_role("button", name="Throw the draft away").click()
    expect(page.get_by_role("status").first).to_contain_text("thrown away")


def test_a_file_that_cannot_be_read_stays_in_the_box(studio: Visitor) -> None:
    page = studio.officer("whitfield", "/studio/flows/report_lost?view=yaml")
    broken = page.get_by_label("The file").input_value() + "\n  broken: [\n"
    page.get_by_label("The file").fill(broken)
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("region", name="Checked")).to_contain_text("must be mended")
    assert page.get_by_label("The file").input_value().rstrip() == broken.rstrip()
    page.get_by_role("button", name="Throw the draft away").click()


def test_the_second_of_two_editors_is_told_of_the_first(studio: Visitor) -> None:
    first = studio.officer("whitfield", "/studio/flows/report_damage?view=yaml")
    second = studio.officer("whitfield", "/studio/flows/report_damage?view=yaml")
    first.get_by_label("The file").fill(first.get_by_label("The file").input_value() + "# first\n")
    first.get_by_role("button", name="Keep as a draft").click()
    expect(first.get_by_role("status").first).to_contain_text("kept")
    second.get_by_label("The file").fill(second.get_by_label("The file").input_value() + "# second\n")
    second.get_by_role("button", name="Keep as a draft").click()
    expect(second.get_by_role("alert").first).to_contain_text("saved since you opened this")
    expect(second.get_by_text("What was saved meanwhile")).to_be_visible()
    assert "# second" in second.get_by_label("The file").input_value()
    first.get_by_role("button", name="Throw the draft away").click()


def test_a_draft_is_tried_in_vietnamese_and_kept_as_a_rehearsal(studio: Visitor, own_line: Line) -> None:
    page = studio.officer("whitfield", "/studio/flows/privacy?view=yaml")
    body = page.get_by_label("The file").input_value()
    page.get_by_label("The file").fill(body + "# tried\n")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("status").first).to_contain_text("kept")
    page.get_by_role("link", name="Try it").click()
    before = len(own_line.twilio.sent)
    page.get_by_label("Language").select_option("vi")
    page.get_by_label("Text", exact=True).fill("menu")
    page.get_by_role("button", name="Send").click()
    talk = page.get_by_role("log", name="Texts")
    expect(talk.locator(".heard__text").last).to_have_attribute("lang", "vi")
    expect(talk.locator(".heard__size").last).to_contain_text("SMS")
    page.get_by_label("Text", exact=True).fill("hay un hombre con un cuchillo en mi casa")
    page.get_by_role("button", name="Send").click()
    expect(talk).to_contain_text("911")
    expect(talk.locator(".staff").first).to_contain_text("safety card")
    page.get_by_role("button", name="Take the last one back").click()
    expect(talk).not_to_contain_text("safety card")
    assert len(own_line.twilio.sent) == before

    page.get_by_label("They sent STOP").check()
    page.get_by_role("button", name="Play again like this").click()
    expect(talk).to_contain_text("Nothing is said:")
    page.get_by_label("They sent STOP").uncheck()
    page.get_by_label("Its name").fill("menu in vietnamese")
    page.get_by_label("What it shows").fill("The menu in Vietnamese.")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("The rehearsal is kept.")
    expect(page.get_by_role("main")).to_contain_text("menu_in_vietnamese")
    page.get_by_role("button", name="Take menu_in_vietnamese away").click()
    expect(page.get_by_role("status").first).to_contain_text("taken away")
    page.goto(f"{studio.url}/studio/flows/privacy")
    page.get_by_role("button", name="Throw the draft away").click()
    expect(page.get_by_role("status").first).to_contain_text("thrown away")


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/studio", "/studio/flows/officer?step=ask", "/studio/flows/menu?step=choose",
                                  "/studio/flows/phrases", "/studio/releases", "/studio/flows/officer/publish",
                                  "/studio/flows/officer/try", "/studio/rehearsals"])  # fmt: skip
def test_axe_finds_nothing(studio: Visitor, accessible: Callable[[Page], None], path: str, width: int) -> None:
    page = studio.officer("whitfield", path, width)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
