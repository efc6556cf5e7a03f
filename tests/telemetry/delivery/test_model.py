"""
Model files are read as `systems` reads them, and run to the same numbers.
"""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.delivery.formula import UnusableModel, read_formula
from telemetry.delivery.model import Kind, initial_values, read_model, with_values
from telemetry.delivery.run import steps

with warnings.catch_warnings():
    # The package was written before invalid escapes were warned about.
    warnings.simplefilter("ignore")
    import systems.parse

HIRING = """
# What the tutorial of the package builds.
[Candidates] > Screens @ 25
Screens > Onsites @ 0.5
Onsites > Offers @ 0.5
Offers > Hires @ 0.7
Hires > Employees(5) @ 0.9
Employees > Departures @ Leak(0.1)
"""


def theirs(text: str, rounds: int) -> list[dict[str, float]]:
    return [dict(row) for row in systems.parse.parse(text, tracebacks=False).run(rounds=rounds)]


@pytest.mark.parametrize(
    "text",
    [
        HIRING,
        "Start(10)\nStart > Middle @ 2\nMiddle > End @ 1",
        "a(2)\nb(3)\nStart(40) > End(0, 17) @ (a + b) * 2",
        "[X] > A(0, 5) @ Rate(2)\nA > B @ Leak(0.5)\nB > A @ Leak(0.5)",
        "n(4)\nA(n) > B @ Rate(n / 2)\nB > C @ A - 1",
    ],
)
def test_a_model_runs_as_in_systems(text: str) -> None:
    """
    Every stock is the same after each of 30 rounds.
    """
    assert steps(read_model(text), 30) == theirs(text, 30)


NAMES = ("A", "B", "C", "D")
RATES = st.one_of(
    st.integers(0, 9).map(lambda n: f"Rate({n})"),
    st.sampled_from(["Leak(0.25)", "Leak(0.1)", "Leak(0.5)"]),
    st.sampled_from(NAMES).map(lambda name: f"Rate({name})"),
)
FLOWS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), RATES).filter(lambda flow: flow[0] != flow[1]),
    min_size=1,
    max_size=8,
)


@settings(max_examples=150)
@given(st.lists(st.integers(0, 60), min_size=4, max_size=4), FLOWS)
def test_any_model_runs_as_in_systems(initials: list[int], flows: list[tuple[str, str, str]]) -> None:
    """
    Whatever flows where, the two simulators agree round by round.
    """
    text = "\n".join(f"{name}({value})" for name, value in zip(NAMES, initials, strict=True))
    text += "".join(f"\n{source} > {target} @ {rate}" for source, target, rate in flows)
    assert steps(read_model(text), 12) == theirs(text, 12)


@given(st.lists(st.integers(0, 60), min_size=4, max_size=4), FLOWS)
def test_nothing_is_made_or_lost(initials: list[int], flows: list[tuple[str, str, str]]) -> None:
    """
    Rates and leaks between finite stocks keep the sum, and no stock runs below zero.
    """
    text = "\n".join(f"{name}({value})" for name, value in zip(NAMES, initials, strict=True))
    text += "".join(f"\n{source} > {target} @ {rate}" for source, target, rate in flows)
    for row in steps(read_model(text), 12):
        assert sum(row.values()) == sum(initials)
        assert min(row.values()) >= 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 9),
        ("1 + (2 * 3)", 7),
        ("a / 4", 2.5),
        ("-2 + a", 8),
        ("3 -1", 2),
        ("2*-3", -6),
        ("inf", float("inf")),
    ],
)
def test_formulas_are_read_from_left_to_right(text: str, value: float) -> None:
    """
    As the package does, without precedence.
    """
    assert read_formula(text).value({"a": 10}) == value


@pytest.mark.parametrize("text", ["", "+", "1 +", "1 2", "(1", "1)", "1 + + 2", "a$", "((" * 60])
def test_what_is_no_formula(text: str) -> None:
    """
    One sentence, whatever was typed.
    """
    with pytest.raises(UnusableModel):
        read_formula(text)


@given(st.text(alphabet="AB[]()>@#.,0129 \n+-*/RateLk", max_size=60))
def test_any_text_is_a_model_or_one_sentence(text: str) -> None:
    """
    No other error comes out of any text.
    """
    sentence = ""
    try:
        steps(read_model(text), 3)
    except UnusableModel as error:
        sentence = str(error)
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("A > B", "Line 1: 'A > B' is neither"),
        ("\nA(1) > B @ Rate(x)", "refers to 'x'"),
        ("A(1)\nA(2)", "Line 2: 'A' is declared twice"),
        ("A(B)\nB(A)", "in a circle"),
        ("[A] > B @ 0.5", "it is infinite"),
        ("1A", "no stock; a name begins with a letter"),
        ("A(1,2,3)", "more than an initial value and a maximum"),
        ("A(1) > B @ 1 / 0", "divides by zero"),
        ("\n" * 600, "600 lines|601 lines"),
    ],
)
def test_a_model_that_can_t_be_run(text: str, sentence: str) -> None:
    """
    The sentence names the line where there is one.
    """
    with pytest.raises(UnusableModel, match=sentence):
        steps(read_model(text), 3)


def test_a_bare_decimal_converts_and_a_bare_name_is_a_rate() -> None:
    """
    The rule of the package for flows without a kind.
    """
    model = read_model("A(8) > B @ 0.5\nB > C @ A")
    assert [flow.kind for flow in model.flows] == [Kind.CONVERSION, Kind.RATE]


def test_values_can_be_given() -> None:
    """
    `with_values` changes what a stock begins with; others that refer to it follow.
    """
    model = with_values(read_model("n(2)\nA(n) > B @ 1"), {"n": 7})
    assert initial_values(model)["A"] == 7
    with pytest.raises(UnusableModel, match="no 'm'; it has n, A, B"):
        with_values(model, {"m": 1})
