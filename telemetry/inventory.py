"""
The data inventory that a works council or a data protection officer asks for, made from the declarations.

`python -m telemetry.catalog` writes it anew, beside EVENTS.md.
"""

from collections import defaultdict
from pathlib import Path

from telemetry.declaration import Declaration, Field, Kind, Sensitivity, declaration_of
from telemetry.envelope import SCHEMA, envelope_fields
from telemetry.events import EVENTS

INVENTORY_PAGE = Path(__file__).with_name("DATA_INVENTORY.md")

INTRODUCTION = f"""\
<!-- Made by `python -m telemetry.catalog` from telemetry/events.py and its neighbours: do not edit. -->

# Data inventory

What Pacenotes records about people at work, for whom, for how long, and what it cannot record.
It is made from the declarations that the program itself obeys (schema {SCHEMA}); `EVENTS.md` has every field.

## Purpose

The data answer one question: whether inline completions and review suggestions help the company's developers, so that
it may invest more in them, hold, or invest less.
They are not made for judging or ranking persons.
Reports show groups of five developers or more; a group that could be worked out by subtraction is left out as well.
A developer's own view (`pacenotes report --personal`) is made on their machine, from their data, for them.

## What is never recorded

Each field is of a declared kind, and no kind holds free text.
So there is no place for source text, prompts, completions, diffs, review comments or single keystrokes, nor for the
names of files, paths, repositories, branches, people and hosts, nor for e-mail and IP addresses.
Imports of pull requests and tickets keep times and sizes; numbers and authors become pseudonyms, titles are not read.

## Where the data are

- They are written to one file on the developer's machine, readable by that user alone, and deleted after 400 days or
  beyond 256 MB, whichever comes first.
- Nothing leaves the machine unless somebody configures an export or runs one.
- Persons, workspaces, findings, pull requests and tickets appear under pseudonyms made with a random key of 256 bits.
  Whoever holds the key can tell who is who by trying names; without it nobody can.

## How to switch it off

`DO_NOT_TRACK=1`, `pacenotes.telemetry.enabled: false`, or the editor's own telemetry setting: each is enough, and none
of them turns on what another has turned off.

"""

SENSITIVITIES = {
    Sensitivity.TECHNICAL: "how the software fared: durations, tokens, errors",
    Sensitivity.INTERACTION: "what somebody did with what was offered, without what it was",
}

HIDDEN = {
    Kind.KEYED_HASH: "pseudonym",
    Kind.BUCKET: "only roughly",
    Kind.ID: "random, of no meaning",
}


def inventory_page() -> str:
    """
    DATA_INVENTORY.md.
    """
    declared = [declaration_of(cls) for cls in EVENTS]
    sensitivities = "".join(f"| {kind} | {meaning} |\n" for kind, meaning in SENSITIVITIES.items())
    return (
        f"{INTRODUCTION}"
        "## How much a record tells of a person\n\n"
        f"| sensitivity | is about |\n| --- | --- |\n{sensitivities}\n"
        "## What is recorded, and why\n\n"
        "| record | about | purpose | sensitivity | answers for it | until |\n"
        f"| --- | --- | --- | --- | --- | --- |\n{''.join(map(_record, declared))}\n"
        "## What identifies, and how far\n\n"
        f"| item | in | form | meaning |\n| --- | --- | --- | --- |\n{_identifying(declared)}"
    )


def _record(declared: Declaration) -> str:
    about = declared.sentence.split(". ")[0].removesuffix(".")
    return (
        f"| `{declared.name}` | {about}. | {declared.why} | {declared.sensitivity} "
        f"| {declared.owner} | {declared.expires.isoformat()} |\n"
    )


def _identifying(declared: list[Declaration]) -> str:
    """
    The rows of every field that could single somebody out, with the records that hold it.
    """
    homes: dict[tuple[str, Kind, str], list[str]] = defaultdict(list)
    for field in envelope_fields():
        _note(homes, field, "every record")
    for event in declared:
        for field in event.fields:
            _note(homes, field, f"`{event.name}`")
    return "".join(
        f"| `{name}` | {', '.join(records)} | {HIDDEN[kind]} | {sentence} |\n"
        for (name, kind, sentence), records in homes.items()
    )


def _note(homes: dict[tuple[str, Kind, str], list[str]], field: Field, record: str) -> None:
    if field.kind in HIDDEN:
        homes[field.name, field.kind, field.sentence].append(record)
