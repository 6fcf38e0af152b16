"""Files of a municipality: kept, attached, served and collected (ADR 0016)."""

from lumbung.files.errors import EmptyFile, StorageDown, StorageFull, UnsuitableFile
from lumbung.files.garbage import collect_garbage
from lumbung.files.models import FileKind, StoredFile
from lumbung.files.services import (
    attach_file,
    detach_file,
    find_file,
    get_file,
    hide_file,
    list_files,
    open_file,
    publish_file,
    store_file,
    store_photo,
)
from lumbung.files.serving import send_stored_file

__all__ = [
    "EmptyFile",
    "FileKind",
    "StorageDown",
    "StorageFull",
    "StoredFile",
    "UnsuitableFile",
    "attach_file",
    "collect_garbage",
    "detach_file",
    "find_file",
    "get_file",
    "hide_file",
    "list_files",
    "open_file",
    "publish_file",
    "send_stored_file",
    "store_file",
    "store_photo",
]
