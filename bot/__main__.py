"""The commands: `python -m bot`. Each reads its words, calls one use case and says in a sentence what came of it."""

import sys
from datetime import datetime
from pathlib import Path

import click

from bot import workbench
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


@flows.command("rehearse")
@click.argument("names", nargs=-1)
@click.option("--language", "only", multiple=True, help="Only in this one, beside the first; may be given again.")
@click.option("--live", is_flag=True, help="What is published here with the rehearsals saved here, not what is in files.")
@click.option("--record", is_flag=True, help="Let the shipped ones expect what the line says now.")
def rehearse_flows(names: tuple[str, ...], only: tuple[str, ...], live: bool, record: bool) -> None:
    """Play the rehearsals, or those of these names, in every language they have; exit 1 if one went otherwise."""
    from bot.hotline import build
    from bot.studio.trying import command

    hotline = build(_settings())
    if record:
        command.record_shipped(hotline, names, click.echo)
    elif not command.rehearse(hotline, names, only, click.echo, published=live):
        sys.exit(1)


@flows.command("bring")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default="brought", show_default=True)
def bring_flows(file: Path, into: Path) -> None:
    """Take over flows exported from RapidPro, TextIt or Twilio Studio, into a folder of their own."""
    from bot.studio.importing.bringing import bring, put

    for line in put(bring(file.read_text(encoding="utf-8", errors="replace"), file.stem), into):
        click.echo(line)


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
@click.password_option(
    prompt="Password (none: they choose one by a link)", default="", show_default=False,
    help="At least twelve characters, for admins fifteen; empty: they choose one by a link.",
)
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
    if password:
        click.echo(f"{name} can sign in as {login}.")
    else:
        click.echo(f"{name} has no password yet. For a link to choose one: python -m bot staff link {login}")


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
@click.option("--over-edits", is_flag=True, help="Also over what was changed by hand on the page of the directory.")
def import_resources(path: Path, over_edits: bool) -> None:
    """Read HSDS JSON or CSV, and say what is wrong by file and row."""
    from bot.hotline import build
    from bot.line.resources import load_directory
    from bot.studio.directory import importing

    line = build(_settings())
    edited = 0 if over_edits else importing.edited(line)
    if edited:
        raise click.ClickException(
            f"Services edited by hand: {edited}. Import the file on the page of the directory, which keeps that, "
            "or say --over-edits."
        )
    click.echo(str(load_directory(line, path)))
    importing.forget_edits(line)


@resources.command("export")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def export_resources(path: Path) -> None:
    """Write all of it to a .json file (HSDS) or a .zip of CSV tables, as the page of the directory does."""
    from bot.hotline import build
    from bot.studio.directory import exporting, keeping

    kind = path.suffix.lower().removeprefix(".")
    if kind not in exporting.KINDS:
        raise click.ClickException("Name a file that ends in .json or .zip.")
    path.write_bytes(exporting.export(keeping.whole(build(_settings()))[1], kind))


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


for command in workbench.COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    main(prog_name="python -m bot")
