"""
Secrets of every vendor are taken out wherever they stand, all else stands as it was, and no text makes it slow.
"""

import random
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.policy.redaction import (
    Redacted,
    count_placeholders,
    find_secrets,
    redact,
    redact_around,
    redact_pieces,
)
from lsp_server.policy.secret_rules import RULES
from tests.policy.planted_secrets import FORMS, Planted, pem, planted_secrets, private_key

PLANTED = planted_secrets()
NAMES = [f"{index}-{planted.kind}" for index, planted in enumerate(PLANTED)]
FOUR_OF_EACH = [planted for seed in range(2, 6) for planted in planted_secrets(seed)]
SOURCES = Path(__file__).parents[2] / "lsp_server" / "demo" / "workspace"


def placeholder(kind: str) -> str:
    return f"<redacted:{kind}>"


class TestVendors:
    @pytest.mark.parametrize("planted", PLANTED, ids=NAMES)
    def test_the_secret_goes_and_the_code_stays(self, planted: Planted) -> None:
        """
        In the line where it is commonly seen, exactly the secret is replaced.
        """
        assert redact(planted.line) == Redacted(
            text=planted.line.replace(planted.secret, placeholder(planted.kind)), counts={planted.kind: 1}
        )

    @pytest.mark.parametrize("planted", PLANTED, ids=NAMES)
    @pytest.mark.parametrize(
        "surroundings",
        [
            "import a from './a';\r\n{}\r\nexport default a;\r\n",
            "+  {}\n-  const b = 1;",
            "/** é 😀 İ \u2028 */ {} // and so on",
            "\t{}",
            "<prefix>\n{}",
        ],
    )
    def test_whatever_is_around_it(self, planted: Planted, surroundings: str) -> None:
        """
        Line ends, diffs, comments in any script and tags do not hide a secret.
        """
        assert planted.secret not in redact(surroundings.replace("{}", planted.line)).text

    def test_other_secrets_of_the_same_forms(self) -> None:
        """
        The forms were not fitted to one example each.
        """
        kept = [planted.line for planted in FOUR_OF_EACH if planted.secret in redact(planted.line).text]

        assert kept == []

    def test_many_at_once_are_counted_by_kind(self) -> None:
        """
        A file full of secrets loses them all.
        """
        redacted = redact("\n".join(planted.line for planted in PLANTED))

        assert not [planted for planted in PLANTED if planted.secret in redacted.text]
        assert sum(redacted.counts.values()) == len(PLANTED)
        assert count_placeholders(redacted.text) == redacted.counts

    def test_every_rule_has_a_planted_secret(self) -> None:
        """
        A new row in the table needs one in the set, and at least twenty vendors are there.
        """
        kinds = {kind for kind, _, _ in FORMS}

        assert {rule.kind for rule in RULES} <= kinds
        assert len(kinds) > 60

    def test_twice_is_once(self) -> None:
        """
        A redacted text has nothing more to redact.
        """
        once = redact("\n".join(planted.line for planted in PLANTED)).text

        assert redact(once) == Redacted(text=once, counts={})

    def test_after_an_escaped_line_end(self) -> None:
        """
        The `n` of an escape is not part of the token behind it.
        """
        for planted in PLANTED:
            if planted.line == f'const key = "{planted.secret}";':
                assert planted.secret not in redact(f'const file = "KEY:\\n{planted.secret}\\n";').text

    def test_a_secret_recognised_once_goes_everywhere(self) -> None:
        """
        A password named in one place does not stay in another.
        """
        secret = PLANTED[-3].secret

        redacted = redact(f"login('ann', '{secret}');\n{PLANTED[-3].line}\n// {secret}")

        assert secret not in redacted.text
        assert redacted.counts == {"assigned-secret": 3}


class TestCuts:
    @pytest.mark.parametrize("planted", PLANTED, ids=NAMES)
    def test_a_cursor_in_the_middle_shows_neither_half(self, planted: Planted) -> None:
        """
        Wherever the cursor stands in a secret, both sides are recognised from the whole.
        """
        text = f"const a = 1;\n{planted.line}\nconst b = 2;\n"
        start = text.index(planted.secret)
        end = start + len(planted.secret)
        for cursor in range(start, end + 1, 3):
            around = redact_around(text, cursor, 0, len(text))

            assert around.counts == {planted.kind: 1}
            assert around.prefix == text[:start] + (placeholder(planted.kind) if cursor > start else "")
            assert around.suffix == (placeholder(planted.kind) if cursor < end else "") + text[end:]

    def test_a_window_that_begins_or_ends_in_a_secret(self) -> None:
        """
        What the border leaves of it goes too, and a secret beyond the window is not counted.
        """
        first, second, third = PLANTED[8].secret, PLANTED[0].secret, PLANTED[10].secret
        text = f"{first}\nlet a = 1;\n{second}\nlet b = 2;\n\n{third}"
        start, end = 5, text.index(second) + 7
        cursor = text.index("let a")

        around = redact_around(text, cursor, start, end)

        assert (around.prefix, around.suffix) == (
            f"{placeholder(PLANTED[8].kind)}\n",
            f"let a = 1;\n{placeholder(PLANTED[0].kind)}",
        )
        assert around.counts == {PLANTED[8].kind: 1, PLANTED[0].kind: 1}

    def test_without_secrets_the_window_is_the_text(self) -> None:
        """
        The visible code stands verbatim.
        """
        text = "const a = 1;\n" * 100

        around = redact_around(text, 130, 26, 260)

        assert (around.prefix, around.suffix, around.counts) == (text[26:130], text[130:260], {})

    def test_pieces_lose_their_parts(self) -> None:
        """
        A secret over three pieces leaves a placeholder in each and counts once.
        """
        secret = PLANTED[7].secret
        pieces = (f"a {secret[:30]}", secret[30:60], f"{secret[60:]} b", " c")

        redacted, counts = redact_pieces(pieces)

        mark = placeholder(PLANTED[7].kind)
        assert redacted == (f"a {mark}", mark, f"{mark} b", " c")
        assert counts == {PLANTED[7].kind: 1}


KEY = private_key(random.Random(7))
LINES = KEY[:3]


class TestPrivateKeys:
    @pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "DSA "])
    @pytest.mark.parametrize("joined_by", ["\n", "\r\n", "\\n", '\\n" +\n  "', "',\n  '", "\n+"])
    def test_however_it_is_written(self, kind: str, joined_by: str) -> None:
        """
        As a file, escaped on one line, put together from strings, or in a diff: the markers stay, the key goes.
        """
        text = f"const pem = `{pem(KEY, kind, joined_by)}`;\nconst a = 1;"

        redacted = redact(text).text

        assert not [line for line in KEY if line in redacted]
        assert redacted.startswith(f"const pem = `{'-' * 5}BEGIN {kind}PRIVATE KEY")
        assert redacted.endswith("`;\nconst a = 1;")
        assert redact(text).counts == {"private-key": 1}

    def test_with_headers(self) -> None:
        """
        Older keys say how they are encrypted first.
        """
        text = pem(("Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,0A1B2C", "", *KEY))

        assert not [line for line in KEY if line in redact(text).text]

    def test_a_service_account(self) -> None:
        """
        Google's file of credentials, as JSON within TypeScript.
        """
        text = f'const account = {{ "type": "service_account", "private_key": "{pem(KEY, "", chr(92) + "n")}" }};'

        assert redact(text).text.count("<redacted:private-key>") == 1
        assert not [line for line in KEY if line in redact(text).text]

    def test_the_lines_after_it_keep_their_numbers(self) -> None:
        """
        What is found in a redacted text can be looked up in the file.
        """
        text = f"const pem = `{pem(KEY)}`;\nconst a = 1;\n"

        redacted = redact(text).text

        assert redacted.split("\n").index("const a = 1;") == text.split("\n").index("const a = 1;")

    def test_cut_off_at_either_end(self) -> None:
        """
        A window that shows half of a key shows none of it.
        """
        whole = pem(KEY)
        for cut in range(110, len(whole) - 110, 37):
            before, after = (
                redact(f"<code>\n{whole[:cut]}\n</code>").text,
                redact(f"<code>\n{whole[cut:]}\n</code>").text,
            )

            assert not [line for line in KEY if line in before or line in after]
            assert before.startswith("<code>\n-----BEGIN")
            assert after.endswith("-----\n</code>")

    def test_cut_off_on_both_ends(self) -> None:
        """
        Even a window in the midst of a key is recognised from the text around it.
        """
        text = f"const pem = `{pem(KEY)}`;"
        start = text.index(KEY[3])

        around = redact_around(text, text.index(KEY[5]), start, text.index(KEY[7]))

        assert (around.prefix, around.suffix) == ("<redacted:private-key>\n\n",) * 2

    @pytest.mark.parametrize(
        "code",
        [
            'if (!key.startsWith("-----BEGIN PRIVATE KEY-----")) throw new Error("no key");',
            'pem.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "").trim()',
            "`-----BEGIN PRIVATE KEY-----\\n${body}\\n-----END PRIVATE KEY-----`",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            f"-----BEGIN PUBLIC KEY-----\n{KEY[0]}\n-----END PUBLIC KEY-----",
            f"-----BEGIN CERTIFICATE-----\n{KEY[0]}\n-----END CERTIFICATE-----",
        ],
    )
    def test_code_about_keys_stays(self, code: str) -> None:
        """
        Markers without a key, placeholders and public keys are left alone.
        """
        assert redact(code).text == code


@pytest.mark.parametrize(
    "code",
    [
        'const password = process.env.DB_PASSWORD ?? "";',
        "const apiKey = process.env.API_KEY!;",
        'const apiKey = "your-api-key-here-1234";',
        'const token = "<YOUR_TOKEN_1234567890>";',
        'const secret = "${{ secrets.DEPLOY_TOKEN_2024 }}";',
        'const token = "test-token-0123-for-unit-tests";',
        'const password = "changeme1234567890";',
        'const clientSecret = "xxxxxxxxxxxxxxxxxxxx1234";',
        'const token: string = await fetchToken("https://example.com/oauth2/v2/token");',
        "type Secret = { token: string; apiKey: AnthropicKeyV2024Format };",
        'const sessionToken = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";',
        'const tokenType = "urn:ietf:params:oauth:token-type:jwt2";',
        'const tokenUrl = "https://login.example.com/a1b2c3d4e5f60718/token";',
        'const secretName = "prod/db/password-2024";',
        'const queryKey = "a8f5f167f44f4964e6c998dee827110c";',
        'const hash = "a8f5f167f44f4964e6c998dee827110c";',
        'const commit = "da39a3ee5e6b4b0d3255bfef95601890afd80709";',
        'const integrity = "sha512-9Fw2vFqjDV5l0bV3xT1u6w7w8d9e0fabcdefghijklmnopqrstuvwxyz0123456789==";',
        'import { useInfiniteQueryOptions2 } from "@scope/package-v2/dist/client/index.js";',
        'const url = "http://localhost:3000/path@2";',
        'const db = "postgres://postgres:postgres@localhost:5432/test";',
        "const db = `postgres://${user}:${password}@${host}/app`;",
        'const template = "https://user:password@host/";',
        "// Bearer authentication with a token, Basic authentication with a name",
        "headers.Authorization = `Bearer ${accessToken}`;",
        'const className = "sk-circle-fade sk-button-primary-outline";',
        "const passwordRegex = /^(?=.*[A-Z])(?=.*[0-9]).{12,}$/;",
        'const d = "M12.5 3.4c-1.2 0-2.3.9-2.3 2.1v8.4c0 1.2 1.1 2.1 2.3 2.1z";',
        'const task-list = "task-1234567890abcdef1234567890abcdef";',
        'export const ACCOUNT = "AC0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d";',
        'const dapi = "dapiExplorerSettingsForUsersOfTheWorld";',
        'const path = "patternMatchingOnStrings.exhaustiveCheck";',
        'const emoji = "npm_config_registry_of_our_company_2";',
    ],
)
def test_what_is_no_secret_stays(code: str) -> None:
    """
    Look-ups, placeholders, types, ids, hashes, paths and prose are left alone.
    """
    assert redact(code) == Redacted(text=code, counts={})


def test_the_demo_has_nothing_to_redact() -> None:
    """
    Ordinary TypeScript passes untouched.
    """
    sources = sorted(SOURCES.rglob("*.ts*"))
    found = {path.name: find_secrets(path.read_text("utf-8")) for path in sources}

    assert len(sources) > 2
    assert not any(found.values())


TEXTS = st.lists(
    st.sampled_from([planted.line for planted in PLANTED] + [planted.secret for planted in PLANTED])
    | st.text(max_size=20)
    | st.sampled_from(["\n", " ", '"', "'", "`", "=", ": ", "İ", "password", "-----END PRIVATE KEY-----"]),
    max_size=8,
).map("".join)


@given(text=TEXTS)
def test_only_secrets_are_replaced(text: str) -> None:
    """
    Whatever the text, what stands between the secrets stands between the placeholders.
    """
    expected = []
    position = 0
    for secret in find_secrets(text):
        assert position <= secret.start < secret.end
        line_ends = "\n" * text.count("\n", secret.start, secret.end)
        expected += [text[position : secret.start], placeholder(secret.kind), line_ends]
        position = secret.end

    assert redact(text).text == "".join([*expected, text[position:]])


@given(text=TEXTS, cuts=st.lists(st.integers(0, 200), max_size=4))
def test_cutting_changes_nothing(text: str, cuts: list[int]) -> None:
    """
    However a text is cut, no piece shows a character that the whole would not show.
    """
    borders = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[low:high] for low, high in pairwise(borders)]
    hidden = [secret for secret in find_secrets(text) if secret.end - secret.start > 30]

    redacted, counts = redact_pieces(pieces)

    assert counts == redact(text).counts
    for secret in hidden:
        assert text[secret.start : secret.end] not in "".join(redacted)


ANCHORS = sorted({anchor for rule in RULES for anchor in rule.anchors})
UNITS = {
    "one run": "a",
    "digits": "0123456789",
    "spaces": " ",
    "escapes": "\\n",
    "quotes": "\"'`",
    "names": "password=",
    "assignments": 'apiKey: "',
    "literals": 'token = "a1B2c3D4e5F6g7H8i9", ',
    "fallbacks": "a.b ?? ",
    "variables": "A_TOKEN=\n",
    "addresses": "://a:",
    "web tokens": "eyJ",
    "parts of web tokens": "eyJaaaaaaaaaa.",
    "beginnings of keys": "-----BEGIN RSA PRIVATE KEY-----",
    "ends of keys": "-----END RSA PRIVATE KEY-----",
    "lines of a key": "A" * 64 + "\n",
    "headers of a key": "Ab: c\n",
    "all anchors": " ".join(ANCHORS),
    "anchors in disorder": "".join(random.Random(3).choices(ANCHORS, k=5000)),
    **{f"anchor {anchor}": anchor + "a1" * 7 for anchor in ANCHORS[::9]},
}


@pytest.mark.parametrize("name", UNITS)
def test_no_text_is_slow(name: str) -> None:
    """
    A megabyte made to be scanned again and again takes seconds at the very most; quadratic would take hours.
    """
    repeated = UNITS[name] * (1_000_000 // len(UNITS[name]))
    text = f"-----BEGIN PRIVATE KEY-----\n{repeated}-----END PRIVATE KEY-----"
    started = time.process_time()

    find_secrets(text)

    assert time.process_time() - started < 10
