"""Measured figures, as ratios within one run: `python -m benchmarks` (docs/benchmarks.md)."""
