"""Evaluations by API."""

from ninja import Router

from gaoxin.platform.evaluations.api import rounds, runs

router = Router()
router.add_router("/rounds", rounds.router)
router.add_router("", runs.router)
