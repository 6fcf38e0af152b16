"""Tries hostile packages one by one, in processes apart, each with a second of processor time and 256 MB.

Run as `python -m tests.app_catalog.hostile.trial <group>`; writes one line of JSON for each package.
"""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from liquid.exceptions import LiquidError

from app_catalog.catalog.rich_text import render_markdown
from app_catalog.definitions.canonical import canonicalise, compile_definition
from app_catalog.definitions.check import check_package
from app_catalog.definitions.expressions import Scope, evaluator_for
from app_catalog.definitions.liquid_texts import render_message
from app_catalog.definitions.model import Definition
from app_catalog.definitions.patterns import matches_pattern
from app_catalog.definitions.source import load_archive
from app_catalog.releases.archives import unwrap_folder
from tests.app_catalog.hostile.archives import archive_cases
from tests.app_catalog.hostile.cases import Case, honest_files, with_files
from tests.app_catalog.hostile.drawings import drawing_cases
from tests.app_catalog.hostile.formulas import formula_cases, many_cases
from tests.app_catalog.hostile.yaml_files import scalar_cases, yaml_cases

SECONDS = 1.0
BATCH = 40
MEGABYTES = 256
TOO_SLOW = f"killed by signal {int(signal.SIGPROF)}"
DANGEROUS = re.compile(
    r"<(?!/?(?:p|h[2-6]|ul|ol|li|strong|em|code|pre|blockquote|a|hr|br|table|thead|tbody|tr|th|td)\b)"
)


def proofs() -> Iterator[Case]:
    """What the trial itself must catch: packages that are too slow, too large, or wrongly taken."""
    yield with_files("busy", honest_files())
    yield with_files("greedy", honest_files())
    yield with_files("honest", honest_files())
    yield with_files("honest and welcome", honest_files(), "accepted")


GROUPS: dict[str, Callable[[], Iterator[Case]]] = {
    "yaml": yaml_cases,
    "scalars": scalar_cases,
    "archives": archive_cases,
    "formulas": formula_cases,
    "many": many_cases,
    "drawings": drawing_cases,
    "proofs": proofs,
}


def use_to_its_worst(definition: Definition) -> None:
    """Everything that an accepted package may make the platform do, with the worst values that records may hold."""
    worst = "a" * 20_000
    values: dict[str, Any] = {"subject": worst, "count": 0, "moment": datetime.max.replace(tzinfo=UTC)}
    scope = Scope(datetime.now(UTC), datetime.now(UTC).date(), record=values, old=values)
    evaluator = evaluator_for(definition)
    for record in definition.records.values():
        conditions = [record.title, *(field.visible_when for field in record.fields.values())]
        if record.workflow:
            conditions += [action.when for action in record.workflow.actions.values()]
        for condition in conditions:
            if condition is not None:
                evaluator.evaluate(condition, scope)
        for field in record.fields.values():
            if field.pattern:
                matches_pattern(field.pattern, worst)
    for message in definition.messages.values():
        for channel in message.channels:
            try:
                render_message(message, channel, "id", {"record": {**values, "subject": "a" * 200}, "settings": {}})
            except LiquidError:
                continue
    html = render_markdown(definition.changelog)
    assert not DANGEROUS.search(html), f"dangerous: {html[:300]}"
    assert not re.search(r'href="(?!https?:|mailto:)', html), f"dangerous: {html[:300]}"


def judge(archive: bytes) -> list[str]:
    """The codes of a package's errors; "accepted" when there is none, and it was used to its worst."""
    source = load_archive(unwrap_folder(archive))
    report = check_package(source)
    for problem in report.problems:
        assert problem.format("id")
        assert problem.format("en")
    if report.errors:
        return sorted({problem.code for problem in report.errors})
    use_to_its_worst(compile_definition(canonicalise(source)))
    return ["accepted"]


def _greedy(archive: bytes) -> list[str]:
    return [str(len(bytearray(2 * MEGABYTES << 20)))]


def _busy(archive: bytes) -> list[str]:
    while True:
        pass


JUDGES: dict[str, Callable[[bytes], list[str]]] = {"busy": _busy, "greedy": _greedy}


def _limited(case: Case) -> dict[str, Any]:
    """What became of a package within the limits; the process is killed when its time is over."""
    archive, judging = case.build(), JUDGES.get(case.name, judge)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + (MEGABYTES << 20), resource.RLIM_INFINITY))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return {"codes": judging(archive)}
    except BaseException as error:
        return {"raised": f"{type(error).__name__}: {error}"[:500]}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def attempt(cases: list[Case]) -> list[dict[str, Any]]:
    """What became of the packages, tried one after another in one process: as many as it lived for, and its end."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(sending, "w") as stream:
            for case in cases:
                stream.write(json.dumps(_limited(case)) + "\n")
                stream.flush()
        os._exit(0)
    os.close(sending)
    with os.fdopen(receiving) as stream:
        told = [json.loads(line) for line in stream]
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        told.append({"raised": f"killed by signal {os.WTERMSIG(status)}"})
    return told


def try_all(cases: list[Case]) -> Iterator[dict[str, Any]]:
    """What became of every package. One that took too long is tried once more, since a busy machine is slower."""
    tired = False
    while cases:
        told = attempt(cases[:BATCH])
        if told[-1].get("raised") == TOO_SLOW and not tired:
            told.pop()
            tired = True
        elif told:
            tired = False
        for case, result in zip(cases, told, strict=False):
            yield {"name": case.name, "expected": case.expected, **result}
        cases = cases[len(told) :]


if __name__ == "__main__":
    gc.freeze()
    for line in try_all(list(GROUPS[sys.argv[1]]())):
        print(json.dumps(line), flush=True)
