"""
One or several outcomes of a trial, each with its effect, and what a careful reader should know besides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from telemetry.experiments import corrections, sequential
from telemetry.experiments.errors import UnusableData
from telemetry.experiments.estimate import FEW_CLUSTERS, Errors, Estimate, Interval, estimate
from telemetry.experiments.sample import Sample, sample_of


@dataclass(frozen=True, kw_only=True)
class Question:
    """
    What is asked of a table, in the names of its columns.

    `look` is (this look, planned looks); `planned_n` makes intervals always valid; `split` is the intended shares.
    """

    outcomes: Sequence[str]
    treatment: str
    covariates: Sequence[str] = ()
    clusters: Sequence[str] = ()
    denominator: str | None = None
    log: bool = False
    control: str | None = None
    errors: str = Errors.AUTO
    interval: str = Interval.AUTO
    planned_n: int | None = None
    look: tuple[int, int] | None = None
    split: Sequence[float] = ()


@dataclass(frozen=True, kw_only=True)
class Findings:
    """
    One estimate for each outcome asked for, in that order, and sentences for the reader.
    """

    outcomes: tuple[str, ...]
    estimates: tuple[Estimate, ...]
    notices: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """
        The public document: the first outcome at the top level, all of them under `outcomes` when there are several.
        """
        first = _document(self.estimates[0])
        if len(self.estimates) > 1:
            pairs = zip(self.outcomes, self.estimates, strict=True)
            first["outcomes"] = [{"outcome": name, **_document(found)} for name, found in pairs]
        return {**first, "notices": list(self.notices)}


def analyse(columns: Mapping[str, Sequence[object]], question: Question) -> Findings:
    """
    Answer `question` from the columns of a table.

    Raises:
        UnusableData: one sentence on what the table lacks.
    """
    if question.planned_n is not None and question.look is not None:
        raise UnusableData("Planned looks and an always-valid interval exclude each other; choose one.")
    if question.planned_n is not None and question.planned_n < 1:
        raise UnusableData("The planned number of rows must be at least 1.")
    samples = [_sample(columns, question, outcome) for outcome in question.outcomes]
    found = [_estimated(sample, question) for sample in samples]
    if len(found) > 1:
        adjusted = corrections.holm([each.p_value for each in found])
        found = [replace(each, p_value=p) for each, p in zip(found, adjusted, strict=True)]
    notices = dict.fromkeys(notice for sample in samples for notice in _notices(sample, question))
    if len(found) > 1:
        notices["The p-values are corrected for several outcomes by Holm's method; the intervals are not."] = None
    return Findings(outcomes=tuple(question.outcomes), estimates=tuple(found), notices=tuple(notices))


def _sample(columns: Mapping[str, Sequence[object]], question: Question, outcome: str) -> Sample:
    return sample_of(
        columns,
        outcome=outcome,
        treatment=question.treatment,
        covariates=question.covariates,
        clusters=question.clusters,
        denominator=question.denominator,
        control=question.control,
    )


def _estimated(sample: Sample, question: Question) -> Estimate:
    found = estimate(sample, log=question.log, errors=Errors(question.errors), interval=Interval(question.interval))
    if question.look is not None:
        return sequential.at_planned_look(found, look=question.look[0], looks=question.look[1])
    if question.planned_n is not None:
        return sequential.always_valid(found, planned_n=question.planned_n)
    return found


def _notices(sample: Sample, question: Question) -> list[str]:
    notices = [f"The effect is that of {sample.treatment!r} against {sample.control!r}."]
    if sample.dropped:
        notices.append(f"{sample.dropped} row(s) without a value in some column were left out.")
    if sample.cluster_count is not None and sample.cluster_count < FEW_CLUSTERS:
        inside = " Arms were assigned within clusters; --interval t is the cautious choice."
        notices.append(
            f"{sample.cluster_count} clusters are few; the method says which distribution the interval uses."
            + ("" if sample.assigns_whole_clusters else inside)
        )
    if question.split:
        notices.append(_split(sample, question.split))
    return notices


def _split(sample: Sample, shares: Sequence[float]) -> str:
    if len(shares) != 2 or any(share <= 0 for share in shares):
        raise UnusableData("Give --split twice: the share of the control and that of the treatment, above zero.")
    treated = int(sample.treated.sum())
    p_value = corrections.sample_ratio([sample.n - treated, treated], shares)
    counts = f"{sample.n - treated} to {treated}"
    if p_value < corrections.SUSPICIOUS:
        return f"Sample-ratio mismatch: {counts} is not the intended split (p = {p_value:.2g}); find out why first."
    return f"The split of {counts} is as intended (p = {p_value:.2g})."


def _document(found: Estimate) -> dict[str, Any]:
    return {
        "effect": found.effect,
        "ci_low": found.ci_low,
        "ci_high": found.ci_high,
        "p_value": found.p_value,
        "std_error": found.std_error,
        "n": found.n,
        "clusters": found.clusters,
        "relative": found.relative,
        "degrees_of_freedom": found.degrees,
        "method": found.method,
    }
