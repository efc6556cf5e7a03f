"""
The synthetic company of the other tests, and a browser to look at pages about it with.
"""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.telemetry.conftest import company

__all__ = ["company"]

CALM = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """
    Chromium, without a window.
    """
    program = shutil.which("chromium")
    assert program, "Run `make test-accessibility`, which installs a browser."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CALM)
        yield browser
        browser.close()
