"""Pictures as Vega-Lite specifications. Each is a pure function of what it shows."""
