"""Benchmarks: what the service takes for its work, beside limits measured in the same run. See bench/README.md."""
