"""The declarations of the KPIs, by section."""
