"""Dates with their time in forms: those of the settings form."""

from app_catalog.installations.moments_form import shown_moment, typed_moment

__all__ = ["shown_moment", "typed_moment"]
