"""Archives that no Lumbung wrote, with sums that fit."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lumbung.backup.tar import TarWriter

Members = dict[str, bytes]
Rows = list[dict[str, Any]]


def read_members(archive: Path) -> Members:
    """Every member by name, as it stands in the archive."""
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def write_members(target: Path, members: Members) -> Path:
    """An archive of these members in this order."""
    with target.open("wb") as out:
        tar = TarWriter(out, modified_at=0)
        for name, raw in members.items():
            tar.add(name, io.BytesIO(raw), len(raw))
        tar.finish()
    return target


def rows_of(members: Members, table: str) -> Rows:
    """The rows of a table."""
    lines = gzip.decompress(members[f"tables/{table}.jsonl.gz"]).splitlines()
    return [json.loads(line) for line in lines]


def put_lines(members: Members, table: str, lines: list[str]) -> None:
    """Put other lines in a table's place, with a manifest that fits."""
    raw = "".join(f"{line}\n" for line in lines).encode()
    members[f"tables/{table}.jsonl.gz"] = gzip.compress(raw, mtime=0)
    said = {"rows": len(lines), "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    change_manifest(members, lambda manifest: manifest["tables"].update({table: said}))


def change_rows(members: Members, table: str, change: Callable[[Rows], None]) -> None:
    """Change the rows of a table, with a manifest that fits."""
    rows = rows_of(members, table)
    change(rows)
    put_lines(members, table, [json.dumps(row) for row in rows])


def change_manifest(members: Members, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what the archive says of itself."""
    manifest = json.loads(members["manifest.json"])
    change(manifest)
    members["manifest.json"] = json.dumps(manifest).encode()


def foreign(members: Members) -> None:
    """Make it an archive of some other installation, whose keys nobody here knows."""
    change_manifest(members, lambda manifest: manifest["origin"].update(key="0" * 12, index="0" * 12, mac=""))
