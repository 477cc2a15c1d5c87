"""Settings: ``site`` for serving, from the environment; ``test`` for the tests."""
