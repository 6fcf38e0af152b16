"""One municipality with far more visitors than the others: how long the others wait."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tests.proofs.standing import Stand

PAGE = "/siaran/public-reports"


@dataclass
class Measured:
    """Answers of one municipality: seconds from the moment at which somebody wanted the page, and statuses."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        """Seconds within which this share was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def visit_at_rates(stand: Stand, rates: dict[str, float], seconds: float) -> dict[str, Measured]:
    """Visitors of each host come at its rate (a second), whether the others were answered or not."""
    found = {host: Measured() for host in rates}
    lock = threading.Lock()

    def visit(host: str, wanted: float) -> None:
        status = 0
        connection = http.client.HTTPConnection("127.0.0.1", stand.port, timeout=20)
        try:
            connection.request("GET", PAGE, headers={"Host": host, "X-Forwarded-Proto": "https"})
            answer = connection.getresponse()
            answer.read()
            status = answer.status
        except OSError:
            pass
        finally:
            connection.close()
        with lock:
            found[host].seconds.append(time.monotonic() - wanted)
            found[host].statuses[status] += 1

    def come(pool: ThreadPoolExecutor, host: str, rate: float, began: float) -> None:
        for number in range(int(rate * seconds)):
            wanted = began + number / rate
            time.sleep(max(0, wanted - time.monotonic()))
            pool.submit(visit, host, wanted)

    began = time.monotonic() + 0.2
    with ThreadPoolExecutor(96) as pool:
        coming = [threading.Thread(target=come, args=(pool, host, rate, began)) for host, rate in rates.items()]
        for one in coming:
            one.start()
        for one in coming:
            one.join()
    return found


def worse_by(before: Sequence[float], after: Sequence[float]) -> float:
    """By which share the middle of the later figures is worse than that of the earlier ones."""
    middle = [sorted(figures)[len(figures) // 2] for figures in (before, after)]
    return middle[1] / middle[0] - 1
