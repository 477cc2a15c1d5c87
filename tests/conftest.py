"""Properties run without a deadline: a busy machine is no reason for a test to fail."""

from hypothesis import settings

settings.register_profile("gaoxin", deadline=None)
settings.load_profile("gaoxin")
