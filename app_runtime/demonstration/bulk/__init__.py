"""Many reports with whole histories, reckoned in memory and written in few statements."""
