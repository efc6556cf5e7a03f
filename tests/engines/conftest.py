"""
The synthetic company of the other tests, for these too.
"""

from tests.telemetry.conftest import company

__all__ = ["company"]
