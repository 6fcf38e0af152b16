"""The three cities of the demonstration, and the officer whose claim waits for the operator."""

from __future__ import annotations

from app_runtime.demonstration.cities.surabaya import SURABAYA
from app_runtime.demonstration.cities.tangerang import TANGERANG
from app_runtime.demonstration.cities.tangsel import TANGSEL
from app_runtime.demonstration.script import City

CITIES: tuple[City, ...] = (TANGSEL, SURABAYA, TANGERANG)
"""In the order in which they are loaded; the first one publishes the app."""
