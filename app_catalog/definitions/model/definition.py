"""The compiled definition: everything that the platform runs an app by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app_catalog.definitions.model.exchange import Consume, Emit
from app_catalog.definitions.model.fields import SettingSpec
from app_catalog.definitions.model.live import Indicator, Live
from app_catalog.definitions.model.pages import Message, Page
from app_catalog.definitions.model.records import RecordType
from app_catalog.definitions.model.scenarios import Scenario
from app_catalog.definitions.model.texts import Text
from app_catalog.definitions.model.values import Duration


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the app; with ``scope`` ``agency`` it works for its own agency only."""

    id: str
    name: Text
    scope: Literal["agency"] | None = None
    order: int = 0


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Purpose, legal basis and retention (from the last activity) of personal data; Law 27/2022."""

    purpose: Text
    basis: str
    retention: Duration


@dataclass(frozen=True, slots=True)
class Definition:
    """One app at one version, compiled from its canonical form; immutable, safe to share between threads.

    Maps keep the order in which people should see things. ``digest`` identifies the canonical form
    (``sha256:<hex>``) and is the key for caches. ``requires`` has a SemVer range under ``lumbung``,
    ``requires_apps`` one by app.
    ``files`` maps the path of each binary or picture of the package to its own digest. ``examples`` are
    demonstration records by type, ``documents`` Typst templates by id.
    """

    id: str
    version: str
    digest: str
    name: Text
    category: str
    audience: Literal["public-service", "government"]
    records: Mapping[str, RecordType]
    pages: Mapping[str, Page]
    messages: Mapping[str, Message]
    roles: Mapping[str, Role] = field(default_factory=dict)
    settings: Mapping[str, SettingSpec] = field(default_factory=dict)
    personal_data: PersonalData | None = None
    requires: Mapping[str, str] = field(default_factory=dict)
    requires_apps: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    live: Live = Live()  # noqa: RUF009 - immutable
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    exports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    emits: Mapping[str, Emit] = field(default_factory=dict)
    consumes: Mapping[str, Consume] = field(default_factory=dict)
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    examples: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    publiccode: Mapping[str, Any] = field(default_factory=dict)
    readme: str = ""
    changelog: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = 1

    def default_settings(self) -> dict[str, Any]:
        """The package's own value of every setting, a fresh dict; settings without a default are absent."""
        return {spec.id: spec.default for spec in self.settings.values() if spec.default is not None}
