"""How deprecations travel in a backup."""

from __future__ import annotations

from lumbung.backup.carrying import Carrying, carry

carry("deprecations", Carrying(reason="A publisher's words stand in the catalog where they were given."))
