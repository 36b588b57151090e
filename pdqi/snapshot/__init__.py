"""Snapshots: one frozen set of figures, and every file that is made from it."""
