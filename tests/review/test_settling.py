"""
Of all that is claimed, each hazard is shown once, under a name for good, unless something silences it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from lsp_server.review.baseline import Baseline, of_findings
from lsp_server.review.finding import Category, Claim, NoFixReason, Origin, Placed, Severity, WithheldReason
from lsp_server.review.placing import place
from lsp_server.review.settling import Policy, Settled, policy_of, settle
from lsp_server.review.source import Source, by_path
from lsp_server.settings import Settings
from tests.review.changes import source
from tests.review.code import CODE
from tests.support.quoting import claim_of

LOAD = claim_of("src/a.ts", "const user = await this.load(id);")
ASYNC = replace(LOAD, category=Category.ASYNC)
SAVE = "async function run() {\n  save();\n}\n"


def test_an_id_is_of_the_code_alone() -> None:
    """
    Other words, another severity, confidence or line keep the id; another category or path does not.
    """
    below = source("// One more line.\n\n" + CODE)
    same = [
        named(LOAD),
        named(replace(LOAD, message="In other words.", severity=Severity.INFO, confidence=61)),
        named(LOAD, below),
        named(LOAD, source(CODE.replace("  ", "\t").replace('"', "'"))),
        named(
            replace(LOAD, quote="const user = await this.load(\n        id,\n      )"),
            source(CODE.replace("await this.load(id);", "await this.load(\n        id,\n      )")),
        ),
    ]
    assert len(set(same)) == 1
    assert named(ASYNC) != same[0]
    assert named(replace(LOAD, file="b.ts"), source(CODE, path="b.ts")) != same[0]
    assert re.fullmatch("[0-9a-f]{32}", same[0])


def test_an_id_survives_the_renaming_of_its_file() -> None:
    """
    With git's word for where the file came from, the old id stays, and dismissals under either path hold.
    """
    moved, claim = source(CODE, path="src/b.ts"), replace(LOAD, file="src/b.ts")
    settled = settled_with([claim], moved, renames={"src/b.ts": "src/a.ts"})
    assert settled.findings[0].id == named(LOAD)
    dismissed = of_findings(settled_with([claim], moved).findings)
    assert settled_with([claim], moved, baseline=dismissed, renames={"src/b.ts": "src/a.ts"}).findings == ()


def test_a_name_that_was_taken_over_is_not_shared() -> None:
    """
    When a new file takes the old name of a renamed one, equal code in both is two findings.
    """
    sources = by_path([source(CODE, path="src/a.ts"), source(CODE, path="src/b.ts")])
    placed = [place(replace(LOAD, file=file), sources) for file in sources]
    settled = settle(
        [one for one in placed if isinstance(one, Placed)],
        sources,
        policy=Policy(),
        baseline=Baseline(),
        renames={"src/b.ts": "src/a.ts"},
    )
    assert len({finding.id for finding in settled.findings}) == 2


def test_equal_code_in_two_functions_has_two_ids() -> None:
    """
    The same hazard twice is two findings, and each keeps its id when the other goes away or moves.
    """
    twice = "function a() {\n  save(1);\n  save(1);\n}\nfunction b() {\n  save(1);\n}\n"
    under_review = source(twice)
    claim = claim_of("src/a.ts", "save(1);")
    spans = [under_review.lexemes.span(found) for found in under_review.lexemes.occurrences(("save", "(", "1", ")"))]
    found = settle(
        [Placed(claim=claim, span=span) for span in spans],
        by_path([under_review]),
        policy=Policy(),
        baseline=Baseline(),
        renames={},
    ).findings
    assert len({finding.id for finding in found}) == 3
    assert [finding.symbol for finding in found] == ["a", "a", "b"]


def test_one_hazard_said_twice_is_shown_once() -> None:
    """
    Of two claims on the same code in one category the surer one stays.
    """
    surer = replace(LOAD, confidence=95, message="Surely.")
    longer = replace(LOAD, quote=LOAD.quote + "\n      found.push(user);", confidence=70)
    settled = settled_with([LOAD, surer, longer])
    assert [finding.message for finding in settled.findings] == ["Surely."]
    assert [withheld.reason for withheld in settled.withheld] == [WithheldReason.DUPLICATE] * 2


@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("origin", Origin)
def test_only_policy_makes_an_error(severity: Severity, origin: Origin) -> None:
    """
    A claim is a warning at most, until the workspace says that its category matters and it is sure enough.
    """
    claim = replace(LOAD, severity=severity, origin=origin, confidence=90)
    assert settled_with([claim]).findings[0].severity is min(severity, Severity.WARNING, key=lambda one: one.rank)
    strict = Policy(error_categories=frozenset({"correctness"}), error_confidence=90)
    assert settled_with([claim], policy=strict).findings[0].severity is Severity.ERROR
    assert settled_with([replace(claim, confidence=89)], policy=strict).findings[0].severity is not Severity.ERROR


def test_what_policy_withholds() -> None:
    """
    A category that is switched off, and too little confidence, each have their reason.
    """
    unsure = replace(ASYNC, quote="return found;", confidence=59)
    settled = settled_with([LOAD, unsure], policy=Policy(categories=frozenset({"async"})))
    assert settled.findings == ()
    assert {withheld.reason for withheld in settled.withheld} == {
        WithheldReason.CATEGORY_OFF,
        WithheldReason.LOW_CONFIDENCE,
    }


@pytest.mark.parametrize(
    ("message", "is_shown"),
    [
        ("Unused import of `readFile`.", False),
        ("Consider adding unit tests for this.", False),
        ("Missing JSDoc on an exported function.", False),
        ("Add a comment that explains this.", False),
        ("Nit: prefer const.", False),
        ("Consider renaming this variable.", False),
        ("Missing await: the promise is dropped.", True),
        ("Missing documentation: the handler relies on the comment to be parsed.", True),
        ("Missing return types are inferred as any, so a null gets through.", True),
        ("Adding a test user here leaks its password.", True),
        ("The unused import was the only thing that registered the handler.", True),
        ("Consider a store without the id: this throws.", True),
        ("Comments are rendered unescaped.", True),
    ],
)
def test_what_is_never_reported(message: str, is_shown: bool) -> None:
    """
    Remarks on style, comments and tests are withheld; a defect that is put in such words is not.
    """
    settled = settled_with([replace(LOAD, message=message)])
    assert bool(settled.findings) is is_shown
    if not is_shown:
        assert settled.withheld[0].reason is WithheldReason.DO_NOT_REPORT
    assert settled_with([replace(LOAD, message=message, origin=Origin.RULE)]).findings


def test_limits_keep_the_gravest() -> None:
    """
    Three of a file and so many of a run are shown; the rest is withheld with all that is known of it.
    """
    text = "".join(f"call{number}();\n" for number in range(8))
    claims = [replace(claim_of("src/a.ts", f"call{number}();"), confidence=60 + number) for number in range(8)]
    settled = settled_with(claims, source(text))
    assert [finding.line for finding in settled.findings] == [6, 7, 8]
    assert [one.finding.line for one in settled.withheld if one.finding] == [5, 4, 3, 2, 1]
    assert {one.reason for one in settled.withheld} == {WithheldReason.OVER_LIMIT}
    assert len(settled_with(claims, source(text), policy=Policy(max_findings=2, max_per_file=9)).findings) == 2


@pytest.mark.parametrize(
    ("text", "is_silenced"),
    [
        ("// pacenotes-ignore[correctness]: it is meant\nsave();", True),
        ("save(); // pacenotes-ignore[correctness]: it is meant", True),
        ("/* pacenotes-ignore[correctness]: it is meant */\nsave();", True),
        ("/* pacenotes-ignore[correctness]: it is meant */ save();", True),
        ("// pacenotes-ignore[async, correctness]: both\nsave();", True),
        ("// pacenotes-ignore[correctness]: one\n// More.\n\nsave();", True),
        ("// pacenotes-ignore[some-rule]: by the rule\nsave();", True),
        ("// pacenotes-ignore[correctness]: over several lines\nconst a = call(\n  b,\n  save(),\n);", True),
        ("// pacenotes-ignore[correctness]: only the head\nif (a) {\n  save();\n}", False),
        ("// PACENOTES-IGNORE[correctness]: shouted\nsave();", False),
        ("// pacenotes-ignore[async]: another\nsave();", False),
        ("// pacenotes-ignore[correctness]:\nsave();", False),
        ("// pacenotes-ignore[correctness]\nsave();", False),
        ("// pacenotes-ignore: everything\nsave();", False),
        ("// pacenotes-ignore[correctness]: too far\nother();\nsave();", False),
        ('const a = "// pacenotes-ignore[correctness]: no comment";\nsave();', False),
        ("save();\n// pacenotes-ignore[correctness]: below", False),
    ],
)
def test_comments_silence_what_they_name(text: str, is_silenced: bool) -> None:
    """
    A comment above or behind the code silences a category or a rule, if it gives a reason.
    """
    claim = replace(claim_of("src/a.ts", "save()"), origin=Origin.RULE, rule="some-rule")
    settled = settled_with([claim], source(text + "\n"))
    assert (settled.findings == ()) is is_silenced
    if is_silenced:
        (withheld,) = settled.withheld
        assert withheld.reason is WithheldReason.SUPPRESSED
        assert withheld.detail
        assert len(settled.new_suppressions) == 1


def test_a_comment_among_elements_silences() -> None:
    """
    JSX comments, in their braces, do as others do.
    """
    text = "const a = (\n  <p>\n    {/* pacenotes-ignore[correctness]: it is meant */}\n    <b>{x!}</b>\n  </p>\n);\n"
    claim = claim_of("src/a.tsx", "<b>{x!}</b>")
    assert settled_with([claim], source(text, path="src/a.tsx")).findings == ()


def test_comments_that_silence_nothing_are_named() -> None:
    """
    One that was written for code under review, or that gives no reason, is reported; one beside the change is not.
    """
    comment = "// pacenotes-ignore[correctness]: it is meant\n"
    unused = settled_with([], source(comment + SAVE)).unused_suppressions
    assert unused == ("src/a.ts:1: pacenotes-ignore[correctness] silences nothing.",)
    flawed = settled_with([], source("// pacenotes-ignore[async]\n" + SAVE)).unused_suppressions
    assert flawed == ("src/a.ts:1: pacenotes-ignore[async] gives no reason, so it silences nothing.",)
    assert settled_with([], source(comment + SAVE, comment + SAVE + "x();\n")).unused_suppressions == ()
    without_model = settle(
        [], by_path([source(comment + SAVE)]), policy=Policy(), baseline=Baseline(), renames={}, asked_model=False
    )
    assert without_model.unused_suppressions == ()


def test_a_dismissal_silences_and_grows_stale() -> None:
    """
    The baseline silences with its reason, whatever the formatter does, and is named when the code is gone.
    """
    dismissed = of_findings(settled_with([LOAD]).findings, "it is meant")
    (withheld,) = settled_with([LOAD], baseline=dismissed).withheld
    assert (withheld.reason, withheld.detail) == (WithheldReason.BASELINE, "it is meant")
    assert settled_with([], source(CODE.replace("  ", "\t")), baseline=dismissed).unused_suppressions == ()
    gone = settled_with([], source(CODE.replace("this.load", "this.get")), baseline=dismissed)
    assert len(gone.unused_suppressions) == 1
    assert settled_with([], source("x();\n", path="b.ts"), baseline=dismissed).unused_suppressions == ()


def test_findings_come_in_order_with_their_fixes() -> None:
    """
    Findings are ordered by place, and each has its fix or the reason for having none.
    """
    claims = [
        replace(claim_of("src/a.ts", "return found;", "return [...found];"), message="m" * 400),
        replace(LOAD, replacement="const user = ("),
        claim_of("src/a.ts", "return rows;"),
    ]
    findings = settled_with(claims).findings
    assert [finding.line for finding in findings] == [26, 33, 48]
    assert [(finding.fix is not None, finding.no_fix) for finding in findings] == [
        (False, NoFixReason.TRUNCATED),
        (True, None),
        (False, None),
    ]
    assert len(findings[1].message) == 300


def test_the_order_of_claims_does_not_matter() -> None:
    """
    Replies that come in another order settle to the same findings.
    """
    claims = [LOAD, ASYNC, claim_of("src/a.ts", "return found;"), replace(LOAD, message="Again."), ASYNC]
    assert settled_with(claims) == settled_with(claims[::-1])


def test_policy_is_what_the_settings_say() -> None:
    """
    With settings as they come, everything but the unsure is shown.
    """
    assert policy_of(Settings()) == Policy()


def settled_with(
    claims: list[Claim],
    under_review: Source | None = None,
    *,
    policy: Policy | None = None,
    baseline: Baseline | None = None,
    renames: Mapping[str, str] | None = None,
) -> Settled:
    sources = by_path([under_review or source(CODE)])
    placed = [place(claim, sources) for claim in claims]
    assert all(isinstance(one, Placed) for one in placed), placed
    return settle(
        [one for one in placed if isinstance(one, Placed)],
        sources,
        policy=policy or Policy(),
        baseline=baseline or Baseline(),
        renames=renames or {},
    )


def named(claim: Claim, under_review: Source | None = None) -> str:
    (finding,) = settled_with([claim], under_review).findings
    return finding.id
