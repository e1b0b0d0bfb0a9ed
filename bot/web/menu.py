"""The way between the pages of the desk: what stands in the bar on top, for whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask.sansio.app import App

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.identity.accounts import Session


@dataclass(frozen=True, slots=True)
class Way:
    """One entry: its words in English, where it leads, who may go there."""

    words: str
    endpoint: str
    deed: Deed


WAYS = (
    Way("Threads", "desk.show", Deed.THREADS),
    Way("Reports", "reports.show", Deed.REPORTS),
    Way("Meetings", "meetings.show", Deed.MEETINGS),
    Way("Communities", "communities.show", Deed.LEARN),
    Way("Supervise", "supervision.show", Deed.SUPERVISE),
    Way("Replies and teams", "canned.show", Deed.SUPERVISE),
    Way("Statistics", "statistics.show", Deed.STATISTICS),
    Way("Studio", "studio.show", Deed.FLOWS),
    Way("Shifts", "duty.show", Deed.DUTY),
    Way("Staff", "staff.show", Deed.STAFF),
    Way("WhatsApp", "whatsapp.show", Deed.CHANNELS),
    Way("Languages", "wordings.show", Deed.WORDINGS),
    Way("Directory", "directory.show", Deed.DIRECTORY),
    Way("Audit", "audit.show", Deed.AUDIT),
)


def register(app: App) -> None:
    app.jinja_env.globals["ways"] = ways


def first(who: Session) -> str:
    """Where somebody begins: the first page that is theirs to see."""
    return next((address for _, address, _ in ways(who)), url_for("account.show"))


def ways(who: Session) -> Sequence[tuple[Way, str, bool]]:
    """Each entry for this person, its address, and whether the page shown belongs to it."""
    here = (request.endpoint or "").partition(".")[0]
    one_entry = {"teams": "canned", "reviewing": "supervision", "wording_sheets": "wordings", "glossary": "wordings",
                 "flows": "studio", "trying": "studio", "directory_files": "directory"}  # fmt: skip
    here = one_entry.get(here, here)
    return [
        (way, url_for(way.endpoint), way.endpoint.partition(".")[0] == here)
        for way in WAYS
        if way.endpoint in current_app.view_functions and access.may(who.officer, way.deed)
    ]
