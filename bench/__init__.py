"""Measures Lumbung beside the limit of its stack and beside what a Django team would pick (docs/bench.md)."""
