"""
A report for programs: one JSON document, or rows of CSV.
"""

import csv
import io
import json
from typing import Any

from telemetry.report.figures import Figure, Opening, Report, Table


def as_json(report: Report) -> str:
    """
    The whole report as one JSON document.
    """
    document = {
        "title": report.title,
        "madeOn": report.made_on,
        "firstDay": report.first_day,
        "lastDay": report.last_day,
        "developers": report.developers,
        "events": report.events,
        "synthetic": report.synthetic,
        "verdict": _opening(report.opening),
        "notices": list(report.notices),
        "sections": [
            {
                "name": section.name,
                "title": section.title,
                "figures": [_figure(figure) for figure in section.figures],
                "tables": [_table(table) for table in section.tables],
            }
            for section in report.sections
        ],
        "identities": [
            {
                "identity": identity.sentence,
                "left": identity.left,
                "right": identity.right,
                "offBy": identity.off_by,
                "verdict": identity.verdict.value,
            }
            for identity in report.identities
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


HEADER = ("section", "name", "group", "column", "value", "numerator", "denominator", "unit", "synthetic")


def as_csv(report: Report) -> str:
    """
    Every figure and every cell as a row: figures with both sides, cells with their row's first column as `group`.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADER)
    made_up = str(report.synthetic).lower()
    for section in report.sections:
        for figure in section.figures:
            sides = (figure.value, figure.numerator, figure.denominator, figure.unit)
            writer.writerow((section.name, figure.name, "", "", *sides, made_up))
        for table in section.tables:
            for row in table.rows:
                for column, cell in zip(table.columns[1:], row[1:], strict=True):
                    writer.writerow(
                        (section.name, table.name, row[0], column.name, cell, "", "", column.unit.value, made_up)
                    )
    return stream.getvalue()


def _opening(opening: Opening) -> dict[str, Any]:
    return {
        "standing": opening.standing.value,
        "headline": opening.headline,
        "sentences": list(opening.sentences),
        "effect": dict(opening.effect) if opening.effect else None,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "title": figure.title,
        "definition": figure.sentence,
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "unit": figure.unit,
    }


def _table(table: Table) -> dict[str, Any]:
    names = [column.name for column in table.columns]
    return {
        "name": table.name,
        "title": table.title,
        "columns": [
            {"name": column.name, "title": column.title, "unit": column.unit.value} for column in table.columns
        ],
        "rows": [dict(zip(names, row, strict=True)) for row in table.rows],
        "hiddenGroups": table.hidden,
    }
