"""A picture of a few bytes that claims millions of pixels: how much memory the largest that are taken need."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from lumbung.images import ImageRefused, reencode_photo


@pytest.mark.parametrize(
    ("kind", "mode", "size", "options"),
    [
        ("JPEG", "RGB", (8192, 6144), {}),
        ("JPEG", "RGB", (6144, 4096), {"progressive": True}),
        ("PNG", "RGBA", (6144, 4096), {"compress_level": 1}),
        ("PNG", "P", (6144, 4096), {"compress_level": 1}),
        ("PNG", "I;16", (6144, 4096), {"compress_level": 1}),
        ("GIF", "P", (6144, 4096), {}),
        ("WEBP", "RGBA", (4096, 3072), {"lossless": True, "method": 0}),
    ],
)
def test_the_largest_picture_of_each_kind_needs_less_than_256_megabytes(
    kind: str, mode: str, size: tuple[int, int], options: dict[str, Any], tmp_path: Path
) -> None:
    picture = tmp_path / "picture"
    Image.new(mode, size).save(picture, kind, **options)
    program = """
import sys
from pathlib import Path
from lumbung.images import reencode_photo
def kilobytes(name):
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1])
data = Path(sys.argv[1]).read_bytes()
before = kilobytes("VmRSS")
photo = reencode_photo(data, max_bytes=64_000_000)
assert photo.width == 2000
print((kilobytes("VmHWM") - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", program, picture], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 256


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("WEBP", (4096, 3073), {"lossless": True, "method": 0}),
        ("PNG", (6144, 4097), {"compress_level": 1}),
        ("JPEG", (6144, 4097), {"progressive": True}),
    ],
)
def test_pictures_that_are_decoded_whole_may_have_fewer_pixels(
    kind: str, size: tuple[int, int], options: dict[str, Any]
) -> None:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, kind, **options)
    with pytest.raises(ImageRefused) as caught:
        reencode_photo(out.getvalue(), max_bytes=64_000_000)
    refused = caught.value
    assert refused.reason == "too-many-pixels"
    assert ("12 mega" if kind == "WEBP" else "25 mega") in refused.message.en
