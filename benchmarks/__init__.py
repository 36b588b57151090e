"""What pdqi is measured against. Nothing here is needed to run it; see docs/benchmarks.md."""
