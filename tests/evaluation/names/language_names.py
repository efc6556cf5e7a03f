"""
The names that come with the language and the browser, as TypeScript's own declarations list them.
"""

from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("language_names.txt")
"""One name a line, collected from the `lib.*.d.ts` files of TypeScript 5 and later."""


@cache
def language_names() -> frozenset[str]:
    """
    All of them, read when they are first asked for.
    """
    return frozenset(PATH.read_text(encoding="utf-8").split())
