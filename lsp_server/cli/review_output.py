"""
Where the results of `pacenotes review` go: formats into files or onto standard output, fixes into the code.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from lsp_server.cli.failure import ExitCode, UnreadableInput
from lsp_server.cli.options import say_warning
from lsp_server.review.change import Change, SkipReason
from lsp_server.review.finding import Finding, Severity
from lsp_server.review.formats import FORMATS, FormatContext, step_summary
from lsp_server.review.ledger import percent_covered
from lsp_server.review.outcome import Incomplete, Review
from lsp_server.review.patching import apply_findings, unified
from lsp_server.review.source import Source, sources_of
from lsp_server.settings import FailOn

BYTE_ORDER_MARK = "\ufeff".encode()
STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


@dataclass(frozen=True, slots=True)
class Output:
    """
    One `--output FORMAT[=FILE]`; without a file it is standard output.
    """

    format: str
    file: Path | None


def parse_outputs(texts: Sequence[str], *, previews: bool) -> tuple[Output, ...]:
    """
    What was asked for, once it is known that it can be written.

    Raises:
        UnreadableInput: an unknown format, two results for standard output, or a file that can't be written.
    """
    outputs = tuple(_parse(text) for text in texts)
    on_stdout = [output.format for output in outputs if output.file is None]
    if len(on_stdout) + previews > 1:
        raise UnreadableInput("Only one result fits on standard output: give the others a file, as in sarif=FILE.")
    if not outputs and not previews:
        outputs = (Output("text", None),)
    for output in outputs:
        if output.file is not None:
            check_writable(output.file)
    return outputs


def check_writable(path: Path) -> None:
    """
    Make sure of it before anything is spent.

    Raises:
        UnreadableInput: the file can't be written.
    """
    was_there = path.exists()
    try:
        with path.open("ab"):
            pass
        if not was_there:
            path.unlink()
    except OSError as error:
        raise UnreadableInput(f"{path} can't be written: {(error.strerror or 'unknown error').lower()}.") from None


def write_file(path: Path, content: bytes) -> None:
    """
    Write a file.

    Raises:
        UnreadableInput: it can't be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UnreadableInput(f"{path} can't be written: {(error.strerror or 'unknown error').lower()}.") from None


def write_all(outputs: Sequence[Output], review: Review, context: FormatContext) -> None:
    """
    Write every output.

    Raises:
        UnreadableInput: a file can't be written after all.
    """
    for output in outputs:
        text = FORMATS[output.format](review, context)
        if output.file is None:
            # UTF-8, whatever the terminal was told.
            click.echo(text.encode(), nl=False)
        else:
            write_file(output.file, text.encode())
    summary = os.environ.get(STEP_SUMMARY)
    if summary and any(output.format == "github" for output in outputs):
        try:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(step_summary(review, context))
        except OSError:
            say_warning(f"{STEP_SUMMARY} can't be written, so the step has no summary.")


def context_of(change: Change) -> FormatContext:
    """
    What formats need to know.
    """
    from lsp_server import __version__
    from lsp_server.review.rules import RULES

    return FormatContext(
        version=__version__,
        texts={file.path: file.text for file in change.files if file.text is not None},
        rules={rule.id: rule.sentence for rule in RULES},
    )


def preview_fixes(change: Change, findings: Sequence[Finding]) -> None:
    """
    Print the fixes as a diff that `git apply` takes.
    """
    for source in sources_of(change).values():
        patched = apply_findings(source, _of(findings, source))
        click.echo(unified(source.path, source.text, patched.text).encode(), nl=False)


def apply_fixes(change: Change, root: Path, findings: Sequence[Finding]) -> frozenset[str]:
    """
    Write the fixes into the files, and give the ids of the findings that they mend.

    A file that no longer holds the text that was reviewed stays as it is.
    """
    applied: set[str] = set()
    files = 0
    for source in sources_of(change).values():
        patched = apply_findings(source, _of(findings, source))
        if patched.applied:
            if _replace(root / source.path, source.text, patched.text):
                applied |= {finding.id for finding in patched.applied}
                files += 1
            else:
                say_warning(f"{source.path} has changed since it was reviewed, so nothing was fixed in it.")
    if applied:
        click.echo(f"Fixed {len(applied)} in {files} {'file' if files == 1 else 'files'}.", err=True)
    return frozenset(applied)


def exit_code(review: Review, fail_on: FailOn, *, min_coverage: float, fixed: frozenset[str]) -> ExitCode:
    """
    What the review comes to; with no model to be had, nobody expects it to be complete.
    """
    if review.incomplete is Incomplete.PROVIDER_FAILED:
        return ExitCode.PROVIDER_FAILED
    if review.incomplete or (_was_asked(review) and percent_covered(review.coverage) < min_coverage):
        return ExitCode.INCOMPLETE
    if fail_on is FailOn.NEVER:
        return ExitCode.FINE
    open_ = (finding for finding in review.findings if finding.id not in fixed)
    fails = any(finding.severity.rank >= Severity(fail_on.value).rank for finding in open_)
    return ExitCode.FINDINGS if fails else ExitCode.FINE


def _was_asked(review: Review) -> bool:
    return all(row.reason is not SkipReason.NO_MODEL for row in review.coverage)


def _parse(text: str) -> Output:
    name, has_file, file = text.partition("=")
    if name not in FORMATS:
        raise UnreadableInput(f"There is no format '{name}': choose from {', '.join(FORMATS)}.")
    if has_file and not file:
        raise UnreadableInput(f"Name a file after '{name}=', or leave the '=' out for standard output.")
    return Output(name, Path(file) if file else None)


def _of(findings: Sequence[Finding], source: Source) -> list[Finding]:
    return [finding for finding in findings if finding.file == source.path and finding.fix]


def _replace(path: Path, before: str, after: str) -> bool:
    """
    Write `after` if the file still holds `before`.
    """
    try:
        content = path.read_bytes()
    except OSError:
        return False
    mark = BYTE_ORDER_MARK if content.startswith(BYTE_ORDER_MARK) else b""
    if content != mark + before.encode():
        return False
    write_file(path, mark + after.encode())
    return True
