"""The journal: what people enter about meetings and the work, append-only."""
