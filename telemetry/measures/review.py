"""
Whether findings help: how many were acted on, how many would have been repaired without a word, and what was withheld.
"""

import ibis.expr.types as ir

from telemetry.measures.table import HELPED, Rate, named, total

RATES = (
    Rate(
        name="review_precision",
        title="Review precision",
        sentence="Findings whose fix was applied or whose code was repaired later, of those shown that are settled.",
        numerator="helped",
        denominator="ended",
    ),
    Rate(
        name="silent_precision",
        title="Repaired without a word",
        sentence="Findings of the silent arm whose code was repaired all the same, of those settled.",
        numerator="silent_helped",
        denominator="silent_ended",
    ),
    Rate(
        name="dismissed",
        title="Dismissed",
        sentence="Findings that somebody dismissed as wrong or not worth saying, of those shown that are settled.",
        numerator="dismissed",
        denominator="ended",
    ),
    Rate(
        name="claims_shown",
        title="Claims worth showing",
        sentence="Claims that became findings, shown or silent, of all that models and rules have claimed.",
        numerator="claims_fit",
        denominator="claims",
    ),
    Rate(
        name="hunks_reviewed",
        title="Hunks reviewed in full",
        sentence="Hunks of changes that were shown to a model or a rule in full, of all hunks.",
        numerator="hunks_reviewed",
        denominator="hunks",
    ),
)

SETTLED = (
    "applied",
    "edited_applied",
    "fixed_later",
    "dismissed_wrong",
    "dismissed_noise",
    "dismissed_other",
    "ignored",
)
"""`stale` findings are not settled: their code went away for other reasons."""

DISMISSED = ("dismissed_wrong", "dismissed_noise", "dismissed_other")


def reviews(events: ir.Table) -> ir.Table:
    """
    One row: reviews, their claims and hunks, and what became of their findings.
    """
    t = named(events, "review.generated", "review.finding_shown", "review.finding_silent", "review.finding_ended")
    ended = t.name == "review.finding_ended"
    settled, helped = t.outcome.isin(SETTLED), t.outcome.isin(HELPED)
    return t.aggregate(
        reviews=t.count(where=t.name == "review.generated"),
        claims=total(t.claims),
        claims_shown=total(t.claims_shown),
        claims_silent=total(t.claims_silent),
        claims_withheld=total(t.claims_withheld),
        claims_fit=total(t.claims_shown) + total(t.claims_silent),
        hunks=total(t.hunks_reviewed) + total(t.hunks_clipped) + total(t.hunks_skipped),
        hunks_reviewed=total(t.hunks_reviewed),
        shown=t.count(where=t.name == "review.finding_shown"),
        silent=t.count(where=t.name == "review.finding_silent"),
        all_ended=t.count(where=ended & ~t.silent),
        all_silent_ended=t.count(where=ended & t.silent),
        ended=t.count(where=ended & ~t.silent & settled),
        helped=t.count(where=ended & ~t.silent & helped),
        dismissed=t.count(where=ended & ~t.silent & t.outcome.isin(DISMISSED)),
        silent_ended=t.count(where=ended & t.silent & settled),
        silent_helped=t.count(where=ended & t.silent & helped),
    )


def findings_by_category(events: ir.Table) -> ir.Table:
    """
    One row a category: findings shown and settled, and how many were acted on.
    """
    shown = named(events, "review.finding_shown").select("review_id", "finding_id", "category", "dev_id")
    t = named(events, "review.finding_ended").select("review_id", "finding_id", "outcome", "silent")
    both = shown.inner_join(t.filter(~t.silent & t.outcome.isin(SETTLED)), ["review_id", "finding_id"])
    grouped = both.group_by("category").aggregate(
        developers=both.dev_id.nunique(), ended=both.count(), helped=both.count(where=both.outcome.isin(HELPED))
    )
    return grouped.order_by(grouped.ended.desc(), grouped.category)


def withheld(events: ir.Table) -> ir.Table:
    """
    One row a reason: claims that were not fit to be shown.
    """
    t = named(events, "review.withheld")
    grouped = t.group_by("reason").aggregate(claims=total(t.claims), developers=t.dev_id.nunique())
    return grouped.order_by(grouped.claims.desc(), grouped.reason)
