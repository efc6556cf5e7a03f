"""
Tell remarks that are no hazards: what a formatter, linter or compiler says better, and wishes without a defect.

Only a message that says nothing else counts: one that goes on to explain may well name a real defect.
"""

import re

from lsp_server.review.finding import Claim, Origin


def is_unwanted(claim: Claim) -> bool:
    """
    Whether `claim` is on the list of what is never reported; a rule says nothing of the kind.
    """
    return claim.origin is Origin.MODEL and _UNWANTED.fullmatch(claim.message) is not None


_THING = (
    r"(?:js ?doc|doc ?strings?|documentation|(?:code )?comments?|type (?:annotations?|hints?)"
    r"|(?:unit |more |integration )?tests?|test coverage|logging)\b"
)
_UNWANTED = re.compile(
    r"(?:nit(?:pick)?\b\W|typo\b|spelling\b|formatting\b|inconsistent (?:indentation|formatting|naming|quotes)\b"
    r"|(?:trailing|extra|missing) (?:white ?space|newline|blank line|semicolon|trailing comma)\b"
    r"|(?:the |this )?unused (?:import|variable|parameter|type)(?: of)? ?(?=[`'\".]|$)"
    rf"|(?:please )?(?:consider adding|add|write|include) (?:an? |some |more )?{_THING}"
    rf"|(?:missing|lacks?|there (?:is|are) no) (?:an? |any )?{_THING}"
    r"|(?:please )?consider (?:renaming|extracting|refactoring|using a more descriptive)\b"
    r"|(?:looks good|lgtm|no issues?)\b)"
    r"(?:`[^`]*`|[^.,:;`—–]){0,80}\.?",
    re.IGNORECASE,
)
