"""What runs: records, workflow, clocks, pages, the inbox."""
