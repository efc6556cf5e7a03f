"""
Tell a secret of no known vendor by its name and its look: `password`, `apiKey` and the like, set to something random.

Conservative on purpose, since a wrong guess damages the code that a model sees: placeholders, look-ups, types,
names made of words and test ids are left alone.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

KIND = "assigned-secret"

LITERAL = re.compile(r"""(?P<quote>["'`])(?P<value>[^\s"'`\\<>${}()]{10,400}+)\\?(?P=quote)""")
VARIABLE = re.compile(r"""(?<![\w.$-])(?P<name>[A-Z][A-Z0-9_]{2,60}+)=(?P<value>[^\s"'`#;,(){}<>$]{10,400}+)(?!\S)""")
VARIABLE_ENDINGS = ("PASSWORD=", "PASSWD=", "PWD=", "SECRET=", "TOKEN=", "KEY=", "CREDENTIALS=", "PASSPHRASE=")

# What stands before a literal, read from right to left: a look-up that it stands in for, and the name it is given.
LOOK_UP = re.compile(r"""\\?\s{0,4}(?:\?\?|\|\|)\s{0,4}["'\])]{0,3}(?P<name>[\w.$-]{1,60})""")
ASSIGNED = re.compile(
    r"""\\?\s{0,4}[:=]\s{0,4}(?:[\w<>\[\]| ]{1,30}:\??\s{0,2})?["'`\])\\!]{0,3}(?P<name>[\w$-]{1,60})"""
)
LONGEST_NAME = 160

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
PASSWORD_WORDS = frozenset(("password", "passwd", "pwd", "pass", "passphrase"))
SECRET_WORDS = PASSWORD_WORDS | {"secret", "token", "credential", "credentials", "apikey", "jwt"}
KINDS_OF_KEY = frozenset(
    ("api", "access", "private", "secret", "signing", "encryption", "auth", "client", "master", "service", "account",
     "shared", "subscription", "session", "license", "webhook", "hmac", "app", "server", "admin", "storage")
)  # fmt: skip
QUALIFIERS = frozenset(
    ("value", "default", "raw", "hex", "base", "prod", "production", "live", "dev", "staging", "test", "old", "new")
)

PLACEHOLDER = re.compile(
    r"example|placeholder|change.?me|dummy|sample|redacted|passw.?rd|secret|token|xxxx|\*\*\*|\.\.\.|your[-_]|lorem",
    re.IGNORECASE,
)
DIGIT = re.compile("[0-9]")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Words and numbers, perhaps with separators: a name, a path or a version, not a random text.
PART = r"(?:(?:[A-Z]{0,2}[a-z]{2,}+|[A-Z]{2,12}+(?![a-z]))++\d{0,4}|[A-Za-z]?\d{1,4}|[A-Za-z])"
IN_WORDS = re.compile(f"{PART}(?:[-_./:@#+=&?]++{PART})*+[-_./:]*+")
LEAST_BITS = 3.0
SHORTEST = 16


def find_assigned_secrets(text: str) -> Iterator[tuple[int, int]]:
    """
    The spans of string literals, and of `.env` values, that look random and are named as secrets.
    """
    for literal in LITERAL.finditer(text):
        value = literal["value"]
        if DIGIT.search(value):
            before = text[max(0, literal.start() - LONGEST_NAME) : literal.start()]
            if any(_fits(name, value) for name in _names(before)) and _looks_random(value):
                yield literal.span("value")
    if any(ending in text for ending in VARIABLE_ENDINGS):
        for line in VARIABLE.finditer(text):
            if _fits(line["name"], line["value"]) and _looks_random(line["value"]):
                yield line.span("value")


def _names(before: str) -> Iterator[str]:
    backwards = before[::-1]
    look_up = LOOK_UP.match(backwards)
    if look_up:
        yield look_up["name"][::-1]
    assigned = ASSIGNED.match(backwards, look_up.end() if look_up else 0)
    if assigned:
        yield assigned["name"][::-1]


def _looks_random(value: str) -> bool:
    if not DIGIT.search(value) or value.isdigit() or IN_WORDS.fullmatch(value):
        return False
    if PLACEHOLDER.search(value) or UUID.fullmatch(value):
        return False
    return _bits_a_character(value) >= LEAST_BITS


def _bits_a_character(value: str) -> float:
    length = len(value)
    return -sum(count / length * math.log2(count / length) for count in Counter(value).values())


def _fits(name: str, value: str) -> bool:
    """
    Whether something of this name holds a secret, and `value` may be one.
    """
    words = [word.lower() for word in WORD.findall(name)]
    while words and words[-1] in QUALIFIERS:
        words.pop()
    if not words:
        return False
    is_password = words[-1] in PASSWORD_WORDS
    is_key = words[-1] in ("key", "keys") and words[-2:-1] and words[-2] in KINDS_OF_KEY
    if is_password:
        return _is_mixed(value)
    return bool(words[-1] in SECRET_WORDS or is_key) and len(value) >= SHORTEST


def _is_mixed(value: str) -> bool:
    classes = (str.isupper, str.islower, str.isdigit, lambda c: not c.isalnum())
    return sum(any(map(is_of_class, value)) for is_of_class in classes) >= (3 if len(value) < SHORTEST else 2)
