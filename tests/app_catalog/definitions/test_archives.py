"""Archives: exact members only, nothing outside, nothing twice, nothing that grows without end."""

import io
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app_catalog.definitions.canonical import canonicalise, digest
from app_catalog.definitions.check import check_package
from app_catalog.definitions.problems import PackageError
from app_catalog.definitions.source import load_archive, load_folder, pack
from tests.processor_time import at_most


def _member(name: str, data: bytes = b"x", *, mode: int = stat.S_IFREG | 0o644) -> Callable[[zipfile.ZipFile], None]:
    def write(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, data)

    return write


def _twice(archive: zipfile.ZipFile) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("app.yaml", "format: 1")
        archive.writestr("app.yaml", "format: 2")


def _many(archive: zipfile.ZipFile) -> None:
    for index in range(300):
        archive.writestr(f"pages/p{index}.yaml", "")


def _endless(archive: zipfile.ZipFile) -> None:
    for index in range(60_000):
        archive.writestr(f"p/{index}", "")


HOSTILE: dict[str, tuple[Callable[[zipfile.ZipFile], None], str]] = {
    "traversal": (_member("../evil.yaml"), "file-outside"),
    "traversal inside": (_member("records/../../evil.yaml"), "file-outside"),
    "absolute": (_member("/etc/passwd"), "file-outside"),
    "backslash": (_member("records\\..\\evil.yaml"), "file-outside"),
    "long name": (_member("records/" + "a" * 300 + ".yaml"), "file-outside"),
    "symlink": (_member("app.yaml", b"/etc/passwd", mode=stat.S_IFLNK | 0o777), "file-link"),
    "fifo": (_member("app.yaml", b"", mode=stat.S_IFIFO | 0o644), "file-link"),
    "device": (_member("app.yaml", b"", mode=stat.S_IFCHR | 0o644), "file-link"),
    "stray": (_member("install.sh"), "file-unknown"),
    "hidden": (_member(".git/config"), "file-unknown"),
    "nested folder": (_member("records/deep/report.yaml"), "file-unknown"),
    "code": (_member("records/report.py"), "file-unknown"),
    "capital letters": (_member("records/Report.yaml"), "file-unknown"),
    "font of a document": (_member("documents/font.ttf"), "file-unknown"),
    "same name twice": (_twice, "file-twice"),
    "too many": (_many, "package-too-large"),
    "too many to list": (_endless, "package-too-large"),
    "bomb": (_member("README.md", b"\0" * 60_000_000), "file-too-large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_within_a_second(name: str) -> None:
    fill, code = HOSTILE[name]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        fill(archive)
    with at_most(1):
        report = check_package(load_archive(buffer.getvalue()))
    assert code in {problem.code for problem in report.errors}


def test_a_name_that_a_nul_cuts_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.yaml@.exe", "format: 1")
    source = load_archive(buffer.getvalue().replace(b"app.yaml@.exe", b"app.yaml\0.exe"))
    assert "file-outside" in {problem.code for problem in source.problems}
    assert source.files == {}


def test_a_bomb_that_lies_about_its_size_is_stopped(siaran_folder: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _member("README.md", b"\0" * 30_000_000)(archive)
    data = buffer.getvalue().replace((30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    report = check_package(load_archive(data))
    assert not report.ok
    assert {"archive-broken", "file-too-large"} & {problem.code for problem in report.errors}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip", b"\0" * 1000])
def test_what_is_no_archive_is_told(data: bytes) -> None:
    assert "archive-broken" in {problem.code for problem in check_package(load_archive(data)).errors}


def test_every_cut_of_a_good_archive_is_refused_without_raising(siaran_folder: Path) -> None:
    data = pack(siaran_folder)
    for length in range(0, len(data), 997):
        assert not check_package(load_archive(data[:length])).ok


def test_packing_twice_gives_the_same_bytes_and_digest(siaran_folder: Path) -> None:
    data = pack(siaran_folder)
    assert data == pack(siaran_folder)
    assert digest(canonicalise(load_archive(data))) == digest(canonicalise(load_folder(siaran_folder)))


def test_a_link_in_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "README.md").symlink_to(tmp_path / "outside.txt")
    (folder / "records").symlink_to(tmp_path)
    source = load_folder(folder)
    assert source.files == {}
    assert {(problem.code, problem.file) for problem in source.problems} == {
        ("file-link", "README.md"),
        ("file-link", "records"),
    }
    with pytest.raises(PackageError):
        pack(folder)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        load_folder(tmp_path / "nothing")
