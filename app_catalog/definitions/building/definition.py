"""Builds the whole definition."""

from collections.abc import Mapping
from typing import Any

from app_catalog.definitions.building.charts import build_chart
from app_catalog.definitions.building.exchange import build_consumes, build_emits, build_exports
from app_catalog.definitions.building.fields import build_setting
from app_catalog.definitions.building.live import build_indicators, build_live
from app_catalog.definitions.building.parts import Json, build_map, duration, ids, label, ordered, text
from app_catalog.definitions.building.records import build_record
from app_catalog.definitions.building.scenarios import build_scenario
from app_catalog.definitions.model import (
    Channel,
    ChannelText,
    Definition,
    FormStep,
    Message,
    Page,
    PersonalData,
    Role,
    SortKey,
    Text,
)


def build_definition(canonical: Mapping[str, Any], digest: str) -> Definition:
    """The definition of a canonical form whose digest is already known."""
    app = canonical["app"]
    records = {name: build_record(name, spec) for name, spec in sorted(canonical["records"].items())}
    return Definition(
        id=app["id"],
        version=app["version"],
        digest=digest,
        name=Text(app["name"]),
        category=app["category"],
        audience=app["audience"],
        records=records,
        pages=build_map(canonical["pages"], lambda name, spec: _page(name, spec, canonical["records"])),
        messages={name: _message(name, spec) for name, spec in sorted(canonical["messages"].items())},
        roles=build_map(
            app.get("roles"),
            lambda name, spec: Role(name, Text(spec["name"]), spec.get("scope"), spec.get("order", 0)),
        ),
        settings=build_map(app.get("settings"), build_setting),
        personal_data=_personal_data(app["personal_data"]) if "personal_data" in app else None,
        requires={name: wanted for name, wanted in app.get("requires", {}).items() if name == "lumbung"},
        requires_apps=app.get("requires", {}).get("apps", {}),
        exports=build_exports(app),
        emits=build_emits(app, canonical["records"]),
        consumes=build_consumes(app),
        live=build_live(app.get("live")),
        indicators=build_indicators(app.get("indicators")),
        scenarios={name: build_scenario(name, spec) for name, spec in sorted(canonical["scenarios"].items())},
        examples={name: _examples(spec) for name, spec in sorted(canonical["examples"].items())},
        publiccode=canonical["publiccode"],
        documents=canonical.get("documents", {}),
        readme=canonical["readme"],
        changelog=canonical["changelog"],
        files=canonical["files"],
        format=app["format"],
    )


def _personal_data(spec: Json) -> PersonalData:
    return PersonalData(Text(spec["purpose"]), spec["basis"], duration(spec["retention"]))


def _examples(examples: Json) -> tuple[Mapping[str, Any], ...]:
    return tuple({key: value for key, value in values.items() if key != "order"} for _, values in ordered(examples))


_CHANNELS: tuple[Channel, ...] = ("email", "sms")


def _message(name: str, spec: Json) -> Message:
    return Message(
        id=name,
        channels={
            channel: ChannelText(body=Text(spec[channel]["body"]), subject=text(spec[channel].get("subject")))
            for channel in _CHANNELS
            if channel in spec
        },
    )


def _page(name: str, spec: Json, records: Json) -> Page:
    title = label(name, spec, "title")
    if "title" not in spec and spec.get("record") in records:
        title = Text(records[spec["record"]]["name"])
    return Page(
        id=name,
        kind=spec["kind"],
        title=title,
        audience=ids(spec["for"]),
        record=spec.get("record"),
        order=spec.get("order", 0),
        text=text(spec.get("text")),
        steps=build_map(
            spec.get("steps"),
            lambda step, own: FormStep(
                step, Text(own["label"]), ids(own["fields"]), own.get("order", 0), text(own.get("help"))
            ),
        ),
        done=text(spec.get("done")),
        paged=spec.get("paged"),
        columns=ids(spec.get("columns")),
        filters=ids(spec.get("filters")),
        sort=tuple(SortKey(key.removeprefix("-"), key.startswith("-")) for key in spec.get("sort", ())),
        group_by=spec.get("groups"),
        popup=ids(spec.get("popup")),
        fields=ids(spec.get("fields")),
        opens=spec.get("opens"),
        date=spec.get("date"),
        charts=build_map(spec.get("charts"), build_chart),
        downloads=ids(spec.get("downloads")),
    )
