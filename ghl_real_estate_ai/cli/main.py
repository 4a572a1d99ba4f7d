"""`jorge`: every sub-command by name; each is a function in a file of its own, imported only when it is called."""

import logging
import sys
from pathlib import Path
from typing import Annotated

import cyclopts
from cyclopts import Parameter

from ghl_real_estate_ai.errors import JorgeError
from ghl_real_estate_ai.telemetry.logs import configure_logging

app = cyclopts.App(name="jorge", help="Answers a real-estate team's leads by text, and proves what it did.")


@app.command
def serve(*, host: str = "127.0.0.1", port: int = 8000, workers: int = 1, migrate: bool = False) -> None:
    """Serve the webhook, the bots and the API.

    Parameters
    ----------
    host
        The address to listen on.
    port
        The port to listen on.
    workers
        How many processes answer.
    migrate
        Bring the database's schema up to date first (the embedded one always is).
    """
    from ghl_real_estate_ai.cli.serve import serve as run

    run(host=host, port=port, workers=workers, migrate=migrate)


@app.command
def shipper() -> None:
    """Move what this node recorded to the database until standard input ends (`jorge serve` runs one)."""
    from ghl_real_estate_ai.cli.shipper import ship

    ship()


@app.command
def migrate() -> None:
    """Bring the database's schema up to date."""
    from ghl_real_estate_ai.cli.database import migrate as run

    run()


@app.command
def demo(
    *, port: int = 8000, serve_on: Annotated[bool, Parameter(name="--serve", negative="--no-serve")] = True
) -> None:
    """Start everything with a sandbox CRM, let a few leads write, show what happened, and go on serving.

    Parameters
    ----------
    port
        The port to listen on.
    serve_on
        Whether to go on serving afterwards.
    """
    from ghl_real_estate_ai.cli.demo import demo as run

    sys.exit(run(port=port, serve_on=serve_on))


@app.command
def verify() -> None:
    """Prove that everything is persisted: exit 0, or 1 with what failed."""
    from ghl_real_estate_ai.cli.verify import verify as run

    sys.exit(run())


@app.command
def dsn(*, show_password: bool = False) -> None:
    """Print the address of the database in use."""
    from ghl_real_estate_ai.cli.database import dsn as run

    run(show_password=show_password)


@app.command
def psql(*arguments: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> None:
    """Open PostgreSQL's own client on the database in use; takes its options, such as -c "SELECT 1"."""
    from ghl_real_estate_ai.cli.database import psql as run

    sys.exit(run(*arguments))


deadletters = cyclopts.App(name="deadletters", help="Look after the records that PostgreSQL refused.")
app.command(deadletters)


@deadletters.command(name="list")
def list_deadletters(*, most: int = 50, records: bool = False) -> None:
    """Show the refused records, newest first, with the reason.

    Parameters
    ----------
    most
        How many to show.
    records
        Show each record whole; it may hold personal data.
    """
    from ghl_real_estate_ai.cli.deadletters import show

    show(most=most, records=records)


@deadletters.command(name="retry")
def retry_deadletters(*ids: int, every: Annotated[bool, Parameter(name="--all", negative=())] = False) -> None:
    """Try to store refused records again, once their cause is mended; exit 1 when some are refused again.

    Parameters
    ----------
    ids
        Their numbers, as `list` shows them.
    every
        All of them.
    """
    from ghl_real_estate_ai.cli.deadletters import retry

    sys.exit(retry(ids, every=every))


@deadletters.command(name="discard")
def discard_deadletters(*ids: int, every: Annotated[bool, Parameter(name="--all", negative=())] = False) -> None:
    """Delete refused records for good.

    Parameters
    ----------
    ids
        Their numbers, as `list` shows them.
    every
        All of them.
    """
    from ghl_real_estate_ai.cli.deadletters import discard

    discard(ids, every=every)


privacy = cyclopts.App(name="privacy", help="Carry out what leads ask of their own data.")
app.command(privacy)


@privacy.command(name="list")
def list_privacy(
    *, location: str | None = None, done: Annotated[bool, Parameter(name="--done", negative=())] = False
) -> None:
    """Show what was asked, what is due soonest first.

    Parameters
    ----------
    location
        Only of this location.
    done
        Also what is done.
    """
    from ghl_real_estate_ai.cli.privacy import show

    sys.exit(show(location=location, with_done=done))


@privacy.command(name="ask")
def ask_privacy(contact: str, kind: str, *, location: str | None = None) -> None:
    """Enter a request that came by another way than a text.

    Parameters
    ----------
    contact
        The contact's id in the CRM.
    kind
        delete, export or other.
    location
        The contact's location, instead of JORGE_LOCATION_ID.
    """
    from ghl_real_estate_ai.cli.privacy import ask

    sys.exit(ask(contact, kind, location=location))


@privacy.command(name="run")
def run_privacy(*references: str, every: Annotated[bool, Parameter(name="--all", negative=())] = False) -> None:
    """Carry requests out; exit 1 while one waits for its confirmation to leave.

    Parameters
    ----------
    references
        Their references, as `list` shows them.
    every
        Every deletion that waits.
    """
    from ghl_real_estate_ai.cli.privacy import run

    sys.exit(run(references, every=every))


@privacy.command(name="export")
def export_privacy(contact: str, *, to: Path, location: str | None = None) -> None:
    """Write everything held on a contact to a new JSON file.

    Parameters
    ----------
    contact
        The contact's id in the CRM.
    to
        The file.
    location
        The contact's location, instead of JORGE_LOCATION_ID.
    """
    from ghl_real_estate_ai.cli.privacy import export

    sys.exit(export(contact, location=location, to=to))


@app.command
def understand() -> None:
    """Read labelled-message JSON lines, write what is understood of each."""
    from ghl_real_estate_ai.cli.understand import understand_lines

    sys.exit(understand_lines(sys.stdin, sys.stdout))


@app.command
def guard() -> None:
    """Read drafts of ours as JSON lines, say of each whether it may be sent, in which words, and by which rules."""
    from ghl_real_estate_ai.bots.wording import own_names
    from ghl_real_estate_ai.cli.guard import guard_lines
    from ghl_real_estate_ai.settings import load_settings

    sys.exit(guard_lines(sys.stdin, sys.stdout, own_names=own_names(load_settings().business_name)))


@app.command
def hours() -> None:
    """Read whom we want to text and when as JSON lines, say of each whether that may be, and from when on."""
    from ghl_real_estate_ai.cli.hours import hours_lines

    sys.exit(hours_lines(sys.stdin, sys.stdout))


@app.command(name="calibrate-handoffs")
def calibrate_handoffs(*, runs: int = 200, seed: int = 1) -> int:
    """Show what the handoffs' learning makes of routes whose success is known (Markdown on standard output).

    Parameters
    ----------
    runs
        How often each route is simulated.
    seed
        What the draws begin with.
    """
    from ghl_real_estate_ai.cli.calibrate_handoffs import calibrate

    return calibrate(runs=runs, seed=seed)


@app.command(name="eval")
def evaluate(path: Path | None = None, *, summary: bool = False) -> None:
    """Say how well messages are understood, per label: those kept out of training, or the labelled ones of a file.

    Parameters
    ----------
    path
        Labelled messages as JSON lines; by default our own that no model has learned from.
    summary
        Only the figures that have floors.
    """
    from ghl_real_estate_ai.cli.eval import evaluate_file

    sys.exit(evaluate_file(path, summary=summary))


@app.command
def replay(*, without_packet: bool = False, reasked: bool = False) -> None:
    """Read scripted-conversation JSON lines, take every turn for real on throw-away storage, write the turns.

    Parameters
    ----------
    without_packet
        The control: no bot knows what another one has heard.
    reasked
        Replay both ways and write a table of the questions asked again instead; exit 1 below the promised saving.
    """
    from ghl_real_estate_ai.cli.reasked import report_reasked
    from ghl_real_estate_ai.cli.replay import replay_lines

    if reasked:
        sys.exit(report_reasked(sys.stdin, sys.stdout))
    sys.exit(replay_lines(sys.stdin, sys.stdout, without_packet=without_packet))


@app.command
def doctor() -> None:
    """Look at token, location, tags, fields, native bots, limits, webhook and database, and say what to mend."""
    from ghl_real_estate_ai.cli.doctor import examine

    sys.exit(examine())


@app.command
def setup(*, apply: bool = False, location: str | None = None) -> None:
    """Say which tags and custom fields a location lacks, and make them with --apply.

    Parameters
    ----------
    apply
        Make what is lacking; without it nothing is changed.
    location
        The HighLevel location, instead of JORGE_LOCATION_ID.
    """
    from ghl_real_estate_ai.cli.setup import set_up

    sys.exit(set_up(apply=apply, location=location))


@app.command
def sandbox(*, port: int = 8010) -> None:
    """Run the sandbox CRM alone.

    Parameters
    ----------
    port
        The port to listen on.
    """
    from ghl_real_estate_ai.cli.sandbox import serve_sandbox

    serve_sandbox(port=port)


@app.command
def outbox(*, location: str | None = None, retry: str | None = None, limit: int = 100) -> None:
    """Show what could not be sent and was given up, or try one of it again.

    Parameters
    ----------
    location
        The location meant; without it all are shown, and ours is meant.
    retry
        The id of the effect to put back in the queue; a running Jorge sends it if it is still right.
    limit
        How many to show.
    """
    from ghl_real_estate_ai.cli.outbox import outbox as run

    sys.exit(run(location=location, retry=retry, limit=limit))


@app.command
def bench(
    *names: str,
    quick: bool = False,
    full: bool = False,
    json: bool = False,
    write: Path | None = None,
    seed: int | None = None,
) -> None:
    """Measure what recording, shipping and understanding cost, each beside its control; exit 1 if a target is missed.

    Parameters
    ----------
    names
        The measurements to run; all of them by default.
    quick
        Small sizes: to see that everything works, not to quote.
    full
        Also the sizes that take long: ten million rows.
    json
        Print JSON instead of tables.
    write
        Put the figures into the marked sections of this document.
    seed
        Repeat the random moments of an earlier run.
    """
    from ghl_real_estate_ai.cli.bench.run import bench as run
    from ghl_real_estate_ai.cli.bench.throw_away import Scale

    scale = Scale.QUICK if quick else Scale.FULL if full else Scale.USUAL
    sys.exit(run(names, scale=scale, seed=seed, as_json=json, write=write))


def main() -> None:
    """Run the command; what an operator can mend is one sentence, not a traceback."""
    configure_logging(level=logging.WARNING)
    try:
        app()
    except JorgeError as error:
        print(f"jorge: {error}", file=sys.stderr)
        sys.exit(1)
