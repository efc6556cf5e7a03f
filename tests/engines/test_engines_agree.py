"""
One definition, three engines: DuckDB in this process, PostgreSQL, and Spark with two workers give the same numbers.
"""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from telemetry.engines import Engine, EngineError, IbisEngine, Row, connect
from telemetry.sources import opened
from tests.support import companies
from tests.support.measures import EVERY_MEASURE

# Spark's first query loads half of its classes.
# PySpark 4.0 calls pandas 3 in ways that pandas 4 will not know any more.
pytestmark = [pytest.mark.filterwarnings("ignore::DeprecationWarning"), pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def duckdb_engine(company: Path) -> Iterator[Engine]:
    """
    The embedded engine.
    """
    with opened([str(company)], local=Path()) as engine:
        yield engine


@pytest.fixture(scope="module")
def postgres_engine(company: Path) -> Iterator[Engine]:
    """
    PostgreSQL, by its URL.
    """
    with companies.postgres(company) as url:
        engine = connect(url)
        yield engine
        engine.close()


@pytest.fixture(scope="module")
def spark_engine(company: Path) -> Iterator[Engine]:
    """
    Spark, started once.
    """
    backend = companies.spark(company)
    yield IbisEngine(backend, "events")
    backend.disconnect()


@pytest.mark.parametrize("name", EVERY_MEASURE)
@pytest.mark.parametrize("other", ["postgres_engine", "spark_engine"])
def test_engines_agree(name: str, other: str, duckdb_engine: Engine, request: pytest.FixtureRequest) -> None:
    """
    Each measure gives the same rows: counts and sums exactly, percentiles and shares to 9 digits.
    """
    engine: Engine = request.getfixturevalue(other)
    measure = EVERY_MEASURE[name]

    expected = in_order(duckdb_engine.rows(measure(duckdb_engine.events)))
    actual = in_order(engine.rows(measure(engine.events)))

    assert expected
    assert len(expected) == len(actual)
    for row, its_twin in zip(expected, actual, strict=True):
        assert row.keys() == its_twin.keys()
        assert [key for key in row if not same(row[key], its_twin[key])] == []


def test_an_engine_that_does_not_answer() -> None:
    """
    An address that nobody listens at gets one sentence.
    """
    with pytest.raises(EngineError) as refused:
        connect("postgres://nobody@127.0.0.1:1/none")
    assert "can't be reached" in str(refused.value)
    assert "\n" not in str(refused.value)


def in_order(rows: Sequence[Row]) -> list[Row]:
    """
    Rows by their words and days, which say what they are about; their order is no part of a measure without one.
    """
    return sorted(rows, key=lambda row: [str(value) for value in row.values() if not isinstance(value, float)])


def same(one: Any, other: Any) -> bool:
    """
    Whether two values are the same, fractions to 9 digits.
    """
    if isinstance(one, float) or isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    return type(one) is type(other) and one == other
