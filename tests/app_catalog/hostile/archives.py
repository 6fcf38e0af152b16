"""Archives that mean harm: names that lead outside, links, doubles, bombs, headers that lie."""

from __future__ import annotations

import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator

from tests.app_catalog.hostile.cases import Case, honest_files

NAMES = {
    "parent": ("../evil.yaml", "file-outside"),
    "parent inside": ("records/../../evil.yaml", "file-outside"),
    "parent that ends": ("records/..", "file-outside"),
    "absolute": ("/etc/passwd", "file-outside"),
    "two slashes": ("//server/share.yaml", "file-outside"),
    "backslashes": ("records\\..\\..\\evil.yaml", "file-outside"),
    "network share": ("\\\\server\\share\\evil.yaml", "file-outside"),
    "drive": ("C:/evil.yaml", "file-unknown"),
    "drive with a backslash": ("C:\\evil.yaml", "file-outside"),
    "device of windows": ("records/con.txt", "file-unknown"),
    "stream of windows": ("app.yaml::$DATA", "file-unknown"),
    "dot": ("./app.yaml", "file-unknown"),
    "double slash": ("records//note.yaml", "file-unknown"),
    "trailing space": ("app.yaml ", "file-unknown"),
    "trailing dot": ("app.yaml.", "file-unknown"),
    "line break": ("app.yaml\nx", "file-unknown"),
    "carriage return": ("records/a\r.yaml", "file-unknown"),
    "escape": ("records/\x1b[2J.yaml", "file-unknown"),
    "direction": ("records/\u202elmay.exe", "file-unknown"),
    "full-width": ("records/ｎｏｔｅ.yaml", "file-unknown"),
    "composed": ("records/caf\u00e9.yaml", "file-unknown"),
    "decomposed": ("records/cafe\u0301.yaml", "file-unknown"),
    "dotless i": ("pages/l\u0131st.yaml", "file-unknown"),
    "long s": ("page\u017f/list.yaml", "file-unknown"),
    "long name": ("records/" + "a" * 300 + ".yaml", "file-outside"),
    "name of 64 kB": ("records/" + "a" * 65_000 + ".yaml", "file-outside"),
    "path of 10,000 folders": ("a/" * 10_000 + "b", "file-outside"),
    "shell script": ("install.sh", "file-unknown"),
    "python": ("records/note.py", "file-unknown"),
    "template": ("templates/page.html", "file-unknown"),
    "page of HTML as a screenshot": ("screenshots/a.html", "file-unknown"),
    "drawing as a screenshot": ("screenshots/a.svg", "file-unknown"),
    "hidden": (".hidden/config", "file-unknown"),
    "clutter, which is left out": (".git/config", "accepted"),
    "settings of the server": (".env", "file-unknown"),
    "font of a document": ("documents/font.ttf", "file-unknown"),
    "capital letters": ("APP.YAML", "file-twice"),
    "mixed letters in a folder": ("Records/note.yaml", "file-twice"),
}
MODES = {
    "link": stat.S_IFLNK | 0o777,
    "pipe": stat.S_IFIFO | 0o644,
    "device": stat.S_IFCHR | 0o644,
    "disk": stat.S_IFBLK | 0o644,
    "socket": stat.S_IFSOCK | 0o644,
    "folder": stat.S_IFDIR | 0o755,
}


def _zip(fill: Callable[[zipfile.ZipFile], None] | None = None, *, without: tuple[str, ...] = ()) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path, data in honest_files().items():
            if path not in without:
                archive.writestr(path, data)
        if fill:
            fill(archive)
    return buffer.getvalue()


def _member(name: str, data: bytes = b"x", mode: int = stat.S_IFREG | 0o644) -> Callable[[], bytes]:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    return lambda: _zip(lambda archive: archive.writestr(info, data))


def _link(mode: int) -> bytes:
    info = zipfile.ZipInfo("icon.svg")
    info.external_attr = mode << 16
    return _zip(lambda archive: archive.writestr(info, b"/etc/passwd"), without=("icon.svg",))


def _many(count: int, name: str) -> bytes:
    def fill(archive: zipfile.ZipFile) -> None:
        for number in range(count):
            archive.writestr(name.format(number), "")

    return _zip(fill)


def _patched(old: bytes, new: bytes) -> bytes:
    return _zip().replace(old, new)


def _header(offset: int, value: bytes, mark: bytes = b"PK\x01\x02") -> bytes:
    """The honest archive with some bytes of the first entry of its directory overwritten."""
    data = bytearray(_zip())
    at = data.index(mark) + offset
    data[at : at + len(value)] = value
    return bytes(data)


def _flat_bomb(size: int) -> bytes:
    return _zip(lambda archive: archive.writestr("README.md", b"\0" * size), without=("README.md",))


def _many_bombs() -> bytes:
    def fill(archive: zipfile.ZipFile) -> None:
        for number in range(150):
            archive.writestr(f"screenshots/s{number}.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 2_000_000)

    return _zip(fill)


def _nested(depth: int) -> bytes:
    data = b"\0" * 1_000_000
    for _ in range(depth):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10):
                archive.writestr(f"{number}.zip", data)
        data = buffer.getvalue()
    return data


def _overlapping() -> bytes:
    """Two hundred entries of the directory that all point at one member's bytes (Fifield, "A better zip bomb")."""
    data = _flat_bomb(1_900_000)
    end = data.rindex(b"PK\x05\x06")
    start = struct.unpack("<I", data[end + 16 : end + 20])[0]
    directory = data[start:end]
    entry = directory[directory.rindex(b"PK\x01\x02") :]
    copies = b"".join(
        entry[:28] + struct.pack("<H", 8) + entry[30:46] + f"p{number:06}x"[:8].encode() + entry[46 + 9 :]
        for number in range(180)
    )
    total = directory.count(b"PK\x01\x02") + 180
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, total, total, len(directory + copies), start, 0)
    return data[:start] + directory + copies + tail


def _comment(size: int) -> bytes:
    buffer = io.BytesIO(_zip())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = (b"PK\x05\x06" * (size // 4))[:size]
    return buffer.getvalue()


def _twice(name: str, again: str) -> bytes:
    return _zip(lambda archive: archive.writestr(again, honest_files().get(name, b"x")))


ODD: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "archive-broken"),
    "only the first mark": (lambda: b"PK\x03\x04", "archive-broken"),
    "an empty archive": (lambda: b"PK\x05\x06" + bytes(18), "file-missing"),
    "zeros": (lambda: bytes(1_000_000), "archive-broken"),
    "a text": (lambda: b"format: 1\n", "archive-broken"),
    "gzip": (lambda: b"\x1f\x8b\x08" + bytes(1_000), "archive-broken"),
    "tar": (lambda: b"app.yaml" + bytes(492) + b"ustar\x0000" + bytes(1_000), "archive-broken"),
    "cut in the middle": (lambda: _zip()[: len(_zip()) // 2], "archive-broken"),
    "cut before the end": (lambda: _zip()[:-10], "archive-broken"),
    "over 8 MB": (lambda: _zip() + bytes(9_000_000), "package-too-large"),
    "300 members": (lambda: _many(300, "pages/p{}.yaml"), "package-too-large"),
    "100,000 members": (lambda: _many(100_000, "{}"), "package-too-large"),
    "600 folders": (lambda: _many(600, "a{}/"), "package-too-large"),
    "twice": (lambda: _twice("app.yaml", "app.yaml"), "file-twice"),
    "twice by case": (lambda: _twice("README.md", "readme.MD"), "file-twice"),
    "flat bomb": (lambda: _flat_bomb(200_000_000), "file-too-large"),
    "bomb just over a file": (lambda: _flat_bomb(2_100_000), "file-too-large"),
    "many bombs": (_many_bombs, "refused"),
    "nested bomb": (lambda: _nested(4), "file-unknown"),
    "nested bomb as a file": (_member("screenshots/a.zip", _nested(3)), "file-unknown"),
    "overlapping members": (_overlapping, "refused"),
    "wrong sum": (lambda: _header(16, b"\xde\xad\xbe\xef"), "archive-broken"),
    "smaller than said": (lambda: _header(24, struct.pack("<I", 10)), "refused"),
    "larger than said": (lambda: _header(24, struct.pack("<I", 2**31)), "judged"),
    "packed size beyond the end": (lambda: _header(20, struct.pack("<I", 2**31)), "judged"),
    "offset beyond the end": (lambda: _header(42, struct.pack("<I", 2**31)), "archive-broken"),
    "encrypted": (lambda: _header(8, b"\x01\x00"), "file-encrypted"),
    "strongly encrypted": (lambda: _header(8, b"\x41\x00"), "file-encrypted"),
    "lzma": (lambda: _header(10, struct.pack("<H", 14)), "file-encrypted"),
    "bzip2": (lambda: _header(10, struct.pack("<H", 12)), "file-encrypted"),
    "unknown packing": (lambda: _header(10, struct.pack("<H", 99)), "file-encrypted"),
    "local name differs": (lambda: _header(30, b"evil.yaml"[:8], b"PK\x03\x04"), "archive-broken"),
    "extra field of 64 kB": (lambda: _header(30, struct.pack("<H", 65_535)), "archive-broken"),
    "name beyond the end": (lambda: _header(28, struct.pack("<H", 65_535)), "refused"),
    "several disks": (lambda: _patched(b"PK\x05\x06\x00\x00", b"PK\x05\x06\x07\x00"), "judged"),
    "name cut by a zero": (lambda: _patched(b"README.md", b"READM\0.md"), "file-outside"),
    "data before": (lambda: b"#!/bin/sh\nrm -rf /\n" + _zip(), "accepted"),
    "a page of HTML before": (lambda: b"<script>alert(1)</script>" + _zip(), "accepted"),
    "data after": (lambda: _zip() + b"x" * 1_000, "judged"),
    "comment of 64 kB of marks": (lambda: _comment(65_535), "judged"),
    "packed by bzip2 throughout": (lambda: _packed(zipfile.ZIP_BZIP2), "file-encrypted"),
    "packed by lzma throughout": (lambda: _packed(zipfile.ZIP_LZMA), "file-encrypted"),
}


def _packed(how: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        for path, data in honest_files().items():
            archive.writestr(path, data)
    return buffer.getvalue()


def archive_cases() -> Iterator[Case]:
    """Every hostile archive; most hold an honest package beside what is wrong."""
    for name, (path, code) in NAMES.items():
        yield Case(f"name: {name}", _member(path), code)
    for name, mode in MODES.items():
        yield Case(f"{name} instead of a file", lambda mode=mode: _link(mode), "file-link")  # type: ignore[misc]
    for name, (build, code) in ODD.items():
        yield Case(f"archive: {name}", build, code)
