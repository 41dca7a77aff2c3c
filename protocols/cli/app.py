"""The commands and their words: a contract that tests and users rely on."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    name="operando",
    help="Cycle a solid-state cell inside a SEM, and take the right picture at the right moment.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
bench_app = typer.Typer(help="Look at a bench: its instruments, who answers, what they can do.", no_args_is_help=True)
app.add_typer(bench_app, name="bench")
detect_app = typer.Typer(help="The detectors of failures, and how good they are.", no_args_is_help=True)
app.add_typer(detect_app, name="detect")
region_app = typer.Typer(help="Regions, taken at the microscope.", no_args_is_help=True)
app.add_typer(region_app, name="region")
alert_app = typer.Typer(help="Alerts out of the laboratory: try them, see them, stop them.", no_args_is_help=True)
app.add_typer(alert_app, name="alert")
dose_app = typer.Typer(help="What dose the material bears.", no_args_is_help=True)
app.add_typer(dose_app, name="dose")

Out = Annotated[Path | None, typer.Option("--out", help="Folder for the record; a new one under runs/ if not given.")]
Bench = Annotated[str, typer.Option("--bench", help="A bench file, or `sim` for the simulated laboratory.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for machines.")]
Protocol = Annotated[
    Path, typer.Argument(help="The protocol file, or the name of a shipped protocol.", metavar="PROTOCOL")
]
Answers = Annotated[
    Path | None, typer.Option("--answers", help="File that answers the questions of the protocol, by a script.")
]
Alerts = Annotated[bool, typer.Option("--alerts", help="Tell those whom the bench file names.")]
Live = Annotated[bool, typer.Option("--live", help="Open the live page beside the run.")]
Wires = Annotated[Path | None, typer.Option("--wires", help="Record what goes over the wires, in this new file.")]
RunFolder = Annotated[Path, typer.Argument(help="The folder of a run.", metavar="RUN")]


@app.command()
def demo(
    out: Out = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the simulated world; equal seeds give equal bytes.")] = 1,
    pictures: Annotated[bool, typer.Option(help="Take pictures and spectra, not only cycle.")] = True,
    json: Json = False,
) -> None:
    """Run the shipped protocol on the simulated bench, start to finish, and draw a summary."""
    from operando.protocols.cli.demo import run_demo

    raise typer.Exit(run_demo(out, seed, pictures=pictures, json=json))


@app.command()
def check(protocol: Protocol, bench: Bench = "sim", json: Json = False) -> None:
    """Validate a protocol and rehearse it: every action, with time, dose, pictures and bytes; nothing is touched."""
    from operando.protocols.cli.check import run_check

    raise typer.Exit(run_check(protocol, bench, json=json))


@app.command()
def run(
    protocol: Protocol,
    bench: Annotated[str, typer.Option("--bench", help="A bench file, or `sim` for the simulated laboratory.")],
    out: Out = None,
    override: Annotated[
        str, typer.Option("--override", help="Go on in spite of a failed pre-flight, for this reason; it is recorded.")
    ] = "",
    operator: Annotated[str, typer.Option("--operator", help="Your name, for the record.")] = "",
    live: Live = False,
    alerts: Alerts = False,
    pace: Annotated[
        float, typer.Option("--pace", min=1.0, help="Simulated bench: at most so many times as fast as real time.")
    ] = float("inf"),
    answers: Answers = None,
    json: Json = False,
) -> None:
    """Run a protocol on a bench and leave a record."""
    from operando.protocols.cli.run import run_protocol

    asked = {"override": override, "operator": operator}
    done = run_protocol(protocol, bench, out, **asked, json=json, live=live, alerts=alerts, pace=pace, answers=answers)
    raise typer.Exit(done)


@app.command()
def resume(
    run: RunFolder,
    bench: Annotated[str, typer.Option("--bench", help="A bench file; the one of the run if not given.")] = "",
    operator: Annotated[str, typer.Option("--operator", help="Your name, for the record.")] = "",
    live: Live = False,
    alerts: Alerts = False,
    answers: Answers = None,
    json: Json = False,
) -> None:
    """Go on with a run whose process was killed: ask the instruments what happened, lose nothing, repeat nothing."""
    from operando.protocols.cli.resume import run_resume

    done = run_resume(run, bench, operator=operator, json=json, live=live, alerts=alerts, answers=answers)
    raise typer.Exit(done)


@app.command()
def park(
    run: RunFolder,
    after_step: Annotated[
        bool, typer.Option("--after-step", help="Let the running step come to its end first; else it is held.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="For the record.")] = "",
    operator: Annotated[str, typer.Option("--operator", help="Your name, for the record.")] = "",
    json: Json = False,
) -> None:
    """End the session of a run that goes on: fiducials, everything safe, the record ready for another day."""
    from operando.protocols.cli.park import run_park

    raise typer.Exit(run_park(run, after_step=after_step, reason=reason, operator=operator, json=json))


@app.command("continue")
def continue_run(
    run: RunFolder,
    bench: Annotated[str, typer.Option("--bench", help="A bench file; the one of the run if not given.")] = "",
    cycled_elsewhere: Annotated[
        list[Path] | None,
        typer.Option("--cycled-elsewhere", help="EC-Lab text (.mpt) or .bdf.csv; may be given several times."),
    ] = None,
    time_zone: Annotated[
        str, typer.Option("--time-zone", help="Of the wall times in EC-Lab text; that of this computer if not given.")
    ] = "",
    override: Annotated[
        str, typer.Option("--override", help="Go on in spite of a failed pre-flight, for this reason; it is recorded.")
    ] = "",
    sample_confirmed: Annotated[
        str, typer.Option("--sample-confirmed", help="It is the sample, its regions are where they were: why you know.")
    ] = "",
    import_confirmed: Annotated[
        str, typer.Option("--import-confirmed", help="The files are of this cell whatever speaks against it: why.")
    ] = "",
    operator: Annotated[str, typer.Option("--operator", help="Your name, for the record.")] = "",
    live: Live = False,
    alerts: Alerts = False,
    json: Json = False,
    answers: Answers = None,
) -> None:
    """Begin another session of a parked run: find the sample and its regions again, and go on where it was left."""
    from operando.protocols.cli.continue_ import run_continue

    said = {"override": override, "sample_confirmed": sample_confirmed, "import_confirmed": import_confirmed}
    said |= {"time_zone": time_zone, "operator": operator}
    files = cycled_elsewhere or ()
    done = run_continue(run, bench, files, **said, live=live, json=json, alerts=alerts, answers=answers)
    raise typer.Exit(done)


@app.command()
def verify(run: RunFolder, json: Json = False) -> None:
    """Recompute everything in the record of a run and name what is wrong."""
    from operando.protocols.cli.verify import run_verify

    raise typer.Exit(run_verify(run, json=json))


@app.command()
def why(
    run: RunFolder,
    frame: Annotated[int | None, typer.Argument(help="Its number in frames.csv; left out: all triggers.")] = None,
    json: Json = False,
) -> None:
    """Say why a frame exists, from the line of the protocol to its pixels; or what became of every trigger."""
    from operando.protocols.cli.why import run_why

    raise typer.Exit(run_why(run, frame, json=json))


@app.command()
def report(
    run: RunFolder,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the report; derived/report of the run.")] = None,
    json: Json = False,
) -> None:
    """Write one page about a run that opens without a network, and its figures; the run may still go on."""
    from operando.protocols.cli.report import run_report

    raise typer.Exit(run_report(run, out, json=json))


@app.command()
def view(
    run: RunFolder,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; beyond 127.0.0.1 with a token.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help="The first free port from here on; 0 takes any.")
    ] = 8765,
    token: Annotated[bool, typer.Option("--token", help="Ask for a token on this computer, too.")] = False,
    view_only: Annotated[bool, typer.Option("--view-only", help="Nobody steers from this page.")] = False,
    certificate: Annotated[Path | None, typer.Option("--certificate", help="PEM file, for TLS.")] = None,
    key: Annotated[Path | None, typer.Option("--key", help="PEM file of the certificate's key.")] = None,
    leave_after: Annotated[
        float | None,
        typer.Option("--leave-after", min=0.0, help="End when the run is over and nobody looks, in seconds."),
    ] = None,
    json: Json = False,
) -> None:
    """Show a run in the browser, going on or finished, and steer it from there."""
    from operando.protocols.cli.view import run_view
    from operando.protocols.live import PageOptions

    options = PageOptions(host, port, token, view_only, certificate, key, leave_after)
    raise typer.Exit(run_view(run, options, json=json))


@app.command()
def watch(
    run: RunFolder,
    bench: Annotated[str, typer.Option("--bench", help="A bench file; the one of the run if not given.")] = "",
    next_session: Annotated[
        bool,
        typer.Option("--next-session", help="The run was parked or killed: wait two minutes until it goes on."),
    ] = False,
) -> None:
    """Tell people outside the laboratory what they should know of a run, until it is over or parked; also if stale."""
    from operando.protocols.cli.watch import run_watch

    raise typer.Exit(run_watch(run, bench, next_session=next_session))


@app.command()
def export(
    run: RunFolder,
    to: Annotated[str, typer.Option("--to", help="mpt, csv, parquet, ome-tiff, msa, png, png16 or mp4.")],
    out: Annotated[Path | None, typer.Option("--out", help="Folder; derived/FORMAT in the run if not given.")] = None,
    region: Annotated[str | None, typer.Option("--region", help="Only pictures and spectra of this region.")] = None,
    detector: Annotated[str | None, typer.Option("--detector", help="Only pictures of this detector.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="Only from this run time on: '2 h'.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Only before this run time: '30 min'.")] = None,
    cycle: Annotated[int | None, typer.Option("--cycle", help="Only of this cycle.")] = None,
) -> None:
    """Write a run, or part of it, in the formats of other programs; the record itself stays as it is."""
    from operando.protocols.cli.export import run_export

    chosen = {"region": region, "detector": detector, "since": since, "until": until}
    raise typer.Exit(run_export(run, to, out, **chosen, cycle=cycle))


@app.command()
def simulate(
    bench: Annotated[str, typer.Argument(help="A bench file, or `sim`.")],
    ports: Annotated[Path | None, typer.Option("--ports", help="Write the served addresses here, as JSON.")] = None,
) -> None:
    """Serve the simulated instruments of a bench on real wires, on this machine only, until Ctrl-C."""
    from operando.protocols.cli.simulate import run_simulate

    raise typer.Exit(run_simulate(bench, ports))


@bench_app.command("list")
def bench_list(bench: Annotated[str, typer.Argument()] = "sim", json: Json = False) -> None:
    """The instruments of a bench file, without touching them."""
    from operando.protocols.cli.bench import list_bench

    raise typer.Exit(list_bench(bench, json=json))


@bench_app.command("identify")
def bench_identify(bench: Annotated[str, typer.Argument()] = "sim", wires: Wires = None, json: Json = False) -> None:
    """Connect to each instrument and ask who it is; changes nothing."""
    from operando.protocols.cli.bench import identify_bench

    raise typer.Exit(identify_bench(bench, wires=wires, json=json))


@bench_app.command("check")
def bench_check(
    bench: Annotated[str, typer.Argument(help="A bench file, or `sim`.")] = "sim",
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the verdict; verdict-BENCH by default.")] = None,
    allow: Annotated[str, typer.Option("--allow", help="What checks may do: move,beam,current,spectrum.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who answers for drivers never on hardware, for this check.")] = "",
    only: Annotated[list[str] | None, typer.Option("--only", help="Beginning of the ids of checks.")] = None,
    wires: Wires = None,
    json: Json = False,
) -> None:
    """Judge whether the drivers of a bench keep their promises; the verdict is a folder with a page."""
    from operando.protocols.cli.bench_check import check_bench

    raise typer.Exit(check_bench(bench, out, allow=allow, by=by, only=only or (), wires=wires, json=json))


@detect_app.command("eval")
def detect_eval(
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Judge on the part that no detector was tuned on.")
    ] = False,
    corpus: Annotated[str, typer.Option("--corpus", help="An installed corpus.")] = "simulated-cell",
    scale: Annotated[float, typer.Option("--scale", min=0.01, help="Share of the corpus; 1 is all of it.")] = 1.0,
    processes: Annotated[int, typer.Option("--processes", min=1, help="That share the work.")] = 2,
    notes: Annotated[bool, typer.Option("--notes", help="Name what was missed and what was false.")] = False,
    json: Json = False,
) -> None:
    """Score the detectors on a labelled corpus: precision, recall, delay and false alarms, with intervals."""
    from operando.protocols.cli.detect import run_eval

    raise typer.Exit(run_eval(corpus, held_out=held_out, scale=scale, processes=processes, notes=notes, as_json=json))


@alert_app.command("test")
def alert_test(bench: Annotated[str, typer.Argument(help="A bench file.")], json: Json = False) -> None:
    """Send a test over every route of a bench file, once."""
    from operando.protocols.cli.alert import test_alerts

    raise typer.Exit(test_alerts(bench, json=json))


@alert_app.command("list")
def alert_list(run: RunFolder, json: Json = False) -> None:
    """What people were told about a run, and who has acknowledged it."""
    from operando.protocols.cli.alert import list_alerts

    raise typer.Exit(list_alerts(run, json=json))


@alert_app.command("acknowledge")
def alert_acknowledge(
    run: RunFolder,
    alert: Annotated[str, typer.Argument(help="Its name; left out: all that there are now.")] = "",
    by: Annotated[str, typer.Option("--by", help="Your name.")] = "",
) -> None:
    """Have nothing more sent about something."""
    from operando.protocols.cli.alert import acknowledge_alerts

    raise typer.Exit(acknowledge_alerts(run, alert, by))


@region_app.command("add")
def region_add(
    name: Annotated[str, typer.Argument(help="Of the new region.")],
    bench: Bench = "sim",
    protocol: Annotated[Path | None, typer.Option("--protocol", help="Insert it here, not only print it.")] = None,
    picture: Annotated[bool, typer.Option("--picture", help="Take a picture, after asking.")] = False,
    detector: Annotated[str, typer.Option("--detector", help="Of the picture.")] = "SE",
    yes: Annotated[bool, typer.Option("--yes", help="Take the picture without asking.")] = False,
) -> None:
    """Take a region from where the stage stands now: place, field of view and beam as read back; moves nothing."""
    from operando.protocols.cli.region import add_region

    raise typer.Exit(add_region(name, bench, protocol, detector, picture=picture, yes=yes))


@dose_app.command("propose")
def dose_propose(
    run: RunFolder,
    protocol: Annotated[
        Path | None, typer.Option("--protocol", help="Whose regions the budgets are for.", metavar="PROTOCOL")
    ] = None,
    json: Json = False,
) -> None:
    """Find in a damage series from which dose on the material changes, and propose budgets for a protocol."""
    from operando.protocols.cli.dose import propose_dose

    raise typer.Exit(propose_dose(run, protocol, json=json))
