"""The figures: what each counts, and how they are measured."""
