"""
The measurement of the rules plants what it says it plants.
"""

from random import Random

from lsp_server.review.rules import RULES
from tests.evaluation.mutants import PLANTS
from tests.evaluation.rules import recall
from tests.review.changes import source

SOUND = """\
async function run(rows: Row[], kind: string, x: unknown): Promise<number> {
  if (kind === 'a' && rows.length > 0) start(rows);
  if (kind !== 'a' && kind !== 'b') stop();
  if (kind === 'a') { one(); } else if (kind === 'b') { two(); }
  const tip = kind ? left : right;
  this.last = kind;
  if (typeof x === 'number' || !(x instanceof Map)) f({ low: 1, high: 2 });
  switch (kind) {
    case 'a': this.n = 1; break;
    case 'b': this.n = 2; break;
  }
  for (let i = 0; i < 3; i++) f(i);
  rows.forEach((row) => { save(row); });
  const done = new Promise((resolve) => { later(resolve); });
  try { f(tip); } catch (error) { log(error); } finally { close(); }
  throw new Error('no');
}
"""


def test_plants_slips_of_every_kind_that_are_found() -> None:
    """
    In code that has a place for each, every rule finds its own, and the sound file itself is silent.
    """
    results = recall([source(SOUND)], Random(1), at_most=2)

    assert set(PLANTS) == {rule.id for rule in RULES} == {mutant.rule for mutant, _ in results}
    assert [mutant.rule for mutant, is_found in results if not is_found] == []
    assert all(mutant.text != SOUND for mutant, _ in results)
