r"""
Make characters visible that a reader cannot see but a model or a compiler can.
"""

import re


def show_hidden(text: str) -> str:
    r"""
    `text` with every hidden character as `\u{…}`, in upper-case hexadecimal; line ends and tabs stay.
    """
    return HIDDEN.sub(lambda found: f"\\u{{{ord(found[0]):04X}}}", text)


def has_hidden(text: str) -> bool:
    """
    Whether anything in `text` cannot be seen.
    """
    return HIDDEN.search(text) is not None


# Unicode 16: controls but for \t \n \r, default-ignorable code points, bidirectional controls, interlinear annotations,
# line and paragraph separators, tags, lone surrogates. A byte order mark at the very start of a text is none of them.
# Left alone: the joiner and the variation selectors that emoji are made of, where they follow one (see below).
_EMOJI = (
    "\U0001f000-\U0001faff\u2600-\u27bf\u2190-\u21ff\u2b00-\u2bff\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d"
    "\u3297\u3299#*0-9"
)
HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff\U0001d173-\U0001d17a"
    "\U0001bca0-\U0001bca3\ud800-\udfff]"
    "|(?<!\\A)\ufeff"
    f"|(?<![{_EMOJI}\ufe0f\U0001f3fb-\U0001f3ff])\u200d"
    f"|\u200d(?![{_EMOJI}])"
    f"|(?<![{_EMOJI}])\ufe0f"
)
