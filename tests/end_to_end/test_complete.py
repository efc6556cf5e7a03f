"""
`pacenotes complete` in a process of its own: through every provider, and with everything that can be wrong.
"""

import json

import pytest

from tests.support.bedrock_runtime import BedrockRuntime
from tests.support.marked import parse_marked
from tests.support.messages_api import MessagesApi
from tests.support.replies import Reply
from tests.support.workplace import Workplace

CART = """\
export interface Item {
  readonly name: string;
  readonly price: number;
}

export function total(items: readonly Item[]): number {
  return items.█
}
"""
REST = "reduce((sum, item) => sum + item.price, 0);"
KEY = "a-key-that-nobody-may-see"
ANTHROPIC = {"PACENOTES_PROVIDER": "anthropic", "ANTHROPIC_API_KEY": KEY}
BEDROCK = {"PACENOTES_PROVIDER": "bedrock", "AWS_REGION": "us-east-1"}
SIGNED = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": KEY}
LEGACY_MODEL = "us.anthropic.claude-haiku-4-5-20251001-v1:0"


def place(workplace: Workplace, marked: str, path: str = "src/cart.ts") -> str:
    """
    Write the marked text and name the mark's place as compilers do.
    """
    source = parse_marked(marked)
    workplace.write(path, source.text)
    before = source.text[: source.offset]
    return f"{path}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_completes_through_the_messages_api(workplace: Workplace) -> None:
    """
    What the model answers is printed, and nothing else.
    """
    with MessagesApi(REST) as api:
        done = workplace.run("complete", place(workplace, CART), **ANTHROPIC, ANTHROPIC_BASE_URL=api.url)

    assert (done.returncode, done.stdout, done.stderr) == (0, REST + "\n", "")
    assert "  return items." in json.dumps(api.bodies[0], ensure_ascii=False).replace("\\n", "\n")


def test_a_key_and_a_gateway_in_the_environment_are_enough(workplace: Workplace) -> None:
    """
    The SDK's own variables choose the provider when no setting does.
    """
    with MessagesApi(REST) as api:
        done = workplace.run("complete", place(workplace, CART), ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=api.url)

    assert done.stdout == REST + "\n"


@pytest.mark.parametrize("credential", [{"AWS_BEARER_TOKEN_BEDROCK": KEY}, SIGNED], ids=["bearer", "sigv4"])
@pytest.mark.parametrize("model", ["claude-haiku-5-5", LEGACY_MODEL], ids=["messages", "invoke"])
def test_completes_through_both_routes_of_bedrock(workplace: Workplace, model: str, credential: dict[str, str]) -> None:
    """
    A current model goes over the Messages route, an older id over InvokeModel; with a key or with signed requests.
    """
    with BedrockRuntime(REST) as bedrock:
        done = workplace.run(
            "complete", place(workplace, CART), "--model", model,
            **BEDROCK, **credential, AWS_ENDPOINT_URL_BEDROCK_RUNTIME=bedrock.url,
        )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, REST + "\n", "")


def test_completes_with_no_key_and_no_network(workplace: Workplace) -> None:
    """
    The local provider completes what the workspace has shown before.
    """
    for name in ("order", "basket", "wishlist", "invoice"):
        workplace.write(f"src/{name}.ts", parse_marked(CART.replace("█", REST + "█")).text.replace("total", name))

    done = workplace.run("complete", place(workplace, CART), "--json")

    answer = json.loads(done.stdout)
    assert (done.returncode, answer["provider"], answer["text"]) == (0, "local", REST)


def test_the_same_question_is_paid_once(workplace: Workplace) -> None:
    """
    A second process finds the reply in the cache and sends nothing.
    """
    with MessagesApi(REST) as api:
        where = place(workplace, CART)
        answers = [
            json.loads(workplace.run("complete", where, "--json", **ANTHROPIC, ANTHROPIC_BASE_URL=api.url).stdout)
            for _ in range(2)
        ]

    assert [answer["source"] for answer in answers] == ["model", "cache"]
    assert [answer["text"] for answer in answers] == [REST, REST]
    assert len(api.bodies) == 1


def test_what_was_sent_can_be_seen(workplace: Workplace) -> None:
    """
    The audit lists the request with its cost, shows exactly what the stand-in got, and never the key.
    """
    with MessagesApi(REST) as api:
        workplace.run("complete", place(workplace, CART), **ANTHROPIC, ANTHROPIC_BASE_URL=api.url)

    (entry,) = workplace.json_lines("audit", "--json")
    shown = json.loads(workplace.run("audit", "--show", entry["id"]).stdout)

    assert entry["files"] == ["src/cart.ts"]
    assert entry["costUsd"] > 0
    sent = {name: value for name, value in api.bodies[0].items() if name not in {"model", "stream"}}
    recorded = {name: value for name, value in shown["body"].items() if name not in {"model", "stream"}}
    assert sent == recorded
    assert not [file for file, content in workplace.state_bytes() if KEY.encode() in content]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(401, "ANTHROPIC_API_KEY"), (429, "too many requests"), (500, "500")],
    ids=["refused key", "rate limit", "failure"],
)
def test_a_failing_provider_is_one_sentence_and_exit_4(workplace: Workplace, status: int, sentence: str) -> None:
    """
    It is never taken for nothing to offer.
    """
    with MessagesApi(Reply(status=status)) as api:
        done = workplace.run("complete", place(workplace, CART), **ANTHROPIC, ANTHROPIC_BASE_URL=api.url)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (4, "", 1)
    assert done.stderr.startswith("Error: ")
    assert sentence in done.stderr
    assert KEY not in done.stderr


def test_nobody_at_the_other_end_is_one_sentence_and_exit_4(workplace: Workplace) -> None:
    """
    A refused connection says what to check.
    """
    done = workplace.run("complete", place(workplace, CART), **ANTHROPIC, ANTHROPIC_BASE_URL="http://127.0.0.1:9")

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (4, "", 1)
    assert "can't be reached" in done.stderr


def test_a_missing_key_is_one_sentence(workplace: Workplace) -> None:
    """
    It names what to set.
    """
    done = workplace.run("complete", place(workplace, CART), PACENOTES_PROVIDER="anthropic")

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (4, "", 1)
    assert "ANTHROPIC_API_KEY" in done.stderr


BAD_FILES = {
    "missing": None,
    "directory": "directory",
    "binary": b"\x00\x01\x02\xff" * 100,
    "latin1": "const straße = 'größe';\n".encode("latin-1"),
    "huge": b"const a = 1;\n" * (50 * 1024 * 1024 // 13),
    "excluded": "exclude",
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_cannot_be_used_is_one_sentence_and_exit_2(workplace: Workplace, kind: str) -> None:
    """
    Missing, a directory, binary, not UTF-8, 50 MB or excluded: each says which it is.
    """
    content = BAD_FILES[kind]
    path = "src/.env" if kind == "excluded" else "src/a.ts"
    file = workplace.workspace / path
    file.parent.mkdir()
    if kind == "directory":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content if isinstance(content, bytes) else b"KEY=1\n")

    done = workplace.run("complete", f"{path}:1:1")

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("Error: ")
    assert str(file) in done.stderr


@pytest.mark.parametrize("where", ["src/cart.ts:99:1", "src/cart.ts:1:99"])
def test_a_place_past_the_end_says_where_the_end_is(workplace: Workplace, where: str) -> None:
    """
    A line or column that is not there is refused with the last one that is.
    """
    place(workplace, CART)

    done = workplace.run("complete", where)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("settings", ["completion.debounceMs = 'soon'", "[completion", "nonsense = 1\x00"])
def test_unreadable_settings_are_named(workplace: Workplace, settings: str) -> None:
    """
    A settings file that can't be used is named with what to do, and nothing is sent.
    """
    workplace.write("pacenotes.toml", settings)

    done = workplace.run("complete", place(workplace, CART))

    assert done.returncode == 2
    assert "pacenotes.toml" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_workspace_cannot_choose_the_endpoint(workplace: Workplace) -> None:
    """
    A `pacenotes.toml` that names provider and endpoint is warned of and changes nothing.
    """
    with MessagesApi(REST) as evil, MessagesApi(REST) as api:
        workplace.write("pacenotes.toml", f'[anthropic]\nbaseUrl = "{evil.url}"\n')
        done = workplace.run("complete", place(workplace, CART), **ANTHROPIC, ANTHROPIC_BASE_URL=api.url)

    assert (done.returncode, done.stdout) == (0, REST + "\n")
    assert "anthropic.baseUrl" in done.stderr
    assert (len(evil.bodies), len(api.bodies)) == (0, 1)


@pytest.mark.parametrize("damaged", ["state/audit.sqlite", "state/telemetry.sqlite", "cache/replies/cache.db"])
def test_damaged_state_is_set_aside_and_started_afresh(workplace: Workplace, damaged: str) -> None:
    """
    A corrupt cache, audit or store costs a warning; the damaged file is kept under a dated name.
    """
    file = workplace.home / "storage" / damaged
    file.parent.mkdir(parents=True)
    file.write_bytes(b"this is no database " * 500)
    with MessagesApi(REST) as api:
        done = workplace.run("complete", place(workplace, CART), **ANTHROPIC, ANTHROPIC_BASE_URL=api.url)

    assert (done.returncode, done.stdout) == (0, REST + "\n")
    aside = [path for path, content in workplace.state_bytes() if content.startswith(b"this is no database")]
    assert len(aside) == 1
    assert aside[0] != file
    assert len(workplace.json_lines("audit", "--json")) == 1
    assert len(workplace.json_lines("telemetry", "events")) == 1


def test_state_is_for_the_user_alone(workplace: Workplace) -> None:
    """
    Folders of state can be opened by nobody else.
    """
    workplace.run("complete", place(workplace, CART))

    folders = [folder for folder in (workplace.home / "storage").rglob("*") if folder.is_dir()]
    assert folders
    assert [folder for folder in folders if folder.stat().st_mode & 0o077] == []
