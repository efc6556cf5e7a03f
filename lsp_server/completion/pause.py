"""
How long to wait for the next key before a model is asked.
"""

import re

from lsp_server.completion.trust import Trust

USUAL_LATENCY_S = 0.3
"""Time to the first token at which the pause is as set."""

SLOWEST = 4.0
"""Models slower than so many times that are not waited for any longer."""

AT_A_JOINT = 1 / 3
"""The part of the pause that is left where one thing ends and the next begins: people look up there."""

WORDS_MEANWHILE = 3
"""Identifiers that are typed until a reply is there."""

_JOINT = re.compile(r"(?:^|[\s({\[.,=<:&|?!])$")


def pause_s(set_s: float, before: str, latency_s: float | None, trust: Trust) -> float:
    """
    Seconds to wait behind `before`, the cursor's line up to the cursor, when the setting says `set_s`.

    What is asked while somebody types is worth its cost if they type on as the reply says. So the less replies are
    right, and the longer they take, the longer it is worth waiting for a real pause: fewer requests, better placed.
    """
    slowness = min((latency_s or USUAL_LATENCY_S) / USUAL_LATENCY_S, SLOWEST)
    wasted = 1 - trust.share**WORDS_MEANWHILE
    return set_s * (1 + 2 * wasted * slowness) * (AT_A_JOINT if _JOINT.search(before) else 1)
