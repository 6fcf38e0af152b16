"""Sponsors: who pays for an app, a municipality's hosting or the platform, and what it made possible (ADR 60)."""
