"""
Whether accepted text is worth keeping: what is left of it after half a minute and up to ten minutes.
"""

import ibis
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


def writing(events: ir.Table) -> ir.Table:
    """
    Up to three rows for each developer and day: what they wrote and took, what of that was kept, and whether they
    asked for a completion.

    A text counts where it was accepted. Of its looks the last counts, and ten minutes are the longest.
    """
    wrote = named(events, "completion.ended", "session.tick", "session.ended")
    kept = _kept(events)
    written = wrote.group_by("dev_id", "day").aggregate(
        taken=wrote.count(where=(wrote.name == "completion.ended") & wrote.outcome.isin(TAKEN)),
        accepted_chars=total(wrote.accepted_chars),
        written_chars=total(wrote.typed_chars) + total(wrote.accepted_chars),
    )
    left = kept.group_by("dev_id", "day").aggregate(kept_chars=total(kept.kept_chars), looked_at=kept.count())
    asked = named(events, "completion.requested").select("dev_id", "day").distinct()
    return ibis.union(_filled(written, wrote=True), _filled(left), _filled(asked, asked=True))


def retained(writing: ir.Table, *by: str) -> ir.Table:
    """
    One row for each value of `by`, from `writing`: accepted, retained and typed characters, and on how many
    developer-days somebody asked for a completion.
    """
    t = writing
    sums = {
        "taken": total(t.taken),
        "accepted_chars": total(t.accepted_chars),
        "written_chars": total(t.written_chars),
        "retained_chars": total(t.kept_chars).round().cast("int64"),
        "looked_at": total(t.looked_at),
        "developer_days": t.count(where=t.asked),
        "developers": t.dev_id.nunique(where=t.asked),
    }
    if not by:
        return t.aggregate(**sums)
    grouped = t.group_by(*by).aggregate(**sums, written=t.count(where=t.wrote))
    return grouped.filter(grouped.written > 0).drop("written").order_by(*by)


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


WRITTEN = {
    "taken": "int64",
    "accepted_chars": "int64",
    "written_chars": "int64",
    "kept_chars": "float64",
    "looked_at": "int64",
}
"""The columns of `writing` that add up."""


def _filled(part: ir.Table, *, wrote: bool = False, asked: bool = False) -> ir.Table:
    """
    A part of `writing` with the columns of all.
    """
    cells = {
        name: part[name].cast(kind) if name in part.columns else ibis.literal(0, kind) for name, kind in WRITTEN.items()
    }
    return part.select("dev_id", "day", **cells, wrote=ibis.literal(wrote), asked=ibis.literal(asked))
