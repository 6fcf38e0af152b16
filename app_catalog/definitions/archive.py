"""Package archives: zip files with exactly the members of a package, inflated under caps."""

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping

from app_catalog.definitions.members import MAX_FILES, MAX_TOTAL, member_problem, size_limit
from app_catalog.definitions.problems import Problems

MAX_ARCHIVE = MAX_TOTAL
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 64 * 1024
_DIRECTORY_ENTRY = b"PK\x01\x02"


def write_members(files: Mapping[str, bytes]) -> bytes:
    """A zip of ``files`` in the order of their names, with fixed times and modes: same files, same bytes.

    Members are stored, not deflated, because another zlib would deflate to other bytes.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            info = zipfile.ZipInfo(path, _EPOCH)
            info.create_system = 3
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, files[path])
    return buffer.getvalue()


def read_members(data: bytes, problems: Problems) -> dict[str, bytes]:
    """The members that are fit to read; whatever is not is noted."""
    if len(data) > MAX_ARCHIVE:
        problems.add("package-too-large", "archive", limit=f"{MAX_ARCHIVE // 1024} KB")
        return {}
    if lists_too_many(data):
        problems.add("package-too-large", "archive", limit=f"{MAX_FILES} files")
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_all(archive, problems)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        OSError,
    ) as error:
        problems.add("archive-broken", "archive", detail=str(error) or type(error).__name__)
        return {}


def lists_too_many(data: bytes) -> bool:
    """Whether the archive's directory is so long that it should not even be read.

    Every entry begins with its mark (APPNOTE.TXT 6.3.10, 4.3.12), whatever the counts at the archive's end claim;
    reading a hundred thousand takes seconds. Folders and clutter of desktops have room.
    """
    return data.count(_DIRECTORY_ENTRY) > 3 * MAX_FILES


def _read_all(archive: zipfile.ZipFile, problems: Problems) -> dict[str, bytes]:
    members = archive.infolist()
    if len(members) > MAX_FILES:
        problems.add("package-too-large", "archive", limit=f"{MAX_FILES} files")
        return {}
    files: dict[str, bytes] = {}
    seen: set[str] = set()
    total = 0
    for member in members:
        if member.is_dir() and member.file_size == 0 and ".." not in member.filename:
            continue
        code, limit = _member_code(member, seen), size_limit(member.filename)
        seen.add(member.filename.casefold())
        if code is not None:
            problems.add(code, _shown(member.filename), limit=f"{limit // 1024} KB")
            continue
        content = _inflate(archive, member, min(limit, MAX_TOTAL - total))
        if content is None:
            problems.add("file-too-large", _shown(member.filename), limit=f"{limit // 1024} KB")
            continue
        total += len(content)
        files[member.filename] = content
    return files


def _member_code(member: zipfile.ZipInfo, seen: set[str]) -> str | None:
    mode = member.external_attr >> 16
    if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return "file-link"
    if member.flag_bits & 0x1:
        return "file-encrypted"
    # zipfile cuts a name at a NUL, so two names that a person sees as one would slip through.
    if member.orig_filename != member.filename:
        return "file-outside"
    if member.filename.casefold() in seen:
        return "file-twice"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "file-encrypted"
    return member_problem(member.filename)


def _inflate(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes | None:
    """The member's content, None once it grows past ``limit`` whatever its header claims."""
    parts = bytearray()
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            parts += chunk
            if len(parts) > limit:
                return None
    return bytes(parts)


def _shown(name: str) -> str:
    return name.encode("unicode_escape").decode("ascii")[:200]
