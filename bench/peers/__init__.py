"""What Lumbung is measured against: see docs/bench.md."""
