"""
What holds for all tests.
"""

from hypothesis import HealthCheck, settings

# A busy machine is not a fault of the code: how fast it is, benchmarks tell.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
