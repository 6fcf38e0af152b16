"""Reads a publiccode.yml and says everything that is wrong with it, each with line, key and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from app_catalog.definitions.nodes import MapNode, Node, ScalarNode
from app_catalog.definitions.problems import Problems, Report
from app_catalog.definitions.publiccode.shape import DEPRECATED, KEYS_SINCE, shape_of
from app_catalog.definitions.publiccode.values import note_deprecated
from app_catalog.definitions.publiccode.versions import NEWEST, SUPPORTED, minor_of, shown
from app_catalog.definitions.publiccode.vocabulary import COUNTRIES
from app_catalog.definitions.shape.composites import Plain
from app_catalog.definitions.shape.reading import MISSING, Path, Reading
from app_catalog.definitions.yaml_reading import read_yaml

FILE_NAME = "publiccode.yml"


@dataclass(frozen=True, slots=True)
class PubliccodeFile:
    """A publiccode.yml as it was read.

    `document` has what could be read, countries in capitals and licences as SPDX writes them, lists where the standard
    allows one value alone; it is whole only when `report.ok`. `minor` is the version it was read by (7 for 0.7).
    """

    minor: int
    document: dict[str, Any]
    report: Report


def read_publiccode(data: bytes, *, file: str = FILE_NAME) -> PubliccodeFile:
    """What a publiccode.yml says, and every problem of it. Never raises, whatever the bytes are.

    It is judged by the version that it names, 0.2 to 0.7 (`0` is the newest). What a later version brought is read
    with a warning; what is deprecated since, with a warning and what to write instead. Sections of countries are
    taken as they are. Anchors, aliases and tags are refused, as in packages (`yaml_reading`).
    """
    problems = Problems()
    reading = Reading(problems)
    root = read_yaml(file, data, problems)
    if root is None:
        return PubliccodeFile(NEWEST, {}, problems.report())
    if not isinstance(root, MapNode):
        reading.expected(("kunci-kunci publiccode.yml", "the keys of a publiccode.yml"), root, ())
        return PubliccodeFile(NEWEST, {}, problems.report())
    minor = _minor_of(root, reading)
    core, countries = _apart(root)
    found = shape_of(minor).read(core, (), reading)
    document: dict[str, Any] = found if found is not MISSING else {}
    _check_languages(document, root, reading)
    _check_maintenance(root, minor, reading)
    _check_history(root, minor, reading)
    document |= _read_countries(countries, minor, reading)
    return PubliccodeFile(minor, document, problems.report())


def _minor_of(root: MapNode, reading: Reading) -> int:
    """The version that a file is judged by. One that is not known is judged as the newest; its problem is noted."""
    node = root.entries.get("publiccodeYmlVersion")
    if not isinstance(node, ScalarNode):
        return NEWEST
    minor = minor_of(node.text.strip())
    if minor is None:
        supported = ", ".join(SUPPORTED)
        reading.add(
            "publiccode-version",
            node,
            ("publiccodeYmlVersion",),
            found=node.text[:40],
            newest=shown(NEWEST),
            supported=supported,
        )
        # Said once: the shape would say the same again.
        root.entries["publiccodeYmlVersion"] = replace(node, value=shown(NEWEST), text=shown(NEWEST))
        return NEWEST
    if not isinstance(node.value, str):
        reading.add("publiccode-quotes", node, ("publiccodeYmlVersion",), severity="warning", found=node.text)
    return minor


def _apart(root: MapNode) -> tuple[MapNode, dict[str, tuple[ScalarNode, Node]]]:
    """The core of the file, and the sections of countries by their key."""
    core, countries = MapNode(root.file, root.line, root.column), {}
    for key, key_node, node in root.pairs():
        if key.upper() in COUNTRIES:
            countries[key] = (key_node, node)
        else:
            core.entries[key], core.keys[key] = node, key_node
    return core, countries


def _read_countries(
    sections: dict[str, tuple[ScalarNode, Node]], minor: int, reading: Reading
) -> dict[str, dict[str, Any]]:
    """Sections of countries as plain data, under their code in capitals."""
    found: dict[str, dict[str, Any]] = {}
    for key, (key_node, node) in sections.items():
        code = key.upper()
        if code in found or (key != code and code in sections):
            reading.add("publiccode-country-twice", key_node, (key,), key=key)
            continue
        if minor >= 7:
            instead = ("Pakai “supports” dan “organisation”.", "Use “supports” and “organisation”.")
            note_deprecated(key_node, (key,), reading, since=7, instead=instead)
        elif minor >= 5 and key != code:
            note_deprecated(key_node, (key,), reading, since=5, instead=(f"Tulis “{code}”.", f"Write “{code}”."))
        if not isinstance(node, MapNode):
            reading.expected((f"kunci-kunci bagian {code}", f"the keys of the section {code}"), node, (key,))
            continue
        found[code] = Plain().read(node, (key,), reading)
    return found


def _check_languages(document: dict[str, Any], root: MapNode, reading: Reading) -> None:
    """A long description and features have to be there in one language at least."""
    node = root.entries.get("description")
    if not isinstance(node, MapNode) or not node.entries:
        return
    written = [child for child in node.entries.values() if isinstance(child, MapNode)]
    for key in ("longDescription", "features"):
        if written and not any(key in language.entries for language in written):
            reading.add("publiccode-one-language", root.keys["description"], ("description", key), key=key)


def _check_maintenance(root: MapNode, minor: int, reading: Reading) -> None:
    """Who maintains it must be named by the kind of maintenance."""
    node = root.entries.get("maintenance")
    kind = node.entries.get("type") if isinstance(node, MapNode) else None
    if not isinstance(node, MapNode) or not isinstance(kind, ScalarNode):
        return
    needed = {"contract": "contractors", "internal": "contacts", "community": "contacts"}.get(kind.text)
    if needed and not _has_some(node.entries.get(needed)):
        reading.add("publiccode-needed-for", kind, ("maintenance", needed), key=needed, type=kind.text)
    if minor >= 5 and "contractors" in node.entries and kind.text in ("internal", "community", "none"):
        reading.add("publiccode-contractors", node.keys["contractors"], ("maintenance", "contractors"))


def _has_some(node: Node | None) -> bool:
    # What is there and is no list is noted by its kind.
    return node is not None and (isinstance(node, ScalarNode | MapNode) or bool(node.items))


def _check_history(root: MapNode, minor: int, reading: Reading) -> None:
    """Keys that came after the file's version, and those that were deprecated by then."""
    for (key,), since in KEYS_SINCE.items():
        if key in root.keys and since > minor:
            reading.add("publiccode-too-new", root.keys[key], (key,), severity="warning", key=key, since=shown(since))
    for pattern, (since, instead) in DEPRECATED.items():
        if minor >= since:
            for path, node in _matching(root, pattern, ()):
                note_deprecated(node, path, reading, since=since, instead=instead)


def _matching(node: Node, pattern: tuple[str, ...], path: Path) -> Iterator[tuple[Path, ScalarNode]]:
    """The keys at a pattern; a country's section is found in small letters too."""
    if not isinstance(node, MapNode):
        return
    first, *rest = pattern
    for key, key_node, child in node.pairs():
        if first not in ("*", key) and not (first == key.upper() and first in COUNTRIES):
            continue
        if rest:
            yield from _matching(child, tuple(rest), (*path, key))
        else:
            yield (*path, key), key_node
