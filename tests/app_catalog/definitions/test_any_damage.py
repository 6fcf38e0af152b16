"""Whatever happens to a package, a check answers: it never raises, and what it passes compiles."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app_catalog.definitions.building.definition import build_definition
from app_catalog.definitions.check import checked_reading
from app_catalog.definitions.source import load_files

WORDS = ["null", "true", "[]", "{}", "1", "-1", '""', "[a, b]", "{a: b}", "record.title", "P3D", "1.5", "order",
         "{id: x}", "[[[1]]]", "9" * 30, "é", "&a", "*a", "!x", "<<", "'", "{{ x }}", "{% if %}"]  # fmt: skip
TOKEN = re.compile(r"\w+|\W")


def _damaged(text: str, draw: st.DataObject) -> str:
    lines = text.split("\n")
    at = draw.draw(st.integers(0, len(lines) - 1))
    match draw.draw(st.sampled_from(["drop", "double", "value", "token"])):
        case "drop":
            del lines[at]
        case "double":
            lines.insert(at, draw.draw(st.sampled_from(lines)))
        case "value":
            lines[at] = f"{lines[at].partition(':')[0]}: {draw.draw(st.sampled_from(WORDS))}"
        case _:
            tokens = TOKEN.findall(lines[at]) or [""]
            tokens[draw.draw(st.integers(0, len(tokens) - 1))] = draw.draw(st.sampled_from(WORDS))
            lines[at] = "".join(tokens)
    return "\n".join(lines)


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_damaged_package_is_judged_and_never_crashes(siaran_files: dict[str, bytes], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(path for path in siaran_files if path.endswith((".yaml", ".yml")))))
    text = siaran_files[name].decode()
    for _ in range(data.draw(st.integers(1, 3))):
        text = _damaged(text, data)
    package = checked_reading(load_files({**siaran_files, name: text.encode()}))
    report = package.reading.problems.report()
    for problem in report.problems:
        assert problem.format("id")
        assert problem.format("en")
        assert problem.file
    if report.ok:
        assert build_definition(package.canonical, "sha256:x")
