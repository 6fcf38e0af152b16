"""Pictures are decoded a few at a time, however many threads there are."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from lumbung import decoding, images
from lumbung.decoding import MOST_AT_ONCE, DecodingBusy, decoding_turn
from lumbung.images import ImageRefused, reencode_photo
from lumbung.web.sites import LumbungFlask
from tenants.municipalities import seal
from tests.app_runtime.photos import make_photo
from tests.browsing import browse
from tests.world import World


def test_no_more_pictures_than_allowed_are_decoded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most, lock = 0, 0, threading.Lock()
    really = images._decoded

    def watched(data: bytes, kind: str, max_edge: int) -> Image.Image:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.02)
        picture = really(data, kind, max_edge)
        with lock:
            inside -= 1
        return picture

    monkeypatch.setattr(images, "_decoded", watched)
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: reencode_photo(make_photo(), max_bytes=1_000_000), range(16)))
    assert len(taken) == 16
    assert most == MOST_AT_ONCE


def test_a_refused_picture_gives_its_turn_back() -> None:
    for _ in range(MOST_AT_ONCE + 1):
        with pytest.raises(ImageRefused):
            reencode_photo(b"\xff\xd8\xff", max_bytes=1_000)
    assert reencode_photo(make_photo(), max_bytes=1_000_000).width == 640


def test_who_waits_too_long_is_asked_to_send_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LONGEST_WAIT", 0.05)
    with decoding_turn(), decoding_turn():
        began = time.monotonic()
        with pytest.raises(DecodingBusy):
            reencode_photo(make_photo(), max_bytes=1_000_000)
        with pytest.raises(DecodingBusy):
            seal._redrawn(make_photo())
        assert time.monotonic() - began < 5


def test_a_busy_moment_is_answered_with_503_and_when_to_come_back(
    app: LumbungFlask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "LONGEST_WAIT", 0.05)
    admin = browse(app, world.tangsel.host, world.tangsel.accounts["admin"])
    with decoding_turn(), decoding_turn():
        answer = admin.post_form(
            "/manage/municipality", {"seal": (io.BytesIO(make_photo()), "lambang.jpg")}, to="/manage/municipality/seal"
        )
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Terlalu banyak foto" in answer.text


def test_many_of_the_largest_at_once_need_no_more_memory_than_two(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    Image.new("RGBA", (6144, 4096)).save(picture, compress_level=1)
    program = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from lumbung import decoding
from lumbung.images import reencode_photo
def kilobytes(name):
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(name)).split()[1])
decoding.LONGEST_WAIT = 60
data = Path(sys.argv[1]).read_bytes()
before = kilobytes("VmRSS")
with ThreadPoolExecutor(8) as threads:
    list(threads.map(lambda _: reencode_photo(data, max_bytes=64_000_000), range(8)))
print((kilobytes("VmHWM") - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", program, picture], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 2 * 256
