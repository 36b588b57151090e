"""The journal: what people enter about meetings and the work, append-only."""

from pdqi.journal.entry import By, Crossed, Draft, Entered, Entry, Item, Standing
from pdqi.journal.journal import Journal

__all__ = ["By", "Crossed", "Draft", "Entered", "Entry", "Item", "Journal", "Standing"]
