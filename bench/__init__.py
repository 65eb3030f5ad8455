"""Benchmarks: ratios measured in one run (see `make bench`)."""
