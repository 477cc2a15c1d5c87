"""Statistics by API."""

from ninja import Router

from gaoxin.platform.statistics.api import collections, figures, returns

router = Router()
for _part in (collections, returns, figures):
    router.add_router("", _part.router)
