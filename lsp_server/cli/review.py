"""
`pacenotes review`: hazards in a change, in the forms that CI systems and engineers read.
"""

import asyncio
import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lsp_server.cli.failure import ExitCode, ProviderFailed, UnreadableInput
from lsp_server.cli.options import model_options, named_overrides, set_option, settings_for
from lsp_server.settings import FailOn, Settings

if TYPE_CHECKING:
    from lsp_server.cli.engine import Desk, Tape
    from lsp_server.cli.review_input import Ground, Wanted
    from lsp_server.providers.base import Provider
    from lsp_server.review.baseline import Baseline
    from lsp_server.review.change import Change
    from lsp_server.review.outcome import Review
    from lsp_server.review.run import Options, Progress
    from lsp_server.reviewing import Reviewing

LONGEST_DIFF = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Request:
    """
    The command line, as far as it does not say what is reviewed.
    """

    outputs: tuple[str, ...]
    overrides: tuple[str, ...]
    fail_on: str | None
    fix: bool
    diff: bool
    max_cost: float | None
    min_coverage: float
    estimate: bool
    write_baseline: bool
    record: Path | None
    replay: Path | None


@click.command()
@click.argument("paths", metavar="[PATH]…", nargs=-1, type=click.Path(path_type=Path))
@click.option("--since", metavar="REF", help="Review what came after the point where REF and HEAD part.")
@click.option("--staged", is_flag=True, help="Review what is staged for the next commit.")
@click.option("--stdin-diff", is_flag=True, help="Review a unified diff from standard input.")
@click.option(
    "--output", "outputs", multiple=True, metavar="FORMAT[=FILE]",
    help="text, json, sarif, github, gitlab, rdjson, junit or markdown; may be repeated.",
)  # fmt: skip
@click.option(
    "--fail-on", type=click.Choice([choice.value for choice in FailOn]),
    help="Exit with 1 from this severity on; the setting review.failOn otherwise.",
)  # fmt: skip
@click.option("--fix", is_flag=True, help="Apply the fixes that are offered; preview them with --diff.")
@click.option("--diff", is_flag=True, help="Print the fixes as a diff, in place of the findings.")
@click.option("--max-cost", type=click.FloatRange(min=0), metavar="USD", help="The most that models may cost.")
@click.option(
    "--min-coverage", type=click.FloatRange(0, 100), default=0.0, metavar="PCT",
    help="Exit with 3 when less of the added lines was reviewed.",
)  # fmt: skip
@click.option("--estimate", is_flag=True, help="Say what it would cost, and send nothing.")
@click.option("--write-baseline", is_flag=True, help="Dismiss everything that is found, in the baseline file.")
@click.option("--record", type=click.Path(path_type=Path), metavar="FILE", help="Keep what models are asked in FILE.")
@click.option("--replay", type=click.Path(path_type=Path), metavar="FILE", help="Let FILE answer in place of a model.")
@model_options
@set_option
def review(
    paths: tuple[Path, ...], *, since: str | None, staged: bool, stdin_diff: bool, outputs: tuple[str, ...],
    fail_on: str | None, fix: bool, diff: bool, max_cost: float | None, min_coverage: float, estimate: bool,
    write_baseline: bool, record: Path | None, replay: Path | None,
    provider: str | None, model: str | None, overrides: tuple[str, ...],
) -> int:  # fmt: skip
    """
    Review a change and print the hazards in it, each at its line.

    Without options the work tree is compared with HEAD. With PATHs alone, those files are reviewed as they stand;
    otherwise they narrow the change. With --since, settings, baseline and guidelines are those of before the change.

    Exit codes: 0 fine; 1 findings from --fail-on on; 2 usage or unreadable input; 3 incomplete, what was finished is
    written; 4 the provider failed, likewise. Without a key, only rules are checked, which is said and is no failure.
    """
    from lsp_server.cli.review_input import Wanted

    _refuse_together(("--since", since is not None), ("--staged", staged), ("--stdin-diff", stdin_diff))
    _refuse_together(("--fix", fix), ("--diff", diff), ("--estimate", estimate), ("--write-baseline", write_baseline))
    _refuse_together(("--record", record), ("--replay", replay))
    if since is not None and not since.strip():
        raise UnreadableInput("--since needs the name of a commit, such as origin/main.")
    named = named_overrides(provider, model, model_setting="review.model")
    wanted = Wanted(paths=paths, since=since or "", staged=staged, diff=_standard_input() if stdin_diff else None)
    request = Request(
        outputs=outputs, overrides=(*overrides, *named), fail_on=fail_on, fix=fix, diff=diff, max_cost=max_cost,
        min_coverage=min_coverage, estimate=estimate, write_baseline=write_baseline, record=record, replay=replay,
    )  # fmt: skip
    return asyncio.run(_review(wanted, request))


async def _review(wanted: "Wanted", request: Request) -> int:
    from lsp_server.cli.engine import desk
    from lsp_server.cli.review_input import (
        baseline_of,
        change_of,
        ground_of,
        guidelines,
        notices_on_settings,
        workspace_settings,
    )
    from lsp_server.cli.review_output import context_of, parse_outputs, write_all
    from lsp_server.review.run import Options

    outputs = parse_outputs(request.outputs, previews=request.diff)
    ground = ground_of(wanted)
    settings = settings_for(ground.root, request.overrides, workspace=workspace_settings(ground))
    baseline, added = baseline_of(ground, settings)
    with _tape(request) as tape:
        async with desk(ground.root, lambda _: settings, root=ground.root, tape=tape) as here:
            change = await asyncio.to_thread(change_of, wanted, ground, here.backend.files)
            options = Options(
                max_cost_usd=request.max_cost,
                guidelines=guidelines(ground, settings),
                remember=not (request.record or request.replay),
                new_id=_new_id,
            )
            if request.estimate:
                return await _print_estimate(here, change, options, as_json="json" in request.outputs)
            found = await _run(here, change, options, baseline)
    notices = (*found.notices, *notices_on_settings(ground), *_notices_on_baseline(found, added))
    found = replace(found, notices=notices)
    write_all(outputs, found, context_of(change))
    return _conclude(request, settings, ground, change, found)


async def _run(here: "Desk", change: "Change", options: "Options", baseline: "Baseline") -> "Review":
    """
    Review, with the estimate before, progress on a terminal, and after Ctrl-C what was finished until then.
    """
    started = time.monotonic()
    with _ending_early(options), _progress() as on_progress:
        found = await _reviewing(here).review(change, options, on_progress, baseline=baseline)
    _record(here, change, found, time.monotonic() - started)
    return found


def _reviewing(here: "Desk") -> "Reviewing":
    return here.backend.reviewing_in(here.root, here.settings)


def _record(here: "Desk", change: "Change", found: "Review", duration_s: float) -> None:
    """
    Note what came of it, as events without texts and paths.
    """
    from lsp_server.lsp import review_events
    from lsp_server.review.change import FileStatus
    from telemetry.vocabulary import ReviewScope, Surface

    review_id = _new_id()
    whole = all(file.status is FileStatus.WHOLE for file in change.files)
    scope = ReviewScope.FILE if whole and change.files else ReviewScope.CHANGE
    record = here.telemetry.recorder.record
    record(review_events.generated(review_id, scope, change, found, duration_s, surface=Surface.COMMAND_LINE))
    for event in review_events.withheld(review_id, found):
        record(event)
    for finding in found.findings:
        record(review_events.shown(review_id, finding, here.telemetry.finding_id(finding.id)))


def _conclude(request: Request, settings: Settings, ground: "Ground", change: "Change", found: "Review") -> int:
    """
    Do what else was asked for, and say by the exit code what it comes to.
    """
    from lsp_server.cli.review_output import apply_fixes, exit_code, preview_fixes
    from lsp_server.review.change import SkipReason

    if request.diff:
        preview_fixes(change, found.findings)
    if request.write_baseline:
        _write_baseline(ground, settings, found)
    fixed = apply_fixes(change, ground.root, found.findings) if request.fix else frozenset[str]()
    code = exit_code(
        found,
        FailOn.NEVER if request.write_baseline else FailOn(request.fail_on or settings.review_fail_on),
        min_coverage=request.min_coverage,
        fixed=fixed,
    )
    if code is ExitCode.PROVIDER_FAILED:
        failed = next((row.detail for row in found.coverage if row.reason is SkipReason.PROVIDER_FAILED), "")
        raise ProviderFailed(failed or "The model gave no usable reply.")
    return code


async def _print_estimate(here: "Desk", change: "Change", options: "Options", *, as_json: bool) -> int:
    found = await _reviewing(here).estimate(change, options)
    if as_json:
        click.echo(json.dumps(asdict(found)))
    elif not found.provider:
        click.echo("Nothing: no model would be asked.")
    else:
        noun = "request" if found.requests == 1 else "requests"
        known = f", {found.cached_units} of {found.units} parts are known from before" if found.cached_units else ""
        click.echo(
            f"{found.requests} {noun} to {found.model}, about {found.input_tokens} tokens and"
            f" ${found.cost_usd:.4f}, before a second look at what is found{known}."
        )
    return ExitCode.FINE


@contextlib.contextmanager
def _ending_early(options: "Options") -> "Iterator[None]":
    """
    The first Ctrl-C ends the run with what was finished; another one ends the process.
    """
    loop = asyncio.get_running_loop()

    def end() -> None:
        options.cancelled.set()
        loop.remove_signal_handler(signal.SIGINT)

    try:
        loop.add_signal_handler(signal.SIGINT, end)
    except (NotImplementedError, RuntimeError):
        # Windows: there, Ctrl-C ends the process at once.
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


@contextlib.contextmanager
def _progress() -> "Iterator[Callable[[Progress], None]]":
    """
    Say what the run will cost before it costs anything, and how far it is if that is seen by anybody.
    """
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("Reading the change …") if console.is_terminal else contextlib.nullcontext() as status:

        def on_progress(progress: "Progress") -> None:
            if not progress.done and progress.total:
                noun = "request" if progress.total == 1 else "requests"
                click.echo(f"Sending {progress.total} {noun}, about ${progress.estimated_usd:.4f}.", err=True)
            if status is not None:
                status.update(f"{progress.done} of {progress.total} requests, ${progress.spent_usd:.4f} …")

        yield on_progress


@contextlib.contextmanager
def _tape(request: Request) -> "Iterator[Tape]":
    """
    What records or replays; a file that is no recording, or can't be written, is a mistake of the caller.
    """
    from lsp_server.providers.cassette import CassetteUnusable, RecordingProvider, ReplayingProvider

    def tape(inner: "Provider") -> "Provider":
        if request.record:
            return RecordingProvider(inner, request.record)
        return ReplayingProvider(request.replay) if request.replay else inner

    try:
        yield tape
    except CassetteUnusable as error:
        raise UnreadableInput(str(error)) from None


def _write_baseline(ground: "Ground", settings: Settings, found: "Review") -> None:
    """
    Add everything that is shown, or would be but for the limits, to the dismissals on disk.
    """
    from lsp_server.cli.review_input import baseline_on_disk
    from lsp_server.cli.review_output import write_file
    from lsp_server.review import baseline
    from lsp_server.review.finding import WithheldReason

    over = [row.finding for row in found.withheld if row.reason is WithheldReason.OVER_LIMIT and row.finding]
    dismissed = baseline.of_findings([*found.findings, *over], "It was there when the baseline was written.")
    known = baseline_on_disk(ground, settings).entries
    text = baseline.write({**dismissed.entries, **known}.values())
    write_file(ground.root / settings.review_baseline, text.encode())
    click.echo(f"{settings.review_baseline} now dismisses {len({**dismissed.entries, **known})}.", err=True)


def _notices_on_baseline(found: "Review", added: frozenset[str]) -> "Iterator[str]":
    """
    Dismissals that the change itself brings count, and are told.
    """
    for row in found.withheld:
        if row.id in added and row.reason == "baseline":
            yield f"This change adds the dismissal of {row.id} in {row.file} to the baseline."


def _refuse_together(*options: "tuple[str, object]") -> None:
    given = [name for name, value in options if value]
    if len(given) > 1:
        raise click.UsageError(f"{' and '.join(given)} can't be used together: choose one.")


def _standard_input() -> bytes:
    content = sys.stdin.buffer.read(LONGEST_DIFF + 1)
    if len(content) > LONGEST_DIFF:
        raise UnreadableInput("The diff on standard input is larger than 64 MB: review it in parts.")
    return content


def _new_id() -> str:
    from lsp_server.app import new_id

    return new_id()
