"""
A report as one page of HTML that stands alone: no script, no font, no picture from elsewhere.

It opens with the verdict, reads on a phone, in the dark and on paper, and has a table beside every picture.
"""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from telemetry.measures.quality import Identity, Verdict
from telemetry.report.charts import chart, interval
from telemetry.report.figures import Figure, Opening, Report, Section, Table, Unit
from telemetry.report.wording import counted, figure_value, hidden, sides, value

STYLE = Path(__file__).with_name("page.css")

MARKS = {Verdict.HOLDS: "adds up", Verdict.NEARLY: "nearly", Verdict.BROKEN: "does not add up"}


def page(report: Report) -> str:
    """
    The whole page.
    """
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(report.title)}</title>\n<style>\n{STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n"
        f"{_header(report)}\n<main>\n{_opening(report.opening)}\n{_notices(report.notices)}\n{_headline(report)}\n"
        f"{_contents(report)}\n"
        f"{''.join(map(_section, report.sections))}{_identities(report.identities)}</main>\n{_footer(report)}\n"
        "</body>\n</html>\n"
    )


def _header(report: Report) -> str:
    covered = "" if report.empty else f"<p>{_covered(report)}</p>"
    label = '<p class="synthetic">Synthetic data: nobody did any of this.</p>' if report.synthetic else ""
    return f"<header>{label}<h1>{escape(report.title)}</h1>{covered}</header>"


def _contents(report: Report) -> str:
    links = "".join(f'<li><a href="#{section.name}">{escape(section.title)}</a></li>' for section in report.sections)
    return f'<nav aria-label="Contents"><ol>{links}</ol></nav>' if links else ""


def _covered(report: Report) -> str:
    return (
        f"{report.first_day} to {report.last_day} · {counted(report.developers, 'developer')} · "
        f"{counted(report.events, 'event')} · made on {report.made_on}"
    )


def _opening(opening: Opening) -> str:
    sentences = "".join(f"<p>{_with_code(sentence)}</p>" for sentence in opening.sentences)
    picture = interval(dict(opening.effect)) if opening.effect else ""
    return (
        f'<section class="verdict {opening.standing.value}" aria-labelledby="verdict">'
        f'<h2 id="verdict">{escape(opening.headline)}</h2>{picture}{sentences}</section>'
    )


def _with_code(sentence: str) -> str:
    """
    A sentence with its commands, which stand between backticks, as code.
    """
    parts = escape(sentence).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _notices(notices: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(notice)}</li>" for notice in notices)
    return f'<ul class="notices">{items}</ul>' if items else ""


def _headline(report: Report) -> str:
    if not report.headline:
        return ""
    tiles = "".join(_tile(figure) for figure in report.headline)
    return (
        f'<section aria-labelledby="headline"><h2 id="headline">In short</h2><dl class="tiles">{tiles}</dl></section>'
    )


def _tile(figure: Figure) -> str:
    return (
        f"<div><dt>{escape(figure.title)}</dt><dd><strong>{_amount(figure)}</strong>"
        f"<small>{escape(sides(figure))}</small></dd></div>"
    )


def _amount(figure: Figure) -> str:
    unit = "" if figure.unit in ("%", "$") or figure.value is None else f" <span>{escape(figure.unit)}</span>"
    return f"{escape(figure_value(figure))}{unit}"


def _section(section: Section) -> str:
    tables = "".join(_drawn(table) for table in section.tables if table.rows or table.hidden)
    return (
        f'<section id="{section.name}" aria-labelledby="{section.name}-heading">'
        f'<h2 id="{section.name}-heading">{escape(section.title)}</h2><p>{escape(section.sentence)}</p>'
        f"{_figures(section)}{tables}</section>\n"
    )


def _figures(section: Section) -> str:
    if not section.figures:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(figure.title)}<small>{escape(figure.sentence)}</small></th>'
        f"<td>{_amount(figure)}<small>{escape(sides(figure))}</small></td></tr>"
        for figure in section.figures
    )
    caption = f"Figures: {section.title}"
    head = "<tr><th scope=col>Figure</th><th scope=col>Value, and what it is made of</th></tr>"
    return _scrollable(
        caption,
        f'<table class="figures"><caption class="unseen">{escape(caption)}</caption>'
        f"<thead>{head}</thead><tbody>{rows}</tbody></table>",
    )


def _drawn(table: Table) -> str:
    picture = chart(table)
    note = f"<p class=quiet>{escape(hidden(table.hidden))}</p>" if table.hidden else ""
    if not table.rows:
        return f"<h3>{escape(table.title)}</h3>{note}"
    twin = _table(table)
    if picture:
        twin = f"<details><summary>{escape(table.title)}, as a table</summary>{twin}</details>"
    return f"<h3>{escape(table.title)}</h3><p>{escape(table.sentence)}</p>{picture}{twin}{note}"


def _table(table: Table) -> str:
    head = "".join(f"<th scope=col>{escape(column.title)}</th>" for column in table.columns)
    rows = "".join(f"<tr>{_cells(table, row)}</tr>" for row in table.rows)
    return _scrollable(
        table.title,
        f'<table><caption class="unseen">{escape(table.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>",
    )


def _cells(table: Table, row: tuple[object, ...]) -> str:
    first, *rest = zip(table.columns, row, strict=True)
    cells = "".join(
        f"<td{' class=text' if column.unit is Unit.TEXT else ''}>{escape(value(cell, column.unit))}</td>"
        for column, cell in rest
    )
    return f"<th scope=row>{escape(value(first[1], first[0].unit))}</th>{cells}"


def _scrollable(name: str, table: str) -> str:
    # Whoever has no mouse must be able to scroll a wide table, so that it takes the focus.
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(name)}">{table}</div>'


def _identities(identities: tuple[Identity, ...]) -> str:
    if not identities:
        return ""
    rows = "".join(
        f"<tr><th scope=row>{escape(identity.sentence)}</th><td>{identity.left:,}</td><td>{identity.right:,}</td>"
        f'<td class="text {identity.verdict.value}">{MARKS[identity.verdict]}{_off(identity)}</td></tr>'
        for identity in identities
    )
    head = (
        "<tr><th scope=col>Identity</th><th scope=col>Left</th><th scope=col>Right</th><th scope=col>Comes to</th></tr>"
    )
    table = (
        f'<table><caption class="unseen">What must add up</caption><thead>{head}</thead><tbody>{rows}</tbody></table>'
    )
    return (
        '<section id="identities" aria-labelledby="identities-heading">'
        '<h2 id="identities-heading">Does it add up?</h2>'
        "<p>Every number above is a count of events; these sums check them against each other.</p>"
        f"{_scrollable('What must add up', table)}</section>\n"
    )


def _off(identity: Identity) -> str:
    return "" if identity.verdict is Verdict.HOLDS else f", off by {identity.off_by:,}"


def _footer(report: Report) -> str:
    return (
        f"<footer><p>Made by Pacenotes on {report.made_on} from counts alone: "
        "no source text, path or name is in the data or on this page.</p></footer>"
    )
