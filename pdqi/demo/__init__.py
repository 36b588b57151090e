"""Invented people for demonstration: five years of care that resemble what was published.

Every value is drawn by hashing the seed, the person's number and the name of the draw, so the
same call gives the same bytes on any number of threads. `docs/demonstration.md` says what was
put into the data; teams, treatments, codes and words come from config alone.
"""

from pdqi.demo.make import FIRST_DAY, IMPROVEMENT_MONTH, LAST_DAY, OUTAGE_MONTH, SPIKE_MONTH, demo

__all__ = ["FIRST_DAY", "IMPROVEMENT_MONTH", "LAST_DAY", "OUTAGE_MONTH", "SPIKE_MONTH", "demo"]
