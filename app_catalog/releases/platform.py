"""Which versions of Lumbung a package runs on."""

from __future__ import annotations

from app_catalog.definitions.model import Definition
from app_catalog.definitions.versions import in_range
from lumbung.errors import Conflict
from lumbung.i18n import Text
from lumbung.version import VERSION

_NEEDS = Text(
    "Versi ini membutuhkan Lumbung {range}; di sini berjalan {version}. Pilih versi lain, atau minta pengelola "
    "platform memperbarui Lumbung.",
    "This version needs Lumbung {range}; {version} runs here. Choose another version, or ask the platform's operator "
    "to update Lumbung.",
)


def range_missed(definition: Definition) -> str | None:
    """The range of Lumbung versions that the package asks for, when the one that runs here is not in it."""
    wanted = definition.requires.get("lumbung")
    return wanted if wanted and not in_range(VERSION, wanted) else None


def require_platform(definition: Definition) -> None:
    """Raise Conflict unless the Lumbung that runs here is in the range of the package's `requires`."""
    missed = range_missed(definition)
    if missed is not None:
        raise Conflict(_NEEDS.format(range=missed, version=VERSION))
