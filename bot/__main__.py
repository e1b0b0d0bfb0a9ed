"""The commands: `python -m bot`. Each reads its words, calls one use case and says in a sentence what came of it."""

import sys
from datetime import datetime
from pathlib import Path

import click

from bot.config import Config, read_environment
from bot.errors import FlowsBroken, PuenteError


class Sentences(click.Group):
    """Errors people meet are sentences, not traces."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except PuenteError as error:
            click.echo(str(error), err=True)
            sys.exit(1)


@click.group(cls=Sentences, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Puente: a language-access hotline for police departments."""


def _settings() -> Config:
    return read_environment()


@main.command()
@click.option("--port", type=int, help="Port of the web server.")
@click.option("--host", help="Address of the web server.")
@click.option("--no-demo", is_flag=True, help="Do not load the demo town.")
def run(port: int | None, host: str | None, no_demo: bool) -> None:
    """Run the line: Redis, web, worker and scheduler, until Ctrl-C."""
    from bot.launch import run as launch

    config = _settings()
    sys.exit(launch(config, host or config.host, port or config.port, demo=config.development and not no_demo))


@main.command()
def migrate() -> None:
    """Bring the database up to date, and keep the flows as they are shipped."""
    from bot import migrations
    from bot.hotline import build
    from bot.studio.releasing.publishing import keep_live

    config = _settings()
    migrations.upgrade(config.database)
    keep_live(build(config))
    click.echo("The database is up to date.")


@main.command()
def doctor() -> None:
    """Look over settings, database, clock, Redis, keys, processes and Twilio; exit 1 if anything is bad."""
    from bot.doctor import examine_here

    found = examine_here()
    for check in found:
        click.echo(str(check))
    if any(check.state == "bad" for check in found):
        sys.exit(1)


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
def backup(target: Path) -> None:
    """Copy the database to the file TARGET while the line runs. The keys are not in it."""
    from bot.backup import back_up

    click.echo(back_up(_settings(), target))


@main.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(source: Path) -> None:
    """Put the backup SOURCE into an empty database."""
    from bot.backup import restore as put_back

    click.echo(put_back(_settings(), source))


@main.command()
def schedule() -> None:
    """Housekeeping every few seconds, until stopped."""
    from threading import Event

    from bot import stopping
    from bot.hotline import build
    from bot.housekeeping import run as keep_house
    from bot.logs import set_up

    set_up()
    stop = Event()
    stopping.when_told(stop.set)
    keep_house(build(_settings()), stop)


@main.command()
@click.option("--since", type=click.DateTime(), help="From when on; by default since the last time.")
def reconcile(since: datetime | None) -> None:
    """Fetch from Twilio the texts that never reached us, and keep them."""
    from bot.desk.relay.receiving import receive
    from bot.hotline import build
    from bot.line.reconciling import reconcile as fetch

    hotline = build(_settings())
    click.echo(str(fetch(hotline, since.replace(tzinfo=hotline.config.timezone) if since else None, receive)))


@main.group()
def flows() -> None:
    """The conversations."""


@flows.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="flows")
def check_flows(folder: Path) -> None:
    """Read every flow and every translation, and name each mistake with its line."""
    from bot.studio.checking.checks import check_folder

    errors, warnings = check_folder(folder, Path("locales"))
    for problem in [*warnings, *errors]:
        click.echo(str(problem))
    if errors:
        raise FlowsBroken([f"{len(errors)} mistakes; nothing of this can go live."])
    click.echo(f"The flows can go live ({len(warnings)} warnings).")


@main.group()
def locales() -> None:
    """The translations."""


@locales.command("export")
@click.argument("tag", required=False)
def export_locale(tag: str | None) -> None:
    """Write locales/bot.pot, and bring locales/TAG (or every language) up to date with it."""
    from bot.studio.translating.catalogues import update_all

    for line in update_all(Path("flows"), Path("locales"), tag):
        click.echo(line)


@locales.command("desk")
def export_desk() -> None:
    """Bring locales/TAG/LC_MESSAGES/desk.po, which staff read the desk by, up to date with the pages."""
    from bot.web.desk_catalogue import bring_up_to_date

    for line in bring_up_to_date():
        click.echo(line)


@locales.command("list")
def list_locales() -> None:
    """Each language: what of it there is, and whether a qualified translator has read it."""
    from bot.studio.translating.reviews import reviews

    for one in reviews(Path("locales")):
        click.echo(str(one))


@main.group()
def staff() -> None:
    """Officers, supervisors, admins, translators, auditors."""


@staff.command("add")
@click.option("--login", prompt=True)
@click.option("--name", prompt=True)
@click.option("--role", type=click.Choice(["officer", "supervisor", "admin", "translator", "auditor"]), prompt=True)
@click.option("--badge", default="", help="As residents and screens may see it.")
@click.option(
    "--languages", default="en:4", show_default=True,
    help="Levels 0 to 4, like es:3,en:4. Above 1 they count once the test is written down at the desk, under Shifts.",
)
@click.password_option(help="At least twelve characters, for admins fifteen.")
def add_staff(login: str, name: str, role: str, badge: str, languages: str, password: str) -> None:
    """Make an account."""
    from bot.desk.identity import accounts
    from bot.hotline import build
    from bot.model import Role

    try:
        levels = {tag: int(level) for tag, level in (one.split(":") for one in languages.split(",") if one)}
    except ValueError:
        raise PuenteError("Languages look like es:3,en:4, each with a level from 0 to 4.") from None
    accounts.add(build(_settings()), login, name, Role(role), password, badge, levels)
    click.echo(f"{name} can sign in as {login}.")


@staff.command("link")
@click.argument("login")
def link_staff(login: str) -> None:
    """Print a one-time link to choose a password with: 15 minutes, or three days for whoever has none yet."""
    from bot.desk.identity import accounts
    from bot.hotline import build

    hotline = build(_settings())
    found = [one.officer for one in accounts.everybody(hotline) if one.officer.login == accounts.plain_login(login)]
    if not found:
        raise PuenteError(f"There is no login {login}.")
    click.echo(accounts.link(hotline, None, found[0]))


@main.group()
def resources() -> None:
    """The directory of help."""


@resources.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def import_resources(path: Path) -> None:
    """Read HSDS JSON or CSV, and say what is wrong by file and row."""
    from bot.hotline import build
    from bot.line.resources import load_directory

    click.echo(str(load_directory(build(_settings()), path)))


@main.group()
def meetings() -> None:
    """Community meetings."""


@meetings.command("import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_meetings(path: Path) -> None:
    """Read an iCalendar file."""
    from bot.hotline import build
    from bot.line.meetings import load_meetings

    click.echo(str(load_meetings(build(_settings()), path)))


@main.group()
def keys() -> None:
    """The keys that seal private fields and sign what browsers are told."""


@keys.command("new")
def new_keys() -> None:
    """Print a fresh keyset for SEAL_KEYS."""
    from bot.store.sealing import new_keyset

    click.echo(new_keyset())


@keys.command("vapid")
def new_vapid_key() -> None:
    """Print a fresh key for VAPID_KEYS, by which push services know this line."""
    from bot.channels.web_push import new_key

    click.echo(new_key())


_ROWS = click.Path(exists=True, dir_okay=False, path_type=Path)


@main.command()
@click.argument("text", nargs=-1)
@click.option("--tsv", type=_ROWS, help="Measure on rows: language, kind, source, text.")
@click.option("--compare", is_flag=True, help="Beside langdetect and pycld2, on the same rows.")
@click.option("--by-language", is_flag=True, help="Each language by itself, the weakest first.")
def detect(text: tuple[str, ...], tsv: Path | None, compare: bool, by_language: bool) -> None:
    """Which language a text is in, and how sure that is; or how well that is told (of our own rows, if no file)."""
    from bot.text.language import detect as guess
    from bot.text.language_model import compare as measure

    if not (tsv or compare or by_language):
        for tag, sure in guess(" ".join(text)):
            click.echo(f"{tag}\t{sure:.3f}")
        return
    rows = measure.read(tsv or measure.CHECK)
    click.echo(measure.by_language(rows) if by_language else measure.compare(rows, others=compare))


@main.command()
@click.argument("text", nargs=-1)
@click.option("--tsv", type=_ROWS, help="Measure on rows: language, label, text.")
@click.option("--measure", is_flag=True, help="Measure on our own rows, which nothing was learned from.")
def look(text: tuple[str, ...], tsv: Path | None, measure: bool) -> None:
    """Whether a text tells of danger, and which words say so; or how well that is told."""
    from bot.text.safety import look as watch

    if tsv or measure:
        from bot.text.safety_model.measure import CHECK, report

        click.echo(report(tsv or CHECK))
        return
    found = watch(" ".join(text))
    click.echo(
        f"{', '.join(found.labels)}\t{' | '.join(found.evidence)}\t{' '.join(sorted(found.marks))}" if found else "-"
    )


@main.group(invoke_without_command=True)
@click.option("--senders", default=16, show_default=True, help="Residents who write at once.")
@click.option("--seconds", default=5.0, show_default=True, help="Length of one run.")
@click.option("--rounds", default=3, show_default=True, help="Runs of each, in alternation.")
@click.option("--database", "databases", multiple=True, help="A database to run on, instead of a fresh SQLite file.")
@click.pass_context
def bench(ctx: click.Context, senders: int, seconds: float, rounds: int, databases: tuple[str, ...]) -> None:
    """Drive the running line with signed webhooks, beside a server that only says hello."""
    from bot.bench.measure import measure

    if ctx.invoked_subcommand is None:
        click.echo(measure(senders, seconds, rounds, databases))


@bench.command("live")
@click.option("--streams", default=200, show_default=True, help="Desks that are open at once.")
@click.option("--changes", default=10_000, show_default=True, help="Texts that residents write.")
@click.option("--rate", default=20.0, show_default=True, help="Texts a second.")
@click.option("--cuts", default=1.0, show_default=True, help="Streams a second that are cut, and come back.")
@click.option("--database", default="", help="An empty database to run on, instead of a fresh SQLite file.")
def bench_live(streams: int, changes: int, rate: float, cuts: float, database: str) -> None:
    """How soon open desks hear of what residents write, and whether they hear all of it."""
    from bot.bench.live import measure_live

    click.echo(measure_live(streams, changes, rate, cuts, database))


class Storms(click.Command):
    """Its help names every kind of storm."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from bot.storm.storm import STORMS

        with formatter.section("Faults"):
            formatter.write_dl([(name, kind.about) for name, kind in STORMS.items()])


@main.command(cls=Storms)
@click.option("--fault", default="kills", show_default=True, help="What is done: see below.")
@click.option("--times", "--kills", "times", default=0, help="How many kills, restarts or locks.")
@click.option("--minutes", default=1.0, show_default=True, help="How long residents come and the fault lasts.")
@click.option("--texts", default=0, help="How many texts are sent, wait, come again or flood in.")
@click.option("--rate", default=20.0, show_default=True, help="Texts a second that residents write.")
@click.option("--target", default="web,worker,scheduler", show_default=True, help="What is killed or restarted.")
@click.option("--beside", type=click.Path(exists=True, path_type=Path), help="A folder with another release.")
@click.option("--database", default="", help="An empty PostgreSQL database, instead of a fresh SQLite file.")
@click.option("--seed", default=0, show_default=True, help="Another one gives other moments.")
def storm(
    fault: str,
    times: int,
    minutes: float,
    texts: int,
    rate: float,
    target: str,
    beside: Path | None,
    database: str,
    seed: int,
) -> None:
    """Kill and starve a line of its own under texts; exit 1 if a text was lost, doubled, or answered otherwise."""
    from bot.storm.storm import STORMS, Plan
    from bot.storm.storm import storm as break_out

    kinds = tuple(target.split(","))
    if fault not in STORMS or not set(kinds) <= {"web", "worker", "scheduler"}:
        raise PuenteError(f"Faults are {', '.join(STORMS)}; targets are web, worker and scheduler.")
    plan = Plan(minutes * 60, rate, times, texts, kinds, beside and beside.resolve(), seed)
    if break_out(fault, plan, database, click.echo).broken:
        sys.exit(1)


@main.command("fake-twilio")
@click.option("--app", "app_url", required=True, help="Where the line runs, as http://127.0.0.1:8000")
@click.option("--public", "public_url", default="", help="Its PUBLIC_URL, if that is another.")
@click.option("--line", "lines", multiple=True, default=["+15005550100"], show_default=True, help="One of its LINE_NUMBERS.")
@click.option("--sid", default="AC" + "0" * 31 + "1", show_default=True, help="TWILIO_ACCOUNT_SID")
@click.option("--token", default="test-auth-token-0000000000000000", show_default=True, help="TWILIO_AUTH_TOKEN")
@click.option("--port", default=0, help="Port of its REST API; a free one by default.")
@click.option("--webhook-fragment", default="", help="How webhooks are tried again, as '#ct=2000&rc=2&rp=all'.")
@click.option("--fallback", default="", help="Address that is called where the webhook fails.")
def fake_twilio(
    app_url: str,
    public_url: str,
    lines: tuple[str, ...],
    sid: str,
    token: str,
    port: int,
    webhook_fragment: str,
    fallback: str,
) -> None:
    """A Twilio of our own, on this machine: no account, no costs, no phone.

    First it prints what to put into the line's .env. Then every row it is given, such as

        +15005550006 hola, me robaron la bicicleta

    becomes a text to the line, and the replies are printed. It serves until Ctrl-C or SIGTERM, and is driven by
    programs under /_fake/ (docs/operations.md).
    """
    from bot.fake_twilio.command import run as serve

    try:
        serve(
            app_url.rstrip("/"),
            public_url=public_url.rstrip("/"),
            lines=lines,
            account_sid=sid,
            auth_token=token,
            port=port,
            webhook_fragment=webhook_fragment,
            fallback=fallback,
        )
    except ValueError as error:
        raise PuenteError(str(error)) from None
    except OSError as error:
        raise PuenteError(f"The fake Twilio cannot listen on port {port} ({error.strerror}).") from None


if __name__ == "__main__":
    main(prog_name="python -m bot")
