"""
Whether accepted text is worth keeping: what is left of it after half a minute and up to ten minutes.
"""

import ibis.expr.types as ir

from telemetry.measures.table import KEPT, TAKEN, Rate, named, total

RATES = (
    Rate(
        name="mostly_kept",
        title="Mostly kept after ten minutes",
        sentence="Texts of which at least 67 % are left, of those still open then.",
        numerator="mostly_kept",
        denominator="measured",
    ),
    Rate(
        name="unchanged",
        title="Unchanged after ten minutes",
        sentence="Texts that nobody has touched, of those still open then.",
        numerator="unchanged",
        denominator="measured",
    ),
    Rate(
        name="deleted",
        title="Deleted within ten minutes",
        sentence="Texts of which nothing is left, of those still open then.",
        numerator="gone",
        denominator="measured",
    ),
)

RETAINED_RATES = (
    Rate(
        name="retained_per_day",
        title="Retained characters per developer-day",
        sentence=(
            "Accepted characters that are still there at the last look within ten minutes, "
            "over days on which somebody asked for a completion; a text that was never looked at counts nothing."
        ),
        numerator="retained_chars",
        denominator="developer_days",
        unit="chars",
    ),
    Rate(
        name="retained_share",
        title="Retained of accepted",
        sentence="Accepted characters that are still there at the last look within ten minutes, of all accepted.",
        numerator="retained_chars",
        denominator="accepted_chars",
    ),
    Rate(
        name="ai_share",
        title="Code from completions",
        sentence="Accepted characters, of accepted and typed ones (Google's fraction of code).",
        numerator="accepted_chars",
        denominator="written_chars",
    ),
    Rate(
        name="accepted_per_day",
        title="Accepted completions per developer-day",
        sentence="Completions taken in full or in part, over days on which somebody asked for a completion.",
        numerator="taken",
        denominator="developer_days",
        unit="completions",
    ),
)


def persistence(events: ir.Table) -> ir.Table:
    """
    One row a checkpoint: how many texts were looked at, and how much was left of them.
    """
    t = named(events, "completion.persistence")
    return (
        t.group_by("at_s")
        .aggregate(
            measured=t.count(),
            mostly_kept=t.count(where=t.retained_ratio >= KEPT),
            unchanged=t.count(where=t.retained_ratio == 1),
            gone=t.count(where=t.deleted),
        )
        .order_by("at_s")
    )


def retained(events: ir.Table, *by: str) -> ir.Table:
    """
    One row for each value of `by`: accepted, retained and typed characters, and on how many developer-days.

    A text counts where it was accepted. Of its looks the last counts, and ten minutes are the longest.
    """
    written = named(events, "completion.ended", "session.tick", "session.ended")
    ends = written.mutate(
        is_taken=written.outcome.isin(TAKEN), typed=written.typed_chars, taken_chars=written.accepted_chars
    )
    sums = {
        "taken": ends.count(where=ends.is_taken),
        "accepted_chars": total(ends.taken_chars),
        "written_chars": total(ends.typed) + total(ends.taken_chars),
    }
    days = _developer_days(events, *by)
    kept = _kept(events)
    kept_sums = {"retained_chars": total(kept.kept_chars).round().cast("int64"), "looked_at": kept.count()}
    if not by:
        tables = (ends.aggregate(**sums), kept.aggregate(**kept_sums))
        return tables[0].cross_join(tables[1]).cross_join(days)
    grouped = ends.group_by(*by).aggregate(**sums)
    kept_grouped = kept.group_by(*by).aggregate(**kept_sums)
    joined = grouped.left_join(kept_grouped, by).drop(*(f"{name}_right" for name in by))
    joined = joined.left_join(days, by).drop(*(f"{name}_right" for name in by))
    filled = joined.mutate(**{name: joined[name].fill_null(0) for name in ("retained_chars", "looked_at")})
    return filled.order_by(*by)


def _kept(events: ir.Table) -> ir.Table:
    """
    Taken completions that were looked at, each with the characters left at the last look.
    """
    looks = named(events, "completion.persistence").select("completion_id", "at_s", "retained_ratio")
    last = looks.group_by("completion_id").aggregate(last_ratio=looks.retained_ratio.argmax(looks.at_s))
    ended = named(events, "completion.ended")
    taken = ended.filter(ended.outcome.isin(TAKEN))
    both = taken.inner_join(last, "completion_id")
    return both.mutate(kept_chars=both.accepted_chars * both.last_ratio)


def _developer_days(events: ir.Table, *by: str) -> ir.Table:
    """
    Pairs of a developer and a day on which they asked for a completion.
    """
    asked = named(events, "completion.requested")
    pairs = asked.select(*dict.fromkeys(("dev_id", "day", *by))).distinct()
    if by:
        return pairs.group_by(*by).aggregate(developer_days=pairs.count(), developers=pairs.dev_id.nunique())
    return pairs.aggregate(developer_days=pairs.count(), developers=pairs.dev_id.nunique())
