"""Checks that scenarios speak of records, actions, fields, states, clocks and settings that exist."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from app_catalog.definitions.building.children import children_by_id
from app_catalog.definitions.model import BUILTIN_ATTRIBUTES
from app_catalog.definitions.nodes import MapNode, Node, locate
from app_catalog.definitions.package import PackageReading
from app_catalog.definitions.problems import suggest
from app_catalog.definitions.scenario_names import split_name


def check_scenarios(package: PackageReading) -> None:
    """Note every name of a scenario that the package does not define."""
    for name, scenario in package.canonical["scenarios"].items():
        _Scenario(package, f"scenarios/{name}.yaml").check(scenario)


@dataclass(slots=True)
class _Scenario:
    """One scenario; ``named`` has the record type of each record that a step named."""

    package: PackageReading
    file: str
    named: dict[str, str] = field(default_factory=dict)

    def check(self, scenario: Mapping[str, Any]) -> None:
        settings = self.package.canonical["app"].get("settings", {})
        for setting in scenario.get("given", {}).get("settings", {}):
            self.expect("setting", setting, settings, ("given", "settings", setting))
        for index, step in enumerate(scenario.get("when", ())):
            for verb, what in step.items():
                self.check_step(verb, what, ("when", str(index), verb))
        for index, check in enumerate(scenario.get("then", ())):
            for verb, what in check.items():
                self.check_result(verb, what, ("then", str(index), verb))

    def check_step(self, verb: str, what: Any, path: tuple[str, ...]) -> None:
        if verb == "create":
            record = what.get("record", "")
            if "id" in what:
                self.named[what["id"]] = record
            self.expect_fields(record, what.get("values", {}), (*path, "values"))
        elif verb == "event":
            consumed = self.package.canonical["app"].get("consumes", {}).get(what.get("name", ""), {})
            if "id" in what:
                self.named[what["id"]] = consumed.get("create", "")
        elif verb in ("act", "update"):
            self.check_on(what, path, fields=verb == "update")

    def check_on(self, what: Mapping[str, Any], path: tuple[str, ...], *, fields: bool) -> None:
        record = self.record_of(what.get("on", ""), (*path, "on"))
        if fields:
            self.expect_fields(record, what.get("values", {}), (*path, "values"))
            return
        action = what.get("action", what.get("act", ""))
        key = "action" if "action" in what else "act"
        actions = self.part(record, "workflow").get("actions", {})
        self.expect("action", action, actions if record else None, (*path, key))
        for ask in what.get("values", {}):
            asks = actions.get(action, {}).get("asks", {})
            self.expect("ask", ask, asks if action in actions else None, (*path, "values", ask))

    def check_result(self, verb: str, what: Any, path: tuple[str, ...]) -> None:
        if verb == "state":
            for name, state in what.items():
                record = "" if name == "all" else self.record_of(name, (*path, name))
                states = self.part(record, "workflow").get("states", {})
                self.expect("state", state, states if record else None, (*path, name))
        elif verb in ("value", "clock", "escalated"):
            for name in what:
                self.check_dotted(verb, name, path, what[name])
        elif verb in ("sees", "hidden"):
            record = self.record_of(what.get("on", ""), (*path, "on"))
            self.expect_fields(record, what.get("fields", ()), (*path, "fields"), more=BUILTIN_ATTRIBUTES)
        elif verb == "cannot":
            self.check_cannot(what, path)
        elif verb == "number":
            for name in what:
                self.check_number(name, (*path, name))

    def check_cannot(self, what: Mapping[str, Any], path: tuple[str, ...]) -> None:
        if "act" in what:
            self.check_on(what, path, fields=False)
            return
        updated = self.record_of(what["update"], (*path, "update")) if "update" in what else ""
        self.expect_fields(what.get("create", updated), what.get("values", {}), (*path, "values"))

    def check_number(self, name: str, path: tuple[str, ...]) -> None:
        first, _, which = name.partition(".")
        if which not in self.part(self.named.get(first, ""), "numbers"):
            self.record_of(name, path)

    def check_dotted(self, verb: str, name: str, path: tuple[str, ...], value: Any) -> None:
        first, _, rest = name.partition(".")
        record = self.record_of(first, (*path, name))
        while record:
            step, _, further = rest.partition(".")
            child = children_by_id(self.package.canonical["records"].get(record, {})).get(step.partition("[")[0])
            if not child or not further:
                break
            record, rest = child, further
        if not record:
            return
        if verb in ("clock", "escalated"):
            clocks = self.part(record, "clocks")
            self.expect("clock", rest, clocks, (*path, name))
            if verb == "escalated" and rest in clocks:
                rungs = [str(rung.get("to")) for rung in clocks[rest].get("escalate", {}).values()]
                for whom in value:
                    self.expect("rung", whom, [*rungs, "none"], (*path, name))
        else:
            known = [
                *self.part(record, "fields"),
                *BUILTIN_ATTRIBUTES,
                *(["numbers"] if self.part(record, "numbers") else []),
            ]
            self.expect("attribute", rest.partition(".")[0], known, (*path, name))

    def record_of(self, name: str, path: tuple[str, ...]) -> str:
        """The record type of a named record; empty, with a problem noted, when no step made it."""
        first, *steps = split_name(name) or [(name, None)]
        if first[1] is not None:
            first = (name, None)
        self.expect("scenario-name", first[0], self.named, path)
        record = self.named.get(first[0], "")
        for step, _ in steps:
            children = children_by_id(self.package.canonical["records"].get(record, {}))
            self.expect("children", step, children if record else None, path)
            record = children.get(step, "")
        return record

    def part(self, record: str, key: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.package.canonical["records"].get(record, {}).get(key, {})
        return found

    def expect_fields(
        self, record: str, names: Collection[str], path: tuple[str, ...], *, more: Collection[str] = ()
    ) -> None:
        known = [*self.part(record, "fields"), *more]
        for name in names:
            self.expect("field", name, known if len(known) > len(more) else None, (*path, name))

    def expect(self, namespace: str, name: str, known: Collection[str] | None, path: tuple[str, ...]) -> None:
        if known is None or name in known:
            return
        problems = self.package.reading.problems
        problems.add(f"unknown-{namespace}", self.place(path), path, found=name, suggestion=suggest(name, known))

    def place(self, path: tuple[str, ...]) -> Node | str:
        """The key that a path ends in, else the nearest node above."""
        parent = locate(self.package.source.documents, self.file, path[:-1])
        if isinstance(parent, MapNode) and path[-1] in parent.keys:
            value = parent.entries[path[-1]]
            return value if path[-1] in ("on", "action", "act") else parent.keys[path[-1]]
        return locate(self.package.source.documents, self.file, path)
