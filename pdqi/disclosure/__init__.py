"""The wall between raw figures and everything that can be seen, downloaded or logged."""

from pdqi.disclosure.rounding import DAYS_IN_QUARTER, half_up, rounded
from pdqi.disclosure.tables import Family, protect

__all__ = ["DAYS_IN_QUARTER", "Family", "half_up", "protect", "rounded"]
