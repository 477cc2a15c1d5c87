"""What a change of the rules would cost: every firm under today's book and under a hypothetical one."""

from gaoxin.incentives.simulation.comparison import Comparison
from gaoxin.incentives.simulation.run import SimulationResult, simulate

__all__ = ["Comparison", "SimulationResult", "simulate"]
