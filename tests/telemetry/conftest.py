"""
A synthetic company, written once for all tests that only read it.
"""

from pathlib import Path

import pytest

from telemetry.synthesis.writing import write
from tests.support.companies import SMALL


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    The folder of its events.
    """
    folder = tmp_path_factory.mktemp("company") / "events"
    write(SMALL, folder)
    return folder
