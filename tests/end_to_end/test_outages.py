"""
A provider that dies, limits, slows down or gets too dear while somebody types: the whole server over LSP, a stand-in
on a socket, and a clock that the tests turn.
"""

from collections.abc import Iterator, Sequence
from itertools import cycle, pairwise
from pathlib import Path

import pytest

from lsp_server.providers.backoff import PAUSES
from lsp_server.providers.base import Overloaded, ProviderError, Unreachable
from lsp_server.providers.budget import LONGEST_SPACE_S, SPARING_FROM
from tests.support.messages_api import API_KEY
from tests.support.oracle import Oracle, Pace
from tests.support.outage import KEY_S, LINE, NOBODY_KNOWS, Key, Person, knowing
from tests.support.replies import Reply, failure

LIMIT_USD = 0.0008
"""Enough for some twenty requests."""

MINUTE_OF_KEYS = NOBODY_KNOWS * 3
"""Some two hundred, each of which asks something new."""


@pytest.fixture(autouse=True)
def _credential(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", API_KEY)


@pytest.fixture
def oracle() -> Iterator[Oracle]:
    with knowing() as oracle:
        yield oracle


def pauses(keys: Sequence[Key], *, before: int) -> list[float]:
    """
    The seconds between the keys at which something was sent.
    """
    tried = [
        key.at for earlier, key in pairwise([Key(at=0, offered=None, tries=before), *keys]) if key.tries > earlier.tries
    ]
    return [later - earlier for earlier, later in pairwise(tried)]


async def until_offered(person: Person) -> Key:
    """
    Type what the model knows on new lines until something is offered.
    """
    for _ in range(20):
        for key in await person.keys(LINE):
            if key.offered:
                return key
    raise AssertionError("nothing was offered again")


@pytest.mark.parametrize(
    ("reply", "kind", "said"),
    [
        (None, Unreachable, "Anthropic can't be reached; check the network"),
        (failure(529), Overloaded, "Anthropic is failing or overloaded (529)"),
        (Reply(drop=True), Unreachable, "Anthropic can't be reached; check the network"),
    ],
    ids=["refused", "overloaded", "hangs up"],
)
async def test_a_minute_without_the_provider(
    tmp_path: Path, oracle: Oracle, reply: Reply | None, kind: type[ProviderError], said: str
) -> None:
    """
    What was bought is still offered, at most one try after each pause, one sentence, and back without a restart.
    """
    async with Person(tmp_path, oracle) as person:
        shown = await person.keys(LINE[:20])
        if reply is None:
            oracle.refuse_connections()
        else:
            oracle.script(reply)
        typed_on = await person.keys(LINE[20:-2])
        dead = await person.keys("\n" + MINUTE_OF_KEYS)
        status = person.status
        if reply is None:
            oracle.accept_connections()
        oracle.script(oracle.reply)
        back = await until_offered(person)

        assert [key.offered for key in shown + typed_on] == [LINE[at:-1] for at in range(1, len(LINE) - 1)]
        assert typed_on[-1].tries <= 1
        assert dead[-1].at - dead[0].at > 60
        waits = pauses(dead, before=typed_on[-1].tries)
        assert len(waits) >= 3
        assert all(wait >= PAUSES[kind].after(number) for number, wait in enumerate(waits, start=1))
        assert status["kind"] == "warning"
        assert status["message"].startswith(said)
        assert back.at - dead[-1].at <= PAUSES[kind].longest_s + len(LINE) * KEY_S
        assert (person.status["kind"], person.status["message"]) == ("normal", "")


async def test_a_rate_limit_is_kept_to(tmp_path: Path, oracle: Oracle) -> None:
    """
    As long as the provider has asked for; what is asked for by hand goes out at once.
    """
    async with Person(tmp_path, oracle) as person:
        oracle.script(failure(429, retry_after=20))
        keys = await person.keys(MINUTE_OF_KEYS)

        waits = pauses(keys, before=0)
        assert 2 <= len(waits) <= 3
        assert min(waits) >= 20
        assert person.status["message"].startswith("Anthropic is receiving too many requests (429)")
        before = len(person.tries)
        await person.ask(by_hand=True)
        assert len(person.tries) == before + 1
        oracle.script(oracle.reply)
        back = await until_offered(person)
        assert back.at - keys[-1].at <= 25
        assert (person.status["kind"], person.status["message"]) == ("normal", "")


async def test_a_provider_that_answers_too_late_is_left_alone(tmp_path: Path, oracle: Oracle) -> None:
    """
    Patience is counted once for each pause, not once for each key.
    """
    oracle.script(Reply(text="late", headers_s=30))
    async with Person(tmp_path, oracle, completion={"debounceMs": 0, "timeoutS": 0.5}) as person:
        keys = await person.keys(NOBODY_KNOWS)

        assert keys[-1].tries <= 4
        assert person.status["message"].startswith("Anthropic gave no answer for 0.5 s")
        oracle.script(oracle.reply)
        person.clock.advance(30)
        await until_offered(person)
        assert person.status["kind"] == "normal"


async def test_a_slow_provider_is_not_asked_more_often(tmp_path: Path) -> None:
    """
    Ten times the delay, an editor that cancels with every key: the keys wait for one reply, and it is not thrown away.
    """
    with knowing(Pace(first_token_s=3.0, tokens_per_s=100_000)) as oracle:
        async with Person(tmp_path, oracle) as person:
            await person.hurry(LINE[:30])
            offered = await person.ask()

        assert offered == LINE[30:-1]
        assert len(oracle.exchanges) == 1
        assert person.message == "claude-haiku-5-5 takes 12 s to begin an answer, so it is asked less often."


async def test_the_budget_ends_in_the_middle(tmp_path: Path, oracle: Oracle) -> None:
    """
    First less, then nothing is sent; what was bought is still offered, and a higher limit helps without a restart.
    """
    async with Person(tmp_path, oracle, budget={"dailyUsd": LIMIT_USD}) as person:
        for key in cycle(NOBODY_KNOWS):
            if person.spent_usd >= SPARING_FROM * LIMIT_USD:
                break
            await person.press(key)
        await person.keys(";\n")
        sparing = await person.keys(NOBODY_KNOWS)
        assert "of today's budget of $0.0008 is spent: completions come by themselves only every" in person.message
        while person.spent_usd < LIMIT_USD:
            await person.keys(LINE[:11])
            person.clock.advance(LONGEST_SPACE_S)
            bought = await person.keys(LINE[11:-2])
            await person.keys(LINE[-2:])
        over = await person.keys(NOBODY_KNOWS)

        dearest = max(call.cost_usd_micro or 0 for call in person.tries) / 1_000_000
        assert person.spent_usd < LIMIT_USD + dearest
        assert sparing[-1].tries - sparing[0].tries < len(sparing) / 10
        assert over[-1].tries == bought[-1].tries
        assert all(key.offered for key in bought)
        assert "Today's budget of $0.0008 is spent: nothing more is sent until midnight UTC" in person.message
        await person.settings(budget={"dailyUsd": 1})
        await until_offered(person)
        assert person.message == ""
