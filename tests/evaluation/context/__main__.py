"""
`python -m tests.evaluation.context`: the table of recall, see `run`.
"""

import sys

from tests.evaluation.context.run import main

sys.exit(main(sys.argv[1:]))
