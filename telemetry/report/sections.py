"""
The questions of a report, in the order in which they are asked.
"""

from collections.abc import Callable

from telemetry.report.figures import Section
from telemetry.report.scope import Scope, Totals
from telemetry.report.section_effect import delivery_section, opinion_section, review_section
from telemetry.report.section_service import cost_section, silence_section, speed_section
from telemetry.report.section_use import acceptance_section, adoption_section, value_section

SectionMaker = Callable[[Scope, Totals], Section]


SECTIONS: tuple[SectionMaker, ...] = (
    adoption_section,
    value_section,
    acceptance_section,
    speed_section,
    silence_section,
    cost_section,
    review_section,
    opinion_section,
    delivery_section,
)


PERSONAL_SECTIONS: tuple[SectionMaker, ...] = (
    value_section,
    acceptance_section,
    speed_section,
    silence_section,
    cost_section,
    review_section,
)
"""Funnels and surveys say nothing about one person."""
