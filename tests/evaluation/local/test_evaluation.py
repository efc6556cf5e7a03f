"""
The measure of the local model, measured.
"""

import numpy as np
import pytest
from numpy.typing import NDArray

from lsp_server.providers.local.corpus import SourceFile
from lsp_server.providers.local.ranker import read_ranker, shipped_ranker
from tests.evaluation.local.baselines import copied_line, greedy, longest_suffix, mixed_ngrams
from tests.evaluation.local.corpora import DEVELOPED, TESTED, TRAINED
from tests.evaluation.local.measure import Guess, Result, coverage, exact, local_model, speaking
from tests.evaluation.local.network import make_course, quality, save, train, unite
from tests.evaluation.local.positions import Position, near_duplicates, sample_positions
from tests.evaluation.local.replay import replay, sample_lines
from tests.evaluation.local.teaching import Lesson, index_files, lessons

HANDLERS = "".join(
    f"export function handle{name}(event: Event, context: Context): Result {{\n"
    f"  const payload = parse{name}(event.payload);\n"
    f"  context.logger.debug('handled', payload.id);\n"
    f"  return createResult(payload, {{ retries: {number} }});\n"
    "}\n\n"
    for number, name in enumerate(("Created", "Updated", "Deleted", "Moved", "Copied", "Opened", "Closed", "Sent"))
)
FILES = [SourceFile(f"src/{name}.ts", HANDLERS.replace("payload", name)) for name in ("data", "body", "input")]


def test_a_position_cuts_a_file_in_three() -> None:
    """
    Nothing is lost at a cursor, and the truth ends with its line.
    """
    positions = sample_positions(FILES, 30)
    assert len(positions) == 30
    assert {position.kind for position in positions} == {"line", "between", "word"}
    texts = {file.path: file.text for file in FILES}
    for position in positions:
        assert position.prefix + position.truth + position.suffix == texts[position.path]
        assert "\n" not in position.truth


def test_near_duplicates_are_found() -> None:
    """
    A file of which another holds more than half of the longer lines is not learnt from when that other is asked about.
    """
    lines = [f"const line{number} = {number};" for number in range(10)]
    files = [
        SourceFile("a.ts", "\n".join(lines)),
        SourceFile("b.ts", "\n".join([*lines[:6], "const other = compute();"])),
        SourceFile("c.ts", "\n".join([*lines[:3], *(f"let different{n} = {n};" for n in range(9))])),
    ]
    assert near_duplicates(files) == {"a.ts": ("b.ts",), "b.ts": ("a.ts",), "c.ts": ()}


def result(truth: str, text: str, score: float) -> Result:
    shown = ((score, text),) if text else ()
    return Result(Position("a.ts", "", truth, "", "line"), Guess(text, score, 1.0), shown)


def test_coverage_is_the_largest_share_at_a_precision() -> None:
    """
    Two right, one wrong, one right: at full precision half is covered, at three quarters all of it.
    """
    results = [result("abc", "abc", 0.9), result("abd", "abd", 0.8), result("x", "yyy", 0.5), result("z", "z", 0.3)]
    assert coverage(results, 1.0) == 0.5
    assert coverage(results, 0.75) == 1.0
    assert sum(map(exact, results)) == 3


def test_speaking_counts_right_beginnings() -> None:
    """
    A beginning of what the author wrote is right, text under the threshold or under three characters is not shown.
    """
    results = [
        result("return x;", "return", 0.9),
        result("a", "abc", 0.8),
        result("y", "yes", 0.2),
        result("z", "z", 1),
    ]
    assert speaking(results, 0.7) == (0.5, 0.5)


def toy_lessons(count: int, random: np.random.Generator) -> list[Lesson]:
    made = []
    for _ in range(count):
        features: NDArray[np.float32] = random.normal(size=(4, 3)).astype(np.float32)
        features[3] = (0.0, 0.0, 1.0)
        features[:3, 2] = 0.0
        best = int(features[:3, 0].argmax())
        made.append(Lesson(features, best if features[best, 0] > 0.5 else 3, 0))
    return made


def test_the_network_learns_whom_to_choose_and_when_to_choose_none(tmp_path: object) -> None:
    """
    On lessons with a plain rule nearly all answers are right, alone and united.
    """
    random = np.random.default_rng(1)
    course, check = make_course(toy_lessons(3000, random)), make_course(toy_lessons(500, random))
    rankers = [train(course, epochs=6, seed=seed) for seed in (1, 2)]
    for ranker in (*rankers, unite(rankers)):
        assert quality(ranker, check).loss < 0.35


def test_training_gives_the_same_weights_again() -> None:
    """
    Chance is seeded everywhere.
    """
    course = make_course(toy_lessons(300, np.random.default_rng(1)))
    one, other = train(course, epochs=1, seed=3), train(course, epochs=1, seed=3)
    assert all(
        np.array_equal(a, b) for x, y in zip(one.layers, other.layers, strict=True) for a, b in zip(x, y, strict=True)
    )


def test_weights_are_read_as_they_were_saved(tmp_path_factory: pytest.TempPathFactory) -> None:
    """
    What is shipped is what was trained.
    """
    path = tmp_path_factory.mktemp("weights") / "ranker.npz"
    save(shipped_ranker(), path)
    again = read_ranker(path)
    assert np.array_equal(again.shift, shipped_ranker().shift)
    assert len(again.layers) == len(shipped_ranker().layers)


def test_lessons_name_the_right_candidate() -> None:
    """
    The row marked right exists in each lesson, and is mostly a real candidate in repetitive code.
    """
    found = list(lessons(FILES, 20, seed=1))
    assert all(0 <= lesson.right < len(lesson.features) for lesson in found)
    assert sum(lesson.right < len(lesson.features) - 1 for lesson in found) > 0.8 * len(found)
    assert found[0].features.shape[1] == shipped_ranker().shift.shape[0]


def test_all_models_are_asked_the_same() -> None:
    """
    In code as repetitive as this the local model guesses most lines, and each baseline some.
    """
    index = index_files(FILES)
    positions = sample_positions(FILES, 30)
    models = {
        "ours": local_model(index, shipped_ranker()),
        "copied": copied_line(index),
        "n-grams": greedy(index, mixed_ngrams(6)),
        "suffix": greedy(index, longest_suffix),
    }
    right = {name: sum(exact(guess(position, ())) for position in positions) for name, guess in models.items()}
    assert right["ours"] >= 15
    assert min(right.values()) >= 5


def test_a_replay_never_presses_more_keys_than_there_are() -> None:
    """
    Accepting saves keys; what is shown and wrong costs none.
    """
    index = index_files(FILES)
    typed = replay(sample_lines(FILES, 5), index, shipped_ranker(), dict.fromkeys((f.path for f in FILES), ()))
    assert 0 < typed.keys < typed.characters
    assert typed.accepted <= typed.shown


def test_what_is_measured_on_was_not_learnt_from() -> None:
    """
    The repositories measured are none of the packages learnt from, and everything is named exactly.
    """
    packages = [package for source in (*TRAINED, *DEVELOPED) for package in source.packages]
    assert all(package.rpartition("@")[0] and package.rpartition("@")[2][0].isdigit() for package in packages)
    for repository in TESTED:
        assert len(repository.commit) == 40
        assert not any(repository.name in package for package in packages)
