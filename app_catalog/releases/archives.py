"""Archives as people make them: the package in a single folder, with the clutter that desktops add."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from app_catalog.definitions.archive import MAX_ARCHIVE, lists_too_many
from app_catalog.definitions.members import MAX_FILE, MAX_FILES, MAX_TOTAL

_CLUTTER = {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".git", ".gitignore"}


def unwrap_folder(archive: bytes) -> bytes:
    """The archive with its members at the top, when all of them stand in one folder that holds `app.yaml`.

    Clutter of desktops is left out. Anything odd (too large, twice, broken) comes back as it was given, so that the
    check of the package names it.
    """
    if len(archive) > MAX_ARCHIVE or lists_too_many(archive):
        return archive
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
            return _rewrite(zipped) or archive
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError):
        return archive


def _rewrite(zipped: zipfile.ZipFile) -> bytes | None:
    infos = zipped.infolist()
    members = [info for info in infos if not info.is_dir() and not _is_clutter(info.filename)]
    tops = {info.filename.split("/", 1)[0] for info in members}
    names = [info.filename for info in members]
    if len(infos) > 3 * MAX_FILES or len(set(names)) != len(names):
        return None
    # Other ways of packing are refused later by name; LZMA would first reserve as much memory as its header says.
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        return None
    folder = f"{tops.pop()}/" if len(tops) == 1 else ""
    wrapped = bool(folder) and f"{folder}app.yaml" in names
    if not wrapped and len(members) == len([info for info in infos if not info.is_dir()]):
        return None
    return _copy(zipped, members, folder if wrapped else "")


def _copy(zipped: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: str) -> bytes | None:
    """The members under their short names; None when their content grows past what a package may hold."""
    buffer, total = io.BytesIO(), 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as copy:
        for info in members:
            with zipped.open(info) as stream:
                content = stream.read(MAX_FILE + 1)
            total += len(content)
            if total > MAX_TOTAL or len(content) > MAX_FILE:
                return None
            short = zipfile.ZipInfo(info.filename[len(folder) :], info.date_time)
            short.external_attr = info.external_attr
            copy.writestr(short, content)
    return buffer.getvalue()


def _is_clutter(name: str) -> bool:
    return bool(_CLUTTER & set(PurePosixPath(name).parts))
