"""Teams that threads can be passed on to, and who is in them."""

from bot.errors import NotFound, NotUsable
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import events, handoffs, staff, teams
from bot.store.teams import Team

_LONGEST = 60  # characters


def everyone(hotline: Hotline) -> list[Team]:
    with hotline.db.read() as conn:
        return teams.everyone(conn)


def add(hotline: Hotline, who: Officer, name: str) -> None:
    """Raises NotUsable."""
    if not 0 < len(name) <= _LONGEST:
        raise NotUsable("A team has a name of at most {most} characters.", most=_LONGEST)
    at = hotline.instant()
    with hotline.db.write() as conn:
        team_id = teams.add(conn, name, at)
        if team_id is None:
            raise NotUsable("There is already a team of this name.")
        events.write(conn, f"officer:{who.id}", "team made", f"team:{team_id}", at, name)


def set_members(hotline: Hotline, who: Officer, team_id: int, wanted: frozenset[int]) -> None:
    """Who is in a team from now on. Who is no longer sees nothing further of what was passed on to it. Raises NotFound."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        team = next((one for one in teams.everyone(conn) if one.id == team_id), None)
        if team is None:
            raise NotFound("There is no such team.")
        known = {one.id for one in staff.everybody(conn, hotline.today())}
        for one in sorted((wanted & known) - team.members):
            teams.join(conn, team_id, one)
            events.write(conn, f"officer:{who.id}", "joined a team", f"staff:{one}", at, f"team:{team_id}")
        for one in sorted(team.members - wanted):
            teams.leave(conn, team_id, one)
            events.write(conn, f"officer:{who.id}", "left a team", f"staff:{one}", at, f"team:{team_id}")
        theirs = handoffs.of_team(conn, team_id)
    for thread_id in theirs:
        hotline.queue.announce(thread_id)
