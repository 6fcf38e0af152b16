"""Checks of checklists: that an action asks one of those who give its files, or of those who give the verdicts."""

from app_catalog.definitions.nodes import locate
from app_catalog.definitions.package import PackageReading


def check_checklists(package: PackageReading) -> None:
    """Note actions that ask for a checklist of somebody who gives neither files nor verdicts, or of both at once."""
    for name, record in package.canonical["records"].items():
        fields = record.get("fields", {})
        for action, own in record.get("workflow", {}).get("actions", {}).items():
            by = set(own.get("by", ()))
            for ask in own.get("asks", {}):
                spec = fields.get(ask, {})
                if spec.get("type") != "checklist":
                    continue
                givers, judges = set(spec.get("files_by", ())), set(spec.get("verdict_by", ()))
                if not by or not (by <= givers or by <= judges):
                    path = ("workflow", "actions", action, "asks", ask)
                    place = locate(package.source.documents, f"records/{name}.yaml", path)
                    package.reading.problems.add("checklist-asked-of-others", place, path, found=ask)
            for ask, spec in own.get("asks", {}).items():
                if ask not in fields and spec.get("type") == "checklist":
                    path = ("workflow", "actions", action, "asks", ask)
                    place = locate(package.source.documents, f"records/{name}.yaml", path)
                    package.reading.problems.add("checklist-in-history", place, path, found=ask)
