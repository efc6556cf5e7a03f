"""
Synthetic secrets of many vendors, put together at run time so that no scanner of this repository finds one here.
"""

import base64
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

HEX = "0123456789abcdef"
LETTERS = string.ascii_letters
ALNUM = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
BASE64 = ALNUM + "+/"
URL_SAFE = ALNUM + "-_"


@dataclass(frozen=True)
class Planted:
    """
    A secret of one vendor, and the line of TypeScript it stands in; `secret` is what must never leave.
    """

    kind: str
    secret: str
    line: str


def planted_secrets(seed: int = 1) -> tuple[Planted, ...]:
    """
    One secret or more of every vendor; another `seed` gives others.
    """
    rng = random.Random(seed)
    return tuple(
        Planted(kind, secret, line.replace("§", secret)) for kind, make, line in FORMS for secret in (make(rng),)
    )


def private_key(rng: random.Random, lines: int = 12) -> tuple[str, ...]:
    """
    The lines between the markers of a PEM private key.
    """
    return (*(text(rng, BASE64, 64) for _ in range(lines)), text(rng, BASE64, 42) + "==")


def pem(body: tuple[str, ...], kind: str = "RSA ", joined_by: str = "\n") -> str:
    """
    A private key as tools write it, or on one line with escapes.
    """
    dashes = "-" * 5
    mark = "PRIVATE " + "KEY"
    return joined_by.join([f"{dashes}BEGIN {kind}{mark}{dashes}", *body, f"{dashes}END {kind}{mark}{dashes}"])


def text(rng: random.Random, alphabet: str, length: int) -> str:
    """
    Random characters, always with a letter and a digit among them where the alphabet has both.
    """
    while True:
        drawn = "".join(rng.choices(alphabet, k=length))
        if any(map(str.isdigit, drawn)) and any(map(str.isalpha, drawn)):
            return drawn


Make = Callable[[random.Random], str]


def of(*pieces: str | tuple[str, int]) -> Make:
    """
    A maker of fixed pieces and random ones; the fixed are written apart in the table below.
    """

    def make(rng: random.Random) -> str:
        return "".join(piece if isinstance(piece, str) else text(rng, *piece) for piece in pieces)

    return make


def jwt(rng: random.Random) -> str:
    """
    A token as the standard has it.
    """
    head, body = ({"alg": "HS256", "typ": "JWT"}, {"sub": text(rng, HEX, 12), "iat": 1700000000})
    return ".".join([*(_encoded(json.dumps(part)) for part in (head, body)), text(rng, URL_SAFE, 43)])


def discord(rng: random.Random) -> str:
    """
    A bot's number in base64, a time stamp and a signature.
    """
    number = _encoded(str(rng.randrange(10**17, 10**18)))
    return f"{number}.{text(rng, ALNUM, 6)}.{text(rng, URL_SAFE, 38)}"


def uuid(rng: random.Random) -> str:
    """
    Hexadecimal groups.
    """
    return "-".join(text(rng, HEX, length) for length in (8, 4, 4, 4, 12))


def _encoded(plain: str) -> str:
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


CONST = 'const key = "§";'
FORMS: tuple[tuple[str, Make, str], ...] = (
    ("aws-access-key", of("AK", "IA", (UPPER, 16)), 'const id = "§";'),
    ("aws-access-key", of("AS", "IA", (UPPER, 16)), "// §"),
    ("aws-secret-key", of((BASE64, 40)), 'new S3({ secretAccessKey: "§" });'),
    ("aws-secret-key", of((BASE64, 40)), "AWS_SECRET_ACCESS_KEY=§"),
    ("aws-session-token", of("IQoJ", "b3JpZ2lu", (BASE64, 200)), CONST),
    ("aws-session-token", of((BASE64, 160)), '  "sessionToken": "§",'),
    ("aws-bedrock-key", of("AB", "SK", (BASE64, 120), "=="), CONST),
    ("anthropic-key", of("sk-", "ant-", "api03-", (URL_SAFE, 93), "AA"), 'new Anthropic({ apiKey: "§" });'),
    ("openai-key", of("sk-", "proj-", (URL_SAFE, 74), "T3Blbk", "FJ", (URL_SAFE, 74)), CONST),
    ("openai-key", of("sk", "-", (ALNUM, 20), "T3Blbk", "FJ", (ALNUM, 20)), "OPENAI_API_KEY=§"),
    ("github-token", of("gh", "p_", (ALNUM, 36)), "fetch(url, { headers: { authorization: `token §` } });"),
    ("github-token", of("gh", "s_", (ALNUM, 36)), CONST),
    ("github-token", of("github", "_pat_", (ALNUM, 22), "_", (ALNUM, 59)), CONST),
    ("gitlab-token", of("gl", "pat-", (URL_SAFE, 20)), CONST),
    ("gitlab-token", of("gl", "pat-", (URL_SAFE, 27), ".01.0w", (HEX, 7)), CONST),
    ("slack-token", of("xo", "xb-", "123456789012-123456789013-", (ALNUM, 24)), CONST),
    ("slack-token", of("xa", "pp-1-A012345678-1234567890123-", (HEX, 64)), CONST),
    ("slack-webhook", of("T", (UPPER, 8), "/B", (UPPER, 8), "/", (ALNUM, 24)), 'post("https://hooks.slack.com/services/§");'),
    ("stripe-key", of("sk", "_live_", (ALNUM, 24)), "const stripe = new Stripe('§');"),
    ("stripe-key", of("rk", "_live_", (ALNUM, 99)), CONST),
    ("stripe-webhook-secret", of("wh", "sec_", (ALNUM, 32)), CONST),
    ("twilio-key", of("S", "K", (HEX, 32)), CONST),
    ("twilio-auth-token", of((HEX, 32)), f'twilio("{"A" + "C"}{"0a1b2c3d" * 4}", "§");'),
    ("sendgrid-key", of("S", "G.", (URL_SAFE, 22), ".", (URL_SAFE, 43)), "sendgrid.setApiKey('§');"),
    ("npm-token", of("np", "m_", (ALNUM, 36)), CONST),
    ("npm-token", uuid, "//registry.example/:_authToken=§"),
    ("pypi-token", of("py", "pi-", "AgEIcHlwaS5vcmc", (URL_SAFE, 120)), CONST),
    ("google-api-key", of("AI", "za", (URL_SAFE, 35)), 'const firebase = { apiKey: "§" };'),
    ("google-oauth-secret", of("GOC", "SPX-", (URL_SAFE, 28)), CONST),
    ("google-oauth-token", of("ya", "29.", (URL_SAFE, 120)), CONST),
    ("google-private-key-id", of((HEX, 40)), '  "private_key_id": "§",'),
    ("azure-storage-key", of((BASE64, 86), "=="), '"AccountName=a;AccountKey=§;EndpointSuffix=x"'),
    ("azure-signature", of((ALNUM, 43), "%3D"), '"https://a.blob.core.windows.net/c?sv=2024-01-01&sig=§"'),
    ("azure-client-secret", of((ALNUM, 3), "8", "Q~", (ALNUM + "_-.", 33)), CONST),
    ("azure-devops-token", of((ALNUM, 76), "AZ", "DO", (ALNUM, 4)), CONST),
    ("digitalocean-token", of("do", "p_v1_", (HEX, 64)), CONST),
    ("heroku-key", of("HR", "KU-", (URL_SAFE, 60)), CONST),
    ("heroku-key", uuid, "HEROKU_API_KEY=§"),
    ("mailgun-key", of("ke", "y-", (HEX, 32)), CONST),
    ("mailgun-key", of((HEX, 32), "-", (HEX, 8), "-", (HEX, 8)), 'const mailgunApiKey = "§";'),
    ("mailchimp-key", of((HEX, 32), "-u", "s12"), CONST),
    ("datadog-key", of((HEX, 32)), 'DD_API_KEY: "§",'),
    ("datadog-key", of((HEX, 40)), 'const datadogAppKey = process.env.K ?? "§";'),
    ("shopify-token", of("shp", "at_", (HEX, 32)), CONST),
    ("square-token", of("sq", "0atp-", (URL_SAFE, 22)), CONST),
    ("square-token", of("EA", "AA", (URL_SAFE, 60)), CONST),
    ("telegram-token", of("AA", (URL_SAFE, 33)), 'new Bot("123456789:§");'),
    ("discord-token", discord, 'client.login("§");'),
    ("discord-webhook", of((URL_SAFE, 68)), '"https://discord.com/api/webhooks/123456789012345678/§"'),
    ("jwt", jwt, 'const session = "§";'),
    ("url-password", of((ALNUM, 14)), 'const db = "postgres://app:§@db.internal:5432/app";'),
    ("url-password", of((ALNUM, 14), "%21"), 'fetch("https://ann:§@host/path");'),
    ("bearer-token", of((ALNUM, 40)), "headers: { Authorization: 'Bearer §' },"),
    ("basic-credentials", of((ALNUM, 30), "=="), "headers: { Authorization: 'Basic §' },"),
    ("atlassian-token", of("ATA", "TT3x", (URL_SAFE, 180), "=", (UPPER, 8)), CONST),
    ("bitbucket-token", of("AT", "BB", (ALNUM, 32)), CONST),
    ("linear-key", of("lin", "_api_", (ALNUM, 40)), CONST),
    ("vercel-token", of("vc", "p_", (ALNUM, 56)), CONST),
    ("vercel-token", of((ALNUM, 24)), 'const VERCEL_TOKEN = "§";'),
    ("netlify-token", of("nf", "p_", (ALNUM, 36)), CONST),
    ("fly-token", of("fm", "2_", (BASE64, 120)), 'token: "FlyV1 §"'),
    ("supabase-key", of("sb", "p_", (HEX, 40)), CONST),
    ("supabase-key", of("sb", "_secret_", (URL_SAFE, 31)), CONST),
    ("planetscale-token", of("pscale", "_tkn_", (URL_SAFE, 43)), CONST),
    ("doppler-token", of("dp", ".st.", "prd.", (ALNUM, 43)), CONST),
    ("vault-token", of("hv", "s.", (URL_SAFE, 95)), CONST),
    ("databricks-token", of("da", "pi", (HEX, 32)), CONST),
    ("cloudflare-token", of((URL_SAFE, 40)), 'CLOUDFLARE_API_TOKEN: "§"'),
    ("cloudflare-origin-key", of("v1", ".0-", (HEX, 24), "-", (HEX, 146)), CONST),
    ("huggingface-token", of("h", "f_", (LETTERS + string.digits, 34)), CONST),
    ("groq-key", of("gs", "k_", (ALNUM, 52)), CONST),
    ("xai-key", of("xa", "i-", (ALNUM, 80)), CONST),
    ("perplexity-key", of("ppl", "x-", (ALNUM, 48)), CONST),
    ("replicate-token", of("r", "8_", (ALNUM, 37)), CONST),
    ("rubygems-key", of("ruby", "gems_", (HEX, 48)), CONST),
    ("docker-token", of("dckr", "_pat_", (URL_SAFE, 27)), CONST),
    ("terraform-token", of((ALNUM, 14), ".atlas", "v1.", (URL_SAFE, 67)), CONST),
    ("pulumi-token", of("pu", "l-", (HEX, 40)), CONST),
    ("age-secret-key", of("AGE-SECRET", "-KEY-1", (UPPER, 58)), CONST),
    ("sourcegraph-token", of("sg", "p_", (HEX, 40)), CONST),
    ("resend-key", of("r", "e_", (ALNUM, 8), "_", (ALNUM, 24)), CONST),
    ("new-relic-key", of("NR", "AK-", (UPPER, 27)), CONST),
    ("sentry-token", of("sntr", "yu_", (HEX, 64)), CONST),
    ("grafana-token", of("gl", "sa_", (ALNUM, 32), "_", (HEX, 8)), CONST),
    ("grafana-token", of("gl", "c_", (BASE64, 60)), CONST),
    ("postman-key", of("PM", "AK-", (HEX, 24), "-", (HEX, 34)), CONST),
    ("notion-token", of("nt", "n_", (ALNUM, 46)), CONST),
    ("notion-token", of("secret", "_", (ALNUM, 43)), CONST),
    ("airtable-token", of("pa", "t", (ALNUM, 14), ".", (HEX, 64)), CONST),
    ("figma-token", of("fi", "gd_", (URL_SAFE, 43)), CONST),
    ("contentful-token", of("CF", "PAT-", (URL_SAFE, 43)), CONST),
    ("mapbox-token", of("sk", ".ey", "J", (URL_SAFE, 60), ".", (URL_SAFE, 22)), CONST),
    ("assigned-secret", of((ALNUM, 24)), 'const clientSecret = "§";'),
    ("assigned-secret", of((HEX, 32)), '  "api_key": "§",'),
    ("assigned-secret", of((ALNUM, 20), "!7"), "  password: '§',"),
    ("assigned-secret", of((ALNUM, 32)), "SESSION_SECRET=§"),
    ("assigned-secret", of((ALNUM, 32)), "private readonly authToken: string = `§`;"),
)  # fmt: skip
