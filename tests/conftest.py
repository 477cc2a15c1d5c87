"""How properties are tried: without a clock, and in continuous integration with the same examples each time."""

import os

from hypothesis import HealthCheck, settings

# A busy machine is no reason for a test to fail, and a check of one change is no place to meet an old surprise: the
# random search goes on at every desk.
settings.register_profile(
    "gaoxin", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("gaoxin")
