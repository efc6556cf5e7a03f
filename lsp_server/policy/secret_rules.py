"""
How the secrets of each vendor look: one row a form, declared once.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class Reading(StrEnum):
    """
    The excerpt of a text in which a rule's anchors are looked up first; in most texts it holds none of them.
    """

    LONG_RUNS = "long_runs"
    """The runs of twenty and more characters of which a token may consist."""
    NEAR_NUMBERED_RUNS = "near_numbered_runs"
    """Of those the ones with a digit in them, with what stands before them, in lower case."""
    WHOLE = "whole"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """
    One form of secret.

    One of the `anchors` stands `before` characters after the place where the `pattern` begins to match.
    The secret is the group `secret` of the pattern, or all of it.
    No pattern scans far and then fails, so that any text is searched in linear time.
    """

    kind: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    reading: Reading
    before: int = 0


# Not within a word, except after an escape such as the `\n` of a string literal.
START = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"
END = r"(?![A-Za-z0-9])"
# From a name to its value: `name: "…"`, `name = …`, `name: string = '…'`, `name = other ?? "…"`, `"name": "…"`.
ASSIGNED = (
    r"""["'`\])]{0,2}\s{0,4}(?:\??:\s{0,4}\w{1,20}\s{0,4})?"""
    r"""(?:[:=](?:\s{0,4}[\w.$]{1,60}\s{0,4}(?:\?\?|\|\|))?|\?\?|\|\|)\s{0,4}["'`]?"""
)
# From an account's name to the secret that is passed beside it.
BESIDE = r"""["'`\s,:;]{1,20}(?:\w{1,40}\s{0,3}[:=]\s{0,3}["'`]?)?"""

NEAR = Reading.NEAR_NUMBERED_RUNS
HEX = "[0-9a-f]"
WORD = r"[\w-]"
ALNUM = "[A-Za-z0-9]"
BASE64 = "[A-Za-z0-9+/]"
AWS_SECRET = BASE64 + r"{40}(?![A-Za-z0-9+/=])"
UUID = f"{HEX}{{8}}(?:-{HEX}{{4}}){{3}}-{HEX}{{12}}"


def _token(kind: str, anchors: str, rest: str, *, head: str = START, before: int = 0) -> Rule:
    """
    A token that is known by its own letters: one of `anchors`, and the `rest` of it.
    """
    words = tuple(anchors.split())
    pattern = f"{head}(?:{'|'.join(map(re.escape, words))}){rest}"
    return Rule(kind=kind, anchors=words, pattern=re.compile(pattern), reading=Reading.LONG_RUNS, before=before)


def _placed(kind: str, anchor: str, pattern: str, *, before: int = 0, reading: Reading = NEAR) -> Rule:
    """
    A secret that is known by what stands around it; `anchor` is in lower case unless the whole text is read.
    """
    return Rule(kind=kind, anchors=(anchor,), pattern=re.compile(pattern), reading=reading, before=before)


def _named(kind: str, anchors: str, name: str, value: str) -> Rule:
    """
    A secret that is known only by the name it is assigned to, in whatever case; `anchors` are parts of that name.
    """
    pattern = re.compile(f"{name}{ASSIGNED}(?P<secret>{value})", re.IGNORECASE)
    return Rule(kind=kind, anchors=tuple(anchors.split()), pattern=pattern, reading=NEAR)


CLOUDS = (
    _token("aws-access-key", "AKIA ASIA ABIA ACCA", "[A-Z0-9]{16}" + END),
    _placed("aws-secret-key", "kia", rf"A[KS]IA[A-Z0-9]{{16}}{BESIDE}(?P<secret>{AWS_SECRET})", before=1),
    _placed("aws-secret-key", "sia", rf"A[KS]IA[A-Z0-9]{{16}}{BESIDE}(?P<secret>{AWS_SECRET})", before=1),
    _named("aws-secret-key", "secretaccesskey secret_access_key", "secret_?access_?key", AWS_SECRET),
    _named("aws-secret-key", "awssecret aws_secret", "aws_?secret(?:_?key)?", AWS_SECRET),
    _named("aws-session-token", "sessiontoken session_token", "session_?token", r"[A-Za-z0-9/+=]{40,}+"),
    _token("aws-session-token", "FwoGZXIvYXdz IQoJb3JpZ2lu", "[A-Za-z0-9/+=_-]{50,}+"),
    _token("aws-bedrock-key", "ABSK bedrock-api-key-", r"[\w+/-]{40,}+={0,2}"),
    _token("google-api-key", "AIza", WORD + "{35,}+"),
    _token("google-oauth-secret", "GOCSPX-", WORD + "{20,}+"),
    _token("google-oauth-token", "ya29. 1//0", WORD + "{20,}+"),
    _named("google-private-key-id", "private_key_id", "private_key_id", HEX + "{40}"),
    _token("azure-storage-key", "AccountKey= SharedAccessKey=", f"(?P<secret>{BASE64}{{40,}}+={{0,2}})"),
    _placed("azure-signature", "sig=", r"[?&;]sig=(?P<secret>[A-Za-z0-9%/+]{30,}+={0,2})", before=1),
    _placed("azure-client-secret", "Q~", r"[\w~.-]{3}\dQ~[\w~.-]{31,34}(?![\w~-])", before=4, reading=Reading.WHOLE),
    _token("azure-devops-token", "AZDO", ALNUM + "{4}" + END, head=ALNUM + "{76}", before=76),
    _token("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", HEX + "{64}"),
    _token("heroku-key", "HRKU-", WORD + "{30,}+"),
    _named("heroku-key", "heroku", r"heroku[\w-]{0,20}", UUID),
    _token("vercel-token", "vcp_ vci_ vck_ vca_ vcr_ vercel_blob_rw_", r"\w{24,}+"),
    _named("vercel-token", "vercel", r"vercel[\w-]{0,12}token", ALNUM + "{24}" + END),
    _token("netlify-token", "nfp_ nfc_ nfo_ nfu_ nfb_", ALNUM + "{36,}+"),
    _token("fly-token", "fm1r_ fm1a_ fm2_", r"[\w+/=-]{40,}+"),
    _token("supabase-key", "sbp_", HEX + "{40}"),
    _token("supabase-key", "sb_secret_", WORD + "{20,}+"),
    _token("planetscale-token", "pscale_tkn_ pscale_oauth_ pscale_pw_", r"[\w.=-]{30,}+"),
    _token("databricks-token", "dapi", HEX + "{32}(?:-[0-9])?" + END),
    _named("cloudflare-token", "cloudflare cf_a cfa", "(?:cloudflare|cf)_?api_?(?:token|key)", WORD + "{37,40}"),
    _token("cloudflare-origin-key", "v1.0-", f"{HEX}{{24}}-{HEX}{{40,}}+"),
)

LANGUAGE_MODELS = (
    _token("anthropic-key", "sk-ant-", WORD + "{20,}+"),
    _token("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None- sk-or-v1-", WORD + "{20,}+"),
    _token("openai-key", "sk-", ALNUM + "{32,}+"),
    _token("huggingface-token", "hf_ api_org_", ALNUM + "{30,}+"),
    _token("groq-key", "gsk_", ALNUM + "{40,}+"),
    _token("xai-key", "xai-", ALNUM + "{60,}+"),
    _token("perplexity-key", "pplx-", ALNUM + "{40,}+"),
    _token("replicate-token", "r8_", ALNUM + "{36,}+"),
)

CODE_HOSTS = (
    _token("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", ALNUM + "{30,}+"),
    _token("github-token", "github_pat_", r"\w{30,}+"),
    _token(
        "gitlab-token",
        "glpat- glptt- gldt- glrt- glcbt- glft- glimt- glagent- glsoat- gloas- glffct- glrtr-",
        WORD + r"{18,}+(?:\.[0-9a-z]{2,9}){0,2}",
    ),
    _token("bitbucket-token", "ATBB", ALNUM + "{24,}+"),
    _token("atlassian-token", "ATATT3 ATCTT3", r"[\w=-]{40,}+"),
    _token("npm-token", "npm_", ALNUM + "{30,}+"),
    _placed("npm-token", "_authtoken=", r"_authToken=(?P<secret>[\w+/=-]{20,}+)"),
    _token("pypi-token", "pypi-", WORD + "{50,}+"),
    _token("rubygems-key", "rubygems_", HEX + "{48}"),
    _token("docker-token", "dckr_pat_ dckr_oat_", WORD + "{20,}+"),
    _token("terraform-token", ".atlasv1.", WORD + "{60,}+", head=ALNUM + "{14}", before=14),
    _token("vault-token", "hvs. hvb. hvr.", WORD + "{20,}+"),
    _token(
        "doppler-token",
        "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.",
        r"(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,}+",
    ),
    _token("pulumi-token", "pul-", HEX + "{40}"),
    _token("age-secret-key", "AGE-SECRET-KEY-1", "[0-9A-Z]{58}"),
    _token("sourcegraph-token", "sgp_", r"\w{40,}+"),
)

SERVICES = (
    _token("stripe-key", "sk_live_ rk_live_ sk_test_ rk_test_ sk_prod_ rk_prod_", ALNUM + "{16,}+"),
    _token("stripe-webhook-secret", "whsec_", "[A-Za-z0-9+/=]{24,}+"),
    _token("shopify-token", "shpat_ shpca_ shppa_ shpss_", "[A-Fa-f0-9]{32}"),
    _token("square-token", "EAAA", WORD + "{56,}+"),
    _token("square-token", "sq0atp- sq0csp-", WORD + "{22,}+"),
    _token("slack-token", "xoxa xoxb xoxc xoxe xoxo xoxp xoxr xoxs", "[-.][A-Za-z0-9.-]{15,}+"),
    _token("slack-token", "xapp-", "[A-Za-z0-9-]{15,}+"),
    _token(
        "slack-webhook",
        "hooks.slack.com/services/ hooks.slack.com/workflows/ hooks.slack.com/triggers/",
        r"(?P<secret>[\w/-]{20,}+)",
    ),
    _token(
        "discord-webhook", "discord.com/api/webhooks/ discordapp.com/api/webhooks/", r"\d{1,25}/(?P<secret>[\w-]{40,}+)"
    ),
    # The first part is a number in base64, so only these beginnings occur.
    _token("discord-token", "MT Mj Mz ND NT Nj Nz OD OT", r"[\w-]{22,26}\.[\w-]{6}\.[\w-]{27,}+"),
    _placed("telegram-token", ":aa", r"(?<=\d{8}):(?P<secret>AA[\w-]{33})(?![\w-])"),
    _token("twilio-key", "SK", HEX + "{32}" + END),
    _placed("twilio-auth-token", "ac", rf"AC{HEX}{{32}}{BESIDE}(?P<secret>{HEX}{{32}})(?!{HEX})"),
    _named("twilio-auth-token", "twilio", r"twilio[\w-]{0,12}token", HEX + "{32}"),
    _token("sendgrid-key", "SG.", WORD + r"{16,}+\.[\w-]{16,}+"),
    _token("mailgun-key", "key-", HEX + "{32}" + END),
    _named("mailgun-key", "mailgun", r"mailgun[\w-]{0,12}", f"{HEX}{{32}}(?:-{HEX}{{8}}-{HEX}{{8}})?"),
    _token("mailchimp-key", "-us", "[0-9]{1,2}" + END, head=HEX + "{32}", before=32),
    _token("resend-key", "re_", ALNUM + "{8}_" + ALNUM + "{20,}+"),
    _named(
        "datadog-key", "dd_a dda dd-a datadog", "(?:dd|datadog)[_-]?(?:api|app|application)[_-]?key", HEX + "{32,40}"
    ),
    _token("new-relic-key", "NRAK- NRJS- NRRA- NRII-", ALNUM + "{19,}+"),
    _token("sentry-token", "sntrys_ sntryu_", r"[\w+/=-]{40,}+"),
    _token("grafana-token", "glsa_", ALNUM + "{32}_" + HEX + "{8}"),
    _token("grafana-token", "glc_", "[A-Za-z0-9+/=]{32,}+"),
    _token("postman-key", "PMAK-", f"{HEX}{{24}}-{HEX}{{34}}"),
    _token("linear-key", "lin_api_ lin_oauth_ lin_wh_", ALNUM + "{30,}+"),
    _token("notion-token", "ntn_ secret_", ALNUM + "{40,}+"),
    _token("airtable-token", "pat", ALNUM + r"{14}\." + HEX + "{64}"),
    _token("figma-token", "figd_ figu_", WORD + "{40,}+"),
    _token("contentful-token", "CFPAT-", WORD + "{40,}+"),
    _token("mapbox-token", "sk.eyJ", WORD + r"{20,}+\.[\w-]{20,}+"),
)

ANY_VENDOR = (
    _placed("jwt", "eyj", r"(?:(?<![\w-])|(?<=\\[nrt]))eyJ[\w-]{10,}+\.eyJ[\w-]{10,}+(?:\.[\w-]{10,}+)?"),
    _placed(
        "url-password",
        "://",
        r"""://[^\s/:@"'`<>${}()]{0,100}:(?P<secret>(?!(?:pass(?:word)?|postgres|root|user|guest|secret|admin|test)@)[^\s/@"'`<>${}()]{3,200})@""",
        reading=Reading.WHOLE,
    ),
    _placed("bearer-token", "earer ", r"earer {1,3}(?P<secret>(?=[\w.~+/-]{0,200}\d)[\w.~+/-]{20,}+={0,2})"),
    _placed("basic-credentials", "asic ", r"asic {1,3}(?P<secret>(?=[\w+/-]{0,200}\d)[\w+/-]{16,}+={0,2})"),
)

RULES: tuple[Rule, ...] = (*CLOUDS, *LANGUAGE_MODELS, *CODE_HOSTS, *SERVICES, *ANY_VENDOR)
