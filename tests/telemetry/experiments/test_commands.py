"""
`pacenotes experiment` as its users type it.
"""

import json
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from telemetry.experiments.commands import experiment

NSW = Path(__file__).with_name("nsw.csv")


def run(*arguments: str, stdin: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(experiment, arguments, input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def analysis(*arguments: str) -> dict[str, object]:
    code, output = run("analyze", *arguments, "--json")
    assert code == 0, output
    document = json.loads(output)
    assert isinstance(document, dict)
    return document


def test_the_public_shape() -> None:
    """
    The fields that other programs read are there, as JSON numbers.
    """
    found = analysis("--data", str(NSW), "--outcome", "re78", "--treatment", "treat", "--covariate", "re75")
    assert {"effect", "ci_low", "ci_high", "p_value", "n", "clusters", "method"} <= found.keys()
    assert found["n"] == 445
    assert found["clusters"] is None


def test_a_parquet_file_says_the_same(tmp_path: Path) -> None:
    """
    As the CSV that it was made from; so do JSON Lines.
    """
    expected = analysis("--data", str(NSW), "--outcome", "re78", "--treatment", "treat")
    for name in ("nsw.parquet", "nsw.jsonl"):
        duckdb.sql(f"COPY (SELECT * FROM read_csv('{NSW}')) TO '{tmp_path / name}'")
        found = analysis("--data", str(tmp_path / name), "--outcome", "re78", "--treatment", "treat")
        assert found["effect"] == pytest.approx(expected["effect"])


def test_a_promise_fills_in_the_question_and_decides(tmp_path: Path) -> None:
    """
    From plan to verdict without typing anything twice.
    """
    sealed = tmp_path / "promise.json"
    code, _ = run(
        "plan", "--engineers", "445", "--weeks", "26", "--baseline", "4555", "--effect", "800",
        "--outcome", "re78", "--treatment", "treat", "--covariate", "re75", "--write", str(sealed),
    )  # fmt: skip
    assert code == 0
    found = analysis("--data", str(NSW), "--registration", str(sealed))
    assert found["verdict"]["decision"] == "invest_more"  # type: ignore[index] # a document
    assert found["registration"] == json.loads(sealed.read_text())["sha256"]


@pytest.mark.parametrize("change", [("--outcome", "re75"), ("--log",), ("--covariate", "age"), ("--cluster", "educ")])
def test_a_verdict_answers_what_was_promised(tmp_path: Path, change: tuple[str, ...]) -> None:
    """
    Another question than the sealed one gets no verdict.
    """
    sealed = tmp_path / "promise.json"
    run(
        "plan", "--engineers", "445", "--weeks", "26", "--baseline", "4555",
        "--outcome", "re78", "--treatment", "treat", "--write", str(sealed),
    )  # fmt: skip
    code, output = run("analyze", "--data", str(NSW), "--registration", str(sealed), *change)
    assert code == 2
    assert f"promised another {change[0]}" in output


def test_a_plan_as_json() -> None:
    """
    The smallest detectable effect and the power of a given one.
    """
    code, output = run("plan", "--engineers", "300", "--weeks", "26", "--baseline", "10", "--effect", "2", "--json")
    document = json.loads(output)
    assert code == 0
    assert document["mde_relative"] == pytest.approx(0.2588, abs=1e-4)
    assert document["power"] == pytest.approx(0.58, abs=0.01)


def test_units_come_from_arguments_or_from_standard_input() -> None:
    """
    Both give the same arms.
    """
    options = ("assign", "--experiment", "ghost", "--salt", "2026")
    assert run(*options, "user-0", "user-1") == run(*options, stdin="user-0\nuser-1\n") == (
        0, "user-0\tcontrol\nuser-1\ttreatment\n",
    )  # fmt: skip


def test_a_unit_can_change_arms_by_the_week() -> None:
    """
    Over many weeks a unit is in both.
    """
    arms = {run("assign", "--experiment", "e", "--salt", "s", "--week", f"2026-W{week}", "u")[1] for week in range(20)}
    assert len(arms) == 2


@pytest.mark.parametrize(
    ("text", "options", "sentence"),
    [
        ("a,b\n", ["--outcome", "a", "--treatment", "b"], "has no rows"),
        ("a,b\n1,0\n2,1\n", ["--outcome", "c", "--treatment", "b"], "There is no column 'c'"),
        ("a,b\n1,0\nx,1\n", ["--outcome", "a", "--treatment", "b"], "holds 'x' in row 2"),
        ("a,b\n1,0\n2,1\n3\n", ["--outcome", "a", "--treatment", "b"], "has 1 value(s) and the header 2"),
        ("a,b,a\n1,0,1\n2,1,1\n", ["--outcome", "a", "--treatment", "b"], "two columns named 'a'"),
        ("a,b\n1,0\0\n2,1\n", ["--outcome", "a", "--treatment", "b"], "is no text"),
        ("a,b\n1,0\n2,1\n", ["--outcome", "a", "--treatment", "b", "--covariate", "log(a)"], "is the outcome"),
        ("a,b,c\n1,0,0\n2,1,2\n", ["--outcome", "a", "--treatment", "b", "--covariate", "log(c)"], "no logarithm"),
        (
            "a,b\n1e300,0\n3e300,1\n-2e300,0\n2e300,1\n",
            ["--outcome", "a", "--treatment", "b"],
            "too large to be squared",
        ),
        ("a,b\n1,0\n2,0\n", ["--outcome", "a", "--treatment", "b"], "one arm only"),
        ("a,b\n1,0\n1,1\n1,0\n1,1\n", ["--outcome", "a", "--treatment", "b"], "never varies"),
        ("a,b\n1,0\n2,1\n3,1\n", ["--outcome", "a", "--treatment", "b"], "single row"),
        ("a,b\n1,0\n2,1\n", ["--treatment", "b"], "Give --outcome"),
        ("a,b\n1,0\n2,1\n", ["--outcome", "a", "--treatment", "b", "--look", "1", "2", "--planned-n", "9"], "exclude"),
    ],
)
def test_bad_input_gets_one_sentence(tmp_path: Path, text: str, options: list[str], sentence: str) -> None:
    """
    And exit code 2, never a number.
    """
    file = tmp_path / "trial.csv"
    file.write_text(text)
    code, output = run("analyze", "--data", str(file), *options)
    assert code == 2
    assert sentence in output


@pytest.mark.parametrize(("name", "content"), [("t.parquet", b"PAR1 cut short"), ("t.jsonl", b"{"), ("none.csv", None)])
def test_a_damaged_file_gets_one_sentence(tmp_path: Path, name: str, content: bytes | None) -> None:
    """
    A truncated Parquet file as well as an absent one.
    """
    if content is not None:
        (tmp_path / name).write_bytes(content)
    code, output = run("analyze", "--data", str(tmp_path / name), "--outcome", "a", "--treatment", "b")
    assert code == 2
    assert output.startswith("Error: ")
    assert len(output.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "content",
    [
        'my arm,"hours, all ""in"""\nno AI,1\nno AI,2\nAI,3\nAI,5\n'.encode("utf-8-sig"),
        b'my arm;"hours, all ""in"""\r\nno AI;1\r\n\r\nno AI;2\r\nAI;3\r\nAI;5\r\n',
        b'my arm\thours, all "in"\nno AI\t1\nno AI\t2\nAI\t3\nAI\t5\n',
    ],
    ids=["byte order mark", "semicolons", "tabs"],
)
def test_files_as_programs_save_them(tmp_path: Path, content: bytes) -> None:
    """
    Whatever separates the columns, and whatever their names hold.
    """
    file = tmp_path / "trial.csv"
    file.write_bytes(content)
    options = ("--outcome", 'hours, all "in"', "--treatment", "my arm", "--control", "no AI", "--json")
    code, output = run("analyze", "--data", str(file), *options)
    assert code == 0, output
    assert json.loads(output)["effect"] == 2.5


@pytest.mark.parametrize("content", ["a,b\n1,0\n2,1\né,1\n".encode("latin-1"), "a,b\n1,0\n".encode("utf-16")])
def test_another_encoding_gets_one_sentence(tmp_path: Path, content: bytes) -> None:
    """
    That says how to save the file.
    """
    file = tmp_path / "trial.csv"
    file.write_bytes(content)
    code, output = run("analyze", "--data", str(file), "--outcome", "a", "--treatment", "b")
    assert (code, "save it as CSV in UTF-8" in output) == (2, True)


def test_several_outcomes_are_corrected() -> None:
    """
    Holm's p-values are no smaller than those of one outcome alone.
    """
    alone = analysis("--data", str(NSW), "--outcome", "re78", "--treatment", "treat")
    family = analysis("--data", str(NSW), "--outcome", "re78", "--outcome", "re75", "--treatment", "treat")
    assert family["p_value"] == pytest.approx(2 * float(str(alone["p_value"])))
    assert len(family["outcomes"]) == 2  # type: ignore[arg-type] # a document


def test_text_output_reads_as_a_sentence() -> None:
    """
    The effect, its interval, and how it was found.
    """
    code, output = run(
        "analyze", "--data", str(NSW), "--outcome", "re78", "--treatment", "treat", "--errors", "classical"
    )
    assert code == 0
    assert output.splitlines()[0] == "re78: +1794.34 (95 % interval +550.574 to +3038.11), p = 0.004788, 445 rows"
