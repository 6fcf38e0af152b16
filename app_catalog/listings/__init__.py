"""Listings: entries of the catalog that are no packages (websites, Android apps, what is hosted elsewhere)."""
