"""Exact statistics: pure functions on numbers and arrays."""
