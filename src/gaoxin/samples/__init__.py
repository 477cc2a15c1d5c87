"""The synthetic sample city; everything it makes says that it is synthetic."""

from gaoxin.samples.city import SEED, City, make_city
from gaoxin.samples.files import write_city
from gaoxin.samples.seeds import SeedZone, shipped_zones

__all__ = ["SEED", "City", "SeedZone", "make_city", "shipped_zones", "write_city"]
