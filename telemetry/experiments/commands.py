"""
`pacenotes experiment`: plan, assign and analyse a randomised trial.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from telemetry.experiments.analysis import Findings, Question
    from telemetry.experiments.design import Sensitivity
    from telemetry.experiments.estimate import Estimate
    from telemetry.experiments.registration import Registration


class Unusable(click.ClickException):
    """
    What was given can't be used.
    """

    exit_code = 2


@click.group()
def experiment() -> None:
    """
    Randomised measurement: what a trial can find, who is in which arm, and what it found.
    """


@experiment.command()
@click.option("--engineers", type=int, required=True, help="Engineers who take part.")
@click.option("--weeks", type=int, required=True, help="Weeks that it lasts.")
@click.option("--baseline", type=float, required=True, help="Mean outcome of an engineer without the treatment.")
@click.option("--sd", type=float, default=None, help="Standard deviation of the outcome between engineers.")
@click.option("--cv", type=float, default=0.8, show_default=True, help="The same as a share of the baseline.")
@click.option(
    "--design",
    type=click.Choice(["individual", "cluster", "staged", "request"]),
    default="individual",
    show_default=True,
    help="What is assigned: engineers, teams, teams in waves, or single requests.",
)
@click.option("--treated-share", type=float, default=0.5, show_default=True, help="Share that gets the treatment.")
@click.option(
    "--correlation", type=float, default=0.0, show_default=True,
    help="Correlation of the outcome with its value before the trial, if CUPED will use it.",
)  # fmt: skip
@click.option("--teams", type=int, default=0, help="Teams, for designs over teams.")
@click.option("--icc", type=float, default=0.05, show_default=True, help="Share of the variance that is between teams.")
@click.option("--waves", type=int, default=4, show_default=True, help="Waves of a staged roll-out.")
@click.option(
    "--requests", type=float, default=0.0, help="Requests of an engineer a week, when the outcome is a share."
)
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Chance of a false alarm.")
@click.option("--power", type=float, default=0.8, show_default=True, help="Chance of finding the smallest effect.")
@click.option("--effect", type=float, default=None, help="An effect in units of the outcome; tells its power.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write a sealed pre-registration here.")
@click.option("--experiment", "name", default="experiment", help="Name, for the pre-registration.")
@click.option("--outcome", default="outcome", help="Outcome column, for the pre-registration.")
@click.option("--treatment", default="treatment", help="Treatment column, for the pre-registration.")
@click.option("--covariate", "covariates", multiple=True, help="Covariate column, for the pre-registration.")
@click.option("--cluster", "clusters", multiple=True, help="Cluster column, for the pre-registration.")
@click.option("--denominator", default=None, help="Denominator column, for the pre-registration.")
@click.option("--log", is_flag=True, help="The effect will be relative, and so is --effect; for the pre-registration.")
@click.option("--better", type=click.Choice(["higher", "lower"]), default="higher", help="Which way is better.")
@click.option("--looks", type=int, default=1, help="Planned looks at the data; 0 for as many as anybody likes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plan(sd: float | None, cv: float, effect: float | None, write: Path | None, as_json: bool, **values: Any) -> None:
    """
    Tell what a trial of this size can find, before it begins.

    Prints the minimal detectable effect (MDE): the smallest true effect that it finds with the power asked for.

    Example: pacenotes experiment plan --engineers 300 --weeks 26 --baseline 12 --cv 0.8 --correlation 0.7
    """
    from telemetry.experiments.design import Design, Plan, engineers_needed, sensitivity
    from telemetry.experiments.errors import UnusableData
    from telemetry.experiments.registration import Better, Registration, seal

    planned = Plan(
        engineers=values["engineers"],
        weeks=values["weeks"],
        baseline=values["baseline"],
        deviation=abs(values["baseline"]) * cv if sd is None else sd,
        design=Design(values["design"]),
        treated_share=values["treated_share"],
        correlation=values["correlation"],
        teams=values["teams"],
        intraclass=values["icc"],
        waves=values["waves"],
        requests=values["requests"],
        alpha=values["alpha"],
        power=values["power"],
    )
    try:
        found = sensitivity(planned, effect)
        needed = engineers_needed(planned, effect) if effect else None
    except UnusableData as error:
        raise Unusable(str(error)) from error
    document: dict[str, Any] = {
        "mde": found.mde, "mde_relative": found.relative_mde, "std_error": found.std_error, "units": found.units,
        "effect": found.effect, "power": found.power, "engineers_needed": needed, "plan": asdict(planned),
    }  # fmt: skip
    if write is not None:
        registration = Registration(
            experiment=values["name"],
            outcome=values["outcome"],
            treatment=values["treatment"],
            covariates=values["covariates"],
            clusters=values["clusters"],
            denominator=values["denominator"],
            log=values["log"],
            better=Better(values["better"]),
            worthwhile=_worthwhile(found, effect, relative=values["log"]),
            looks=values["looks"],
            planned_n=found.units,
            design=asdict(planned),
        )
        _write(write, seal(registration))
        document["registration"] = str(write)
    if as_json:
        click.echo(json.dumps(document, indent=2))
        return
    click.echo(f"{found.units:,} units ({planned.design}), {planned.weeks} weeks, standard error {found.std_error:.4g}")
    goal = f"{planned.power:.0%} power"
    click.echo(f"Smallest effect found with {goal}: {found.mde:.4g}, {found.relative_mde:.1%} of the baseline")
    if effect is not None:
        click.echo(f"An effect of {effect:g} is found with {found.power:.1%} power; {goal} takes {needed:,} engineers")
    if write is not None:
        click.echo(f"Pre-registration written to {write}; keep it where everybody can see that it does not change.")


@experiment.command()
@click.argument("units", nargs=-1)
@click.option("--experiment", "name", required=True, help="Name of the experiment.")
@click.option("--salt", required=True, help="Salt; keep it for as long as the experiment runs.")
@click.option(
    "--arm", "arms", multiple=True, metavar="NAME=WEIGHT", help="An arm; may be repeated. [default: control, treatment]"
)
@click.option("--week", default=None, metavar="YYYY-Www", help="Assign each unit anew in every week.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a unit.")
def assign(units: Sequence[str], *, name: str, salt: str, arms: Sequence[str], week: str | None, as_json: bool) -> None:
    """
    Print the arm of each UNIT (or of each line on stdin): the same answer on every machine, for ever.

    Example: pacenotes experiment assign --experiment ghost --salt 2026 --arm control --arm treatment u1 u2
    """
    from telemetry.experiments.assignment import arm_of, read_arms
    from telemetry.experiments.errors import UnusableData

    listed = units or tuple(line.strip() for line in sys.stdin if line.strip())
    try:
        shares = read_arms(arms or ("control", "treatment"))
        for unit in listed:
            arm = arm_of(f"{unit}@{week}" if week else unit, experiment=name, salt=salt, arms=shares)
            click.echo(json.dumps({"unit": unit, "arm": arm}) if as_json else f"{unit}\t{arm}")
    except UnusableData as error:
        raise Unusable(str(error)) from error


@experiment.command()
@click.option("--data", type=click.Path(path_type=Path), help="CSV, Parquet or JSON Lines, one row a unit.")
@click.option("--events", "sources", multiple=True, metavar="SOURCE", help="Our own events: a folder, a file or a URL.")
@click.option("--experiment", "name", default=None, help="With --events: which experiment; its arms are the treatment.")
@click.option("--outcome", "outcomes", multiple=True, help="Outcome column; several are corrected by Holm's method.")
@click.option("--treatment", default=None, help="Column that tells the two arms apart.")
@click.option(
    "--covariate",
    "covariates",
    multiple=True,
    help="Column from before the trial, log(COLUMN), or C(COLUMN) for its levels, as of strata; may be repeated.",
)
@click.option("--cluster", "clusters", multiple=True, help="Column of what was assigned together; may be repeated.")
@click.option("--denominator", default=None, help="Make the outcome a ratio of sums over this column.")
@click.option("--log", is_flag=True, help="Relative effect: exp(beta) - 1 of the outcome's logarithm.")
@click.option(
    "--control", default=None, help="Label of the arm without the treatment. [default: 0, control, … or the first]"
)
@click.option(
    "--errors", type=click.Choice(["auto", "classical", "hc1", "hc2", "hc3", "cr1", "cr2"]), default="auto",
    help="Standard errors; auto is Welch's, HC3 with covariates, CR2 over few clusters and CR1 over many.",
)  # fmt: skip
@click.option(
    "--interval", type=click.Choice(["auto", "normal", "t"]), default="auto", show_default=True,
    help="Distribution of the interval; auto is t for two bare arms and for assigned clusters.",
)  # fmt: skip
@click.option("--planned-n", type=int, default=None, help="Rows planned at the end: makes the interval always valid.")
@click.option("--look", type=(int, int), default=None, metavar="K N", help="This is look K of N planned ones.")
@click.option("--split", multiple=True, type=float, help="Intended share of control and treatment: checks the split.")
@click.option(
    "--registration", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Sealed pre-registration: fills in the options and gives the verdict.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def analyze(registration: Path | None, as_json: bool, **values: Any) -> None:
    """
    Estimate an effect by intention to treat, with a 95 % interval.

    With --events the outcomes are acceptance, taken, retained and code-share, one row for each engineer.

    Example: pacenotes experiment analyze --data trial.csv --outcome hours --treatment arm --cluster team --log
    """
    from telemetry.experiments.analysis import analyse
    from telemetry.experiments.errors import UnusableData
    from telemetry.experiments.registration import unseal
    from telemetry.experiments.table import read_columns

    try:
        sealed = unseal(registration.read_text("utf-8")) if registration else None
        question = _question(values, sealed[0] if sealed else None)
        if values["data"] is not None:
            findings = analyse(read_columns(values["data"]), question)
        else:
            findings = _of_events(values["sources"], values["name"], question)
    except UnusableData as error:
        raise Unusable(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{registration} can't be read; give the file that `experiment plan --write` made.") from error
    document = findings.as_json()
    if sealed is not None:
        from telemetry.experiments.registration import decide

        verdict = decide(sealed[0], findings.estimates[0])
        document |= {"registration": sealed[1], "verdict": asdict(verdict)}
    if as_json:
        click.echo(json.dumps(document, indent=2))
        return
    for name, found in zip(question.outcomes, findings.estimates, strict=True):
        click.echo(_in_words(name, found))
    for notice in findings.notices:
        click.echo(f"Note: {notice}")
    if sealed is not None:
        click.echo(f"Verdict: {verdict.decision.replace('_', ' ')}. {verdict.sentence}")


def _worthwhile(found: "Sensitivity", effect: float | None, *, relative: bool) -> float:
    if effect is not None:
        return abs(effect)
    return found.relative_mde if relative else found.mde


def _of_events(sources: Sequence[str], name: str | None, question: "Question") -> "Findings":
    """
    Answer from our own events: the outcome is a ratio, and a unit that was in both arms is a cluster.
    """
    from telemetry.engines import EngineError
    from telemetry.experiments.analysis import analyse
    from telemetry.experiments.errors import UnusableData
    from telemetry.experiments.own import OUTCOMES, outcome_columns
    from telemetry.sources import SourceError, opened

    if not sources or not name or len(question.outcomes) != 1:
        raise UnusableData("Give --data FILE, or --events SOURCE with --experiment NAME and one --outcome.")
    outcome = question.outcomes[0]
    try:
        with opened(sources, local=Path()) as engine:
            columns = outcome_columns(engine, name, outcome)
    except (SourceError, EngineError) as error:
        raise UnusableData(str(error)) from error
    ratio = OUTCOMES[outcome]
    question = replace(question, outcomes=(ratio.numerator,), treatment="arm", denominator=ratio.denominator)
    return analyse(columns, question)


def _question(values: dict[str, Any], sealed: "Registration | None") -> "Question":
    from telemetry.experiments.analysis import Question

    if sealed is not None:
        _refuse_other_question(values, sealed)
        values = {
            **values,
            "outcomes": values["outcomes"] or (sealed.outcome,),
            "treatment": values["treatment"] or sealed.treatment,
            "denominator": values["denominator"] or sealed.denominator,
            "covariates": values["covariates"] or sealed.covariates,
            "clusters": values["clusters"] or sealed.clusters,
            "log": values["log"] or sealed.log,
            "planned_n": values["planned_n"] or (sealed.planned_n if sealed.looks == 0 else None),
        }
    if values["sources"]:
        values = {**values, "treatment": "arm"}
    if not values["outcomes"] or not values["treatment"]:
        raise click.UsageError("Give --outcome and --treatment, or a --registration that names them.")
    names = ("outcomes", "treatment", "covariates", "clusters", "denominator", "log", "control")
    rest = ("errors", "interval", "planned_n", "look", "split")
    return Question(**{name: values[name] for name in (*names, *rest)})


def _refuse_other_question(values: dict[str, Any], sealed: "Registration") -> None:
    """
    A verdict answers what was promised, and nothing that looked better afterwards.
    """
    from telemetry.experiments.errors import UnusableData

    promised = {
        "outcome": (values["outcomes"], (sealed.outcome,)),
        "treatment": (values["treatment"], sealed.treatment),
        "denominator": (values["denominator"], sealed.denominator),
        "covariate": (values["covariates"], sealed.covariates),
        "cluster": (values["clusters"], sealed.clusters),
        "log": (values["log"], sealed.log),
    }
    for option, (given, sealed_value) in promised.items():
        if given and given != sealed_value:
            raise UnusableData(
                f"The pre-registration promised another --{option}; leave that option out, or the --registration."
            )


def _in_words(name: str, found: "Estimate") -> str:
    if found.relative:
        effect = f"{found.effect:+.1%} (95 % interval {found.ci_low:+.1%} to {found.ci_high:+.1%})"
    else:
        effect = f"{found.effect:+.6g} (95 % interval {found.ci_low:+.6g} to {found.ci_high:+.6g})"
    clusters = f", {found.clusters} clusters" if found.clusters is not None else ""
    return f"{name}: {effect}, p = {found.p_value:.4g}, {found.n} rows{clusters}\n  {found.method}"


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Unusable(f"{file} can't be written: {error.strerror}.") from error
