"""What does trading cost? Schedules of fees, duties and levies, presets with their sources, impact and borrow fees.

Must not know the engine, prices or strategies: it answers for one order, by its side, quantity and price.
"""

from vibex.backtest.costs.arithmetic import affordable_quantity, borrow_cost, fee_from_vector, impact
from vibex.backtest.costs.presets import named_costs, preset, preset_names
from vibex.backtest.costs.schedule import Basis, CostSchedule, Levy, Source

__all__ = [
    "Basis",
    "CostSchedule",
    "Levy",
    "Source",
    "affordable_quantity",
    "borrow_cost",
    "fee_from_vector",
    "impact",
    "named_costs",
    "preset",
    "preset_names",
]
