"""What is live. Every version that was live is kept, because residents finish a flow in the version they began."""

from bot.hotline import Hotline
from bot.store import documents


def keep_live(hotline: Hotline) -> None:
    """Keep the flows that are live now, if they are not kept yet."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        for name, script in hotline.library.scripts.items():
            documents.keep(conn, "flow", name, script.version, hotline.library.sources[name], at)
