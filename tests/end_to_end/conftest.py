"""
A workplace for every test.
"""

from pathlib import Path

import pytest

from tests.support.workplace import Workplace, make_workplace


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    """
    An empty workspace with state of its own.
    """
    return make_workplace(tmp_path)
