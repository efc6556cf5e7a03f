"""
The rows of a trial as arrays, or one sentence on why they can't be analysed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from telemetry.experiments.errors import UnusableData

Floats = NDArray[np.float64]

LONGEST_SHOWN = 40
"""How many characters of a bad cell are shown."""

_TERM = re.compile(r"(log|C)\((.+)\)")
_WHOLE = re.compile(r"[0-9]+\.0+")

CONTROLS = frozenset({"0", "false", "no", "off", "control", "holdout", "baseline", "a"})
"""Labels that name the arm without the treatment, in any case."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Sample:
    """
    The complete rows of a trial, one entry a row in each array.

    `treated` is 0.0 or 1.0. `clusters` numbers the cluster of each row from 0, or is None.
    `denominator` is None unless the outcome is a ratio of sums.
    `dropped` counts rows left out because a value was missing; `control` and `treatment` name the arms.
    """

    outcome: Floats
    treated: Floats
    covariates: Floats
    clusters: NDArray[np.intp] | None = None
    denominator: Floats | None = None
    dropped: int = 0
    control: str = "0"
    treatment: str = "1"

    @property
    def n(self) -> int:
        """
        Rows.
        """
        return len(self.outcome)

    @property
    def cluster_count(self) -> int | None:
        """
        Clusters, or None when rows stand alone.
        """
        return None if self.clusters is None else int(self.clusters.max()) + 1

    @property
    def assigns_whole_clusters(self) -> bool:
        """
        Whether no cluster has rows in both arms.
        """
        if self.clusters is None:
            return False
        treated = np.bincount(self.clusters, weights=self.treated)
        size = np.bincount(self.clusters)
        return bool(np.all((treated == 0) | (treated == size)))


def sample_of(
    columns: Mapping[str, Sequence[object]],
    *,
    outcome: str,
    treatment: str,
    covariates: Sequence[str] = (),
    clusters: Sequence[str] = (),
    denominator: str | None = None,
    control: str | None = None,
) -> Sample:
    """
    Take the named columns of a table; rows that miss a value in any of them are left out and counted.

    Several `clusters` are taken together: rows are in one cluster when all of them agree.
    A covariate is a column of numbers, `log(column)`, or `C(column)` for the levels of a column, as in a formula of
    statsmodels or R; a column that has such a name itself goes before.

    Raises:
        UnusableData: a column is absent, holds text where numbers are needed, or the arms are not two.
    """
    terms = [_term(name, columns) for name in covariates]
    numeric = (outcome, *(name for kind, name in terms if kind != "C"), *((denominator,) if denominator else ()))
    levels = [name for kind, name in terms if kind == "C"]
    for name in (*numeric, treatment, *clusters, *levels):
        if name not in columns:
            there = ", ".join(columns) or "none"
            raise UnusableData(f"There is no column {name!r}; the columns are {there}.")
    if outcome in (treatment, denominator, *(name for _, name in terms)):
        raise UnusableData(f"Column {outcome!r} is the outcome; it can't be anything else besides.")
    numbers = {name: _numbers(name, columns[name]) for name in numeric}
    labels = {name: _labels(columns[name]) for name in (treatment, *clusters, *levels)}
    complete = np.ones(len(columns[outcome]), dtype=bool)
    for values in numbers.values():
        complete &= np.isfinite(values)
    for texts in labels.values():
        complete &= texts != ""
    if not complete.any():
        raise UnusableData("No row has a value in every column that is asked for.")
    given = np.array([_plain_number(label) for label in labels[treatment][complete]])
    arms = _arms(treatment, given, control)
    adjusted = [
        _indicators(labels[name][complete]) if kind == "C" else _transformed(kind, name, numbers[name][complete])
        for kind, name in terms
    ]
    return Sample(
        outcome=numbers[outcome][complete],
        treated=(given == arms[1]).astype(float),
        covariates=np.column_stack([np.empty((int(complete.sum()), 0)), *adjusted]),
        clusters=_numbered([labels[name][complete] for name in clusters]) if clusters else None,
        denominator=numbers[denominator][complete] if denominator else None,
        dropped=int((~complete).sum()),
        control=arms[0],
        treatment=arms[1],
    )


def _term(name: str, columns: Mapping[str, Sequence[object]]) -> tuple[str, str]:
    """
    What is to be done with a covariate's column, and which that is.
    """
    match = None if name in columns else _TERM.fullmatch(name)
    return (match[1], match[2].strip()) if match else ("", name)


def _transformed(kind: str, name: str, values: Floats) -> Floats:
    if kind != "log":
        return values
    if (bad := int((values <= 0).sum())) > 0:
        raise UnusableData(f"{bad} row(s) of column {name!r} are zero or less and have no logarithm.")
    return np.log(values)


def _indicators(labels: NDArray[np.str_]) -> Floats:
    """
    A column of 0 and 1 for each level but the first.
    """
    return np.asarray(labels[:, None] == np.unique(labels)[None, 1:], dtype=float)


def _numbers(name: str, values: Sequence[object]) -> Floats:
    try:
        return np.array([np.nan if _is_missing(value) else float(str(value)) for value in values])
    except ValueError:
        row = next(row for row, value in enumerate(values) if not _is_missing(value) and not _is_number(value))
        raise UnusableData(
            f"Column {name!r} holds {str(values[row])[:LONGEST_SHOWN]!r} in row {row + 1} where a number is needed; "
            "correct or empty that cell."
        ) from None


def _labels(values: Sequence[object]) -> NDArray[np.str_]:
    return np.array(["" if _is_missing(value) else _label(value) for value in values], dtype=np.str_)


def _plain_number(label: str) -> str:
    """
    The label of an arm, the number 1 always written alike.
    """
    return label.split(".", maxsplit=1)[0] if _WHOLE.fullmatch(label) else label


def _label(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _is_missing(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return value is None or str(value).strip().lower() in {"", "na", "nan", "null", "none"}


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True


def _arms(name: str, labels: NDArray[np.str_], control: str | None) -> tuple[str, str]:
    arms = sorted(set(labels.tolist()), key=_arm_order)
    if len(arms) == 1:
        raise UnusableData(f"Column {name!r} has one arm only, {arms[0]!r}; an effect needs a control and a treatment.")
    if len(arms) != 2:
        listed = ", ".join(repr(arm) for arm in arms[:6])
        raise UnusableData(f"Column {name!r} has {len(arms)} arms ({listed}); keep the rows of two.")
    if control is None:
        return arms[0], arms[1]
    control = _plain_number(control.strip())
    if control not in arms:
        raise UnusableData(f"Column {name!r} has no arm {control!r}; its arms are {arms[0]!r} and {arms[1]!r}.")
    return control, next(arm for arm in arms if arm != control)


def _arm_order(label: str) -> tuple[bool, float, str]:
    # Two numbers are compared as numbers, so that dose 10 comes after dose 9.
    return label.lower() not in CONTROLS, float(label) if _is_number(label) else 0.0, label


def _numbered(columns: Sequence[NDArray[np.str_]]) -> NDArray[np.intp]:
    rows = ["\0".join(row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    return np.unique(rows, return_inverse=True)[1].astype(np.intp)
