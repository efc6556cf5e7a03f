"""
Decide what is shown of the claims that could be placed: each finding once, named for good, with its fix proved.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lsp_server.review.baseline import Baseline, Entry
from lsp_server.review.code_words import code_words
from lsp_server.review.finding import (
    Category,
    Finding,
    NoFixReason,
    Placed,
    Severity,
    Withheld,
    WithheldReason,
    held_back,
)
from lsp_server.review.fingerprint import anchor_at, fingerprint
from lsp_server.review.fixes import fix_for
from lsp_server.review.placing import source_of_claim
from lsp_server.review.source import Source
from lsp_server.review.suppression import Suppression, suppressions_in
from lsp_server.review.tool import LONGEST_MESSAGE
from lsp_server.review.unwanted import is_unwanted
from lsp_server.settings import Settings
from lsp_server.syntax.tree import parse_text
from lsp_server.text.positions import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """
    What a workspace wants to be shown; see the settings `review.*` of the same names.
    """

    categories: frozenset[str] = frozenset(Category)
    min_confidence: int = 60
    max_per_file: int = 3
    max_findings: int = 15
    error_categories: frozenset[str] = frozenset()
    error_confidence: int = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """
    What is shown, ordered by file and place; what is not, and why; and which suppressions there were no findings for.

    `new_suppressions` names the comments that the change itself adds and that silenced something.
    """

    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    unused_suppressions: tuple[str, ...]
    new_suppressions: tuple[str, ...] = ()


def policy_of(settings: Settings) -> Policy:
    """
    The policy that the settings ask for.
    """
    return Policy(
        categories=frozenset(settings.review_categories),
        min_confidence=settings.review_min_confidence,
        max_per_file=settings.review_max_findings_per_file,
        max_findings=settings.review_max_findings,
        error_categories=frozenset(settings.review_error_categories),
        error_confidence=settings.review_error_confidence,
    )


def settle(
    placed: Sequence[Placed],
    sources: Mapping[str, Source],
    *,
    policy: Policy,
    baseline: Baseline,
    renames: Mapping[str, str],
    asked_model: bool = True,
) -> Settled:
    """
    Settle all claims of one review together.

    `renames` gives the old path of each file that the change renamed, so that findings keep their ids.
    Without a model (`asked_model`), only comments that name nothing but rules can be told to be unused.
    """
    comments = {path: suppressions_in(source) for path, source in sources.items()}
    named = [_named(one, sources, policy, renames) for one in placed]
    unique, withheld = _merged(named)
    shown: list[_Named] = []
    used: set[Suppression | Entry] = set()
    for one in unique:
        verdict, by = _silenced(one, policy, baseline, comments.get(one.finding.file, ()))
        if verdict is None:
            shown.append(one)
        else:
            withheld.append(verdict)
            used |= {by} if by else set()
    kept, over = _within_limits(shown, policy)
    every = [comment for found in comments.values() for comment in found]
    return Settled(
        findings=tuple(sorted((_with_fix(one, sources) for one in kept), key=lambda one: (one.file, one.span, one.id))),
        withheld=(*withheld, *over),
        unused_suppressions=(
            *_unused_comments(every, used, sources, asked_model=asked_model),
            *_stale_entries(baseline, used, sources, renames),
        ),
        new_suppressions=tuple(f"{one.shown}: {one.reason}" for one in every if one.is_new and one in used),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Named:
    """
    A finding before it has a fix, the claim that it came from, and every id that may silence it.
    """

    finding: Finding
    placed: Placed
    ids: tuple[str, ...]


def _named(placed: Placed, sources: Mapping[str, Source], policy: Policy, renames: Mapping[str, str]) -> _Named:
    claim, source = placed.claim, _source(placed, sources)
    anchor = anchor_at(source, placed.span)
    old_path = renames.get(source.path, source.path)
    # Another file may have taken the old name in the same change.
    paths = (source.path,) if old_path in sources else (old_path, source.path)
    ids = tuple(dict.fromkeys(fingerprint(claim.category, path, anchor) for path in paths))
    lines = source.lines_of(placed.span)
    finding = Finding(
        id=ids[0],
        file=source.path,
        span=placed.span,
        line=lines[0],
        end_line=lines[-1],
        quote=source.text[placed.span.start : placed.span.end],
        category=claim.category,
        severity=_severity(placed, policy),
        confidence=claim.confidence,
        message=_clipped(claim.message),
        origin=claim.origin,
        rule=claim.rule,
        evidence=claim.evidence,
        symbol=anchor.symbol,
    )
    return _Named(finding=finding, placed=placed, ids=ids)


def _source(placed: Placed, sources: Mapping[str, Source]) -> Source:
    source = source_of_claim(placed.claim.file, sources)
    assert source is not None
    return source


def _severity(placed: Placed, policy: Policy) -> Severity:
    """
    What the claim says, but an error only where the workspace's policy makes it one.
    """
    claim = placed.claim
    if claim.category in policy.error_categories and claim.confidence >= policy.error_confidence:
        return Severity.ERROR
    return min(claim.severity, Severity.WARNING, key=lambda severity: severity.rank)


def _merged(named: Iterable[_Named]) -> tuple[list[_Named], list[Withheld]]:
    """
    One finding for each id, and for each pair where one repeats what another says of the same code.
    """
    kept: list[_Named] = []
    withheld: list[Withheld] = []
    for one in sorted(named, key=_gravity):
        same = next((other for other in kept if _repeats(one.finding, other.finding)), None)
        if same is None:
            kept.append(one)
        else:
            withheld.append(held_back(one.finding, WithheldReason.DUPLICATE, f"it repeats {same.finding.id}"))
    return kept, withheld


def _repeats(one: Finding, other: Finding) -> bool:
    if one.id == other.id:
        return True
    if (one.file, one.category) != (other.file, other.category):
        return False
    both = min(one.span.end, other.span.end) - max(one.span.start, other.span.start)
    return both > 0 and 2 * both >= max(len(one.span), len(other.span))


def _silenced(
    one: _Named, policy: Policy, baseline: Baseline, comments: Sequence[Suppression]
) -> tuple[Withheld | None, Suppression | Entry | None]:
    """
    Why a finding is not shown, and by which comment or dismissal; nothing when it is shown.
    """
    finding = one.finding
    if is_unwanted(one.placed.claim):
        return held_back(finding, WithheldReason.DO_NOT_REPORT), None
    lines = range(finding.line, finding.end_line + 1)
    for comment in comments:
        if comment.silences(lines, finding.category, finding.rule):
            return held_back(finding, WithheldReason.SUPPRESSED, comment.reason), comment
    for entry in (baseline.entries[id_] for id_ in one.ids if id_ in baseline.entries):
        return held_back(finding, WithheldReason.BASELINE, entry.reason), entry
    if finding.category not in policy.categories:
        return held_back(finding, WithheldReason.CATEGORY_OFF), None
    if finding.confidence < policy.min_confidence:
        return held_back(finding, WithheldReason.LOW_CONFIDENCE), None
    return None, None


def _within_limits(shown: Iterable[_Named], policy: Policy) -> tuple[list[_Named], list[Withheld]]:
    """
    The gravest of each file and of all, and what is over either limit.
    """
    kept: list[_Named] = []
    over: list[Withheld] = []
    in_file: Counter[str] = Counter()
    for one in sorted(shown, key=_gravity):
        if len(kept) < policy.max_findings and in_file[one.finding.file] < policy.max_per_file:
            in_file[one.finding.file] += 1
            kept.append(one)
        else:
            over.append(held_back(one.finding, WithheldReason.OVER_LIMIT))
    return kept, over


def _with_fix(one: _Named, sources: Mapping[str, Source]) -> Finding:
    fix = fix_for(one.placed, sources[one.finding.file])
    if isinstance(fix, NoFixReason):
        return replace(one.finding, no_fix=fix)
    return replace(one.finding, fix=fix)


def _gravity(one: _Named) -> tuple[int, int, str, Span, str, str]:
    finding = one.finding
    return (
        -finding.severity.rank,
        -finding.confidence,
        finding.file,
        finding.span,
        finding.category,
        finding.message,
    )


def _unused_comments(
    comments: Iterable[Suppression],
    used: set[Suppression | Entry],
    sources: Mapping[str, Source],
    *,
    asked_model: bool,
) -> list[str]:
    """
    One sentence for each comment that silences nothing although the code that it is about was looked at.
    """
    sentences = []
    for comment in comments:
        added = sources[comment.file].added_lines
        if comment.flaw:
            if comment.line in added:
                sentences.append(f"{comment.shown} {comment.flaw}, so it silences nothing.")
        elif (
            comment not in used
            and not added.isdisjoint(comment.targets)
            and (asked_model or not _names_category(comment))
        ):
            sentences.append(f"{comment.shown} silences nothing.")
    return sentences


def _names_category(comment: Suppression) -> bool:
    return any(name in list(Category) for name in comment.names)


def _stale_entries(
    baseline: Baseline, used: set[Suppression | Entry], sources: Mapping[str, Source], renames: Mapping[str, str]
) -> list[str]:
    """
    One sentence for each dismissal of code that is no longer in its file.
    """
    by_old_path = {renames.get(path, path): source for path, source in sources.items()} | dict(sources)
    return [
        f"The baseline dismisses {entry.id} in {entry.file}, whose code is no longer there."
        for entry in baseline.entries.values()
        if entry not in used and entry.file in by_old_path and _is_gone(entry, by_old_path[entry.file])
    ]


def _is_gone(entry: Entry, source: Source) -> bool:
    words = code_words(parse_text(entry.quote, source.document.language_id)).words
    said = " ".join(source.code_words.words)
    return bool(words) and " ".join(words) not in said


def _clipped(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else message[: LONGEST_MESSAGE - 1].rstrip() + "…"
