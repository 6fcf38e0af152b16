"""A package as its author keeps it: the files of a folder or an archive, and the trees of its YAML files."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from app_catalog.definitions.archive import read_members, write_members
from app_catalog.definitions.hidden_characters import check_hidden_characters
from app_catalog.definitions.members import MAX_FILE, MAX_FILES, MAX_IN_FOLDER, MAX_TOTAL, member_problem, size_limit
from app_catalog.definitions.nodes import Node
from app_catalog.definitions.problems import PackageError, Problem, Problems
from app_catalog.definitions.yaml_reading import YamlBudget, read_yaml


@dataclass(frozen=True, slots=True)
class Source:
    """The files of a package by path, their YAML trees, and what was already wrong on reading."""

    files: Mapping[str, bytes]
    documents: Mapping[str, Node]
    problems: tuple[Problem, ...] = ()


def load_folder(folder: Path) -> Source:
    """The package in ``folder``. Links, unknown files and files too large are noted as problems, never
    followed.

    Hidden files (a leading dot) are left out. ``NotADirectoryError`` when ``folder`` is not a folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(folder)
    problems = Problems()
    files: dict[str, bytes] = {}
    total = 0
    for base, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted([*names, *(entry for entry in folders if (Path(base) / entry).is_symlink())]):
            if name.startswith("."):
                continue
            path = Path(base) / name
            member = PurePosixPath(path.relative_to(folder)).as_posix()
            state = path.lstat()
            total += state.st_size
            if not stat.S_ISREG(state.st_mode):
                problems.add("file-link", member)
            elif _accepts(member, state.st_size, total, len(files), problems):
                files[member] = path.read_bytes()
    return _parse(files, problems)


def load_archive(data: bytes) -> Source:
    """The package in the zip archive ``data``; hostile members are noted as problems and not read."""
    problems = Problems()
    return _parse(read_members(data, problems), problems)


def load_files(files: Mapping[str, bytes]) -> Source:
    """The package made of ``files`` (path to content), held to the same rules as an archive."""
    problems = Problems()
    kept: dict[str, bytes] = {}
    for path, data in sorted(files.items()):
        if _accepts(path, len(data), sum(map(len, kept.values())) + len(data), len(kept), problems):
            kept[path] = data
    return _parse(kept, problems)


def pack(folder: Path) -> bytes:
    """The archive of the package in ``folder``: the same bytes for the same files, whenever and wherever
    made.

    ``PackageError`` when a file cannot be part of a package; the content itself is not checked here.
    """
    source = load_folder(folder)
    report = Problems(list(source.problems)).report()
    if report.errors:
        raise PackageError(report)
    return write_members(source.files)


def pack_source(source: Source) -> bytes:
    """The archive of a source that is already loaded; deterministic like ``pack``."""
    return write_members(source.files)


def _accepts(member: str, size: int, total: int, count: int, problems: Problems) -> bool:
    code = member_problem(member)
    limit = min(MAX_FILE, size_limit(member))
    if code is None and size > limit:
        code = "file-too-large"
    if code is None and (total > MAX_TOTAL or count >= MAX_FILES):
        code = "package-too-large"
    if code is not None:
        problems.add(code, member, limit=f"{limit // 1024} KB")
    return code is None


def _parse(files: Mapping[str, bytes], problems: Problems) -> Source:
    documents: dict[str, Node] = {}
    budget = YamlBudget()
    for path in sorted(_within_folders(files, problems)):
        if path.endswith(".yaml") or path == "publiccode.yml":
            node = read_yaml(path, files[path], problems, budget)
            if node is not None:
                documents[path] = node
        elif path.endswith((".md", ".txt")):
            check_hidden_characters(path, files[path], problems)
    return Source(dict(files), documents, tuple(problems.found))


def _within_folders(files: Mapping[str, bytes], problems: Problems) -> set[str]:
    """The files without those of folders that hold too many; each such folder is told once."""
    kept = set(files)
    for folder, most in MAX_IN_FOLDER.items():
        inside = {path for path in files if path.startswith(f"{folder}/")}
        if len(inside) > most:
            problems.add("too-many-files", f"{folder}/", found=len(inside), max=most)
            kept -= inside
    return kept
