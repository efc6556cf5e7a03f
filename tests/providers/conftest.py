"""
An environment without credentials of the machine that runs the tests.
"""

from pathlib import Path

import pytest

from tests.providers.routes import ROUTES, SECRET

PREFIXES = ("ANTHROPIC_", "AWS_")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """
    Only a key of ours; no files of the user, no metadata service, no proxy.
    """
    import os

    for name in list(os.environ):
        if name.startswith(PREFIXES) or name.upper() in PROXIES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(params=ROUTES)
def route(request: pytest.FixtureRequest) -> str:
    """
    Each way to Claude.
    """
    name: str = request.param
    return name
