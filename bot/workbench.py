"""Commands for whoever develops the line: what a text is taken for, how fast and how hardy the line is, and a Twilio to
try it against. `python -m bot` has them beside its own; none knows the settings or touches a real line."""

import sys
from pathlib import Path

import click

from bot.errors import PuenteError

_ROWS = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
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


@click.command()
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


@click.group(invoke_without_command=True)
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


@click.command(cls=Storms)
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


@click.command("fake-twilio")
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


COMMANDS: tuple[click.Command, ...] = (detect, look, bench, storm, fake_twilio)
