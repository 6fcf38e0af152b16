"""Sponsors as the catalog shows them: of apps and regions, what their use came to, and for programs."""
