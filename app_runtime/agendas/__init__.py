"""Calendars: records on the days of one of their dates, as a page and as a feed to subscribe to (RFC 5545)."""
