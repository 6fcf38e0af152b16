"""Packages broken by one small change each get the error that a person would want: file, line, path and remedy."""

from typing import NamedTuple

import pytest

from app_catalog.definitions.check import check_package
from app_catalog.definitions.source import load_files

APP, REPORT, CODE = "app.yaml", "records/report.yaml", "publiccode.yml"


class Broken(NamedTuple):
    """``old`` becomes ``new`` in ``file``; the error stands at the line with ``at``, its remedy has ``remedy``."""

    file: str
    old: str
    new: str
    code: str
    at: str
    remedy: str


TABLE = [
    # Keys and values of app.yaml.
    Broken(APP, "category: complaints", "categori: complaints", "unknown-key", "categori:", "“category”"),
    Broken(APP, "category: complaints", "category: complaint", "unknown-value", "category: complaint", "“complaints”"),
    Broken(APP, "category: complaints\n", "", "missing-key", "format: 1", "“category:”"),
    Broken(APP, "version: 0.9.0", "version: v0.9", "bad-version", "version: v0.9", "0.9.0"),
    Broken(APP, '">=0.1,<2"', '"~> 1"', "bad-version-range", "requires:", ">=0.1,<2"),
    Broken(APP, "format: 1", "format: 2", "out-of-range", "format: 2", "1"),
    Broken(APP, "audience: public-service", "audience: public", "unknown-value", "audience:", "“public-service”"),
    Broken(APP, "retention: P2Y", "retention: 2 years", "bad-duration", "retention:", "PT48H"),
    Broken(APP, "retention: P2Y", "retention: P3WD", "working-duration", "retention:", "P2Y"),
    Broken(APP, "default: PT48H", "default: P60D", "out-of-range", "default: P60D", "P30D"),
    Broken(APP, "min: PT1H", "min: 1h", "bad-duration", "min: 1h", "PT48H"),
    Broken(APP, "default: checked", "default: cheked", "unknown-value", "default: cheked", "“checked”"),
    Broken(APP, "default: false", "default: 'no'", "wrong-kind", "default: 'no'", "true or false"),
    Broken(APP, "    type: boolean", "    type: bool", "unknown-value", "type: bool", "“boolean”"),
    Broken(
        APP, "roles:\n", "emits: {gone: {record: reports, on: fix}}\nroles:\n",
        "unknown-record", "emits:", "“report”",
    ),
    Broken(APP, "roles:\n", "commands: {LAPOR: {create: report}}\nroles:\n", "not-supported-yet", "commands:", "later"),
    Broken(APP, "roles:\n", "publishes: {}\nroles:\n", "not-supported-yet", "publishes:", "Leave it out"),
    Broken(APP, "fix_within: P3WD}", "fixwithin: P3WD}", "unknown-key", "rubbish:", "“fix_within”"),
    Broken(APP, "  dispatcher:", "  Dispatcher:", "bad-id", "Dispatcher:", "small letters"),
    Broken(APP, "  dispatcher:", "  public:", "built-in-name", "public:", "another name"),
    # Fields.
    Broken(REPORT, "type: long_text", "type: longtext", "unknown-value", "longtext", "“long_text”"),
    Broken(REPORT, "{type: phone,", "{type: checklist,", "not-supported-yet", "type: checklist", "later version"),
    Broken(REPORT, "max: 120", "max: many", "wrong-kind", "max: many", "a whole number"),
    Broken(REPORT, "    max: 120", "    maximum: 120", "unknown-key", "maximum:", "“max”"),
    Broken(REPORT, "    min: 5", "    min: 500", "min-above-max", "min: 500", "Swap them"),
    Broken(REPORT, "    min: 5", "    pattern: '(a'", "bad-pattern", "pattern: '(a", "RE2"),
    Broken(
        REPORT, "settings.categories, required", "settings.kategori, required",
        "unknown-table", "kategori", "categor",
    ),
    Broken(REPORT, "max_size: 10MB\n", "max_size: 10\n", "wrong-kind", "max_size: 10\n", "10MB"),
    Broken(REPORT, "required: on_form", "required: maybe", "wrong-kind", "maybe", "on_form"),
    Broken(REPORT, "  cost: {type", "  state: {type", "built-in-name", "  state: {type", "another name"),
    Broken(REPORT, "visible_to: [handler,", "visible_to: [handlers,", "unknown-role", "handlers", "“handler”"),
    Broken(REPORT, "{type: money,", "{type: money, check: '1',", "expression-result", "check", "bool"),
    # Numbers, access, workflow.
    Broken(REPORT, "{seq:05}", "{seq:5}", "bad-number-pattern", "number:", "{seq:05}"),
    Broken(REPORT, "{year}/{seq:05}", "{tahun}/{seq:05}", "bad-number-pattern", "number:", "{year}"),
    Broken(REPORT, "  dispatcher:\n", "  operator:\n", "unknown-role", "  operator:", "dispatcher"),
    Broken(REPORT, "rows: published", "rows: public", "unknown-value", "rows: public,", "“published”"),
    Broken(REPORT, "{rows: own}", "{rows: sharred}", "unknown-value", "rows: sharred", "shared"),
    Broken(REPORT, "fields: [number, title,", "fields: [number, titel,", "unknown-attribute", "titel", "“title”"),
    Broken(REPORT, "  start: received", "  start: recieved", "unknown-state", "start: recieved", "“received”"),
    Broken(REPORT, "      to: waiting", "      to: wating", "unknown-state", "to: wating", "“waiting”"),
    Broken(REPORT, "      from: waiting", "      from: assignd", "unknown-state", "from: assignd", "“assigned”"),
    Broken(REPORT, "tone: green", "tone: hijau", "unknown-value", "tone: hijau", "green"),
    Broken(REPORT, "end: success", "end: done", "unknown-value", "end: done", "success"),
    Broken(REPORT, "asks: {answer:", "asks: {anser:", "unknown-ask", "anser", "“answer”"),
    Broken(REPORT, "      by: [dispatcher]\n", "", "missing-key", "Teruskan ke dinas", "“by:”"),
    Broken(
        REPORT, "      from: waiting", "      not_by: [asked]\n      from: waiting",
        "unknown-action", "asked", "“ask”",
    ),
    Broken(REPORT, "published: \"", "satisfaction: {}\npublished: \"", "missing-key", "satisfaction", "“ask_on:”"),
    Broken(
        REPORT, "published: \"", "satisfaction: {ask_on: [assigned]}\npublished: \"",
        "satisfaction-before-end", "ask_on: [assigned]", "end: success",
    ),
    Broken(
        REPORT, "published: \"", "satisfaction: {ask_on: [fxed]}\npublished: \"",
        "unknown-state", "ask_on: [fxed]", "“fixed”",
    ),
    Broken(
        REPORT, "published: \"", "satisfaction: {ask_on: [fixed], scale: 1}\npublished: \"",
        "out-of-range", "scale: 1", "2",
    ),
    Broken(
        REPORT, "published: \"", "satisfaction: {ask_on: [fixed], words: true}\npublished: \"",
        "unknown-key", "words: true", "reasons",
    ),
    # Expressions.
    Broken(
        REPORT, "title: record.title", "title: record.titel",
        "expression-unknown-name", "record.titel", "record.title",
    ),
    Broken(REPORT, "title: record.title", "title: record.cost", "expression-result", "title: record.cost", "string"),
    Broken(REPORT, "when: record.open", "when: record.open ==", "expression-invalid", "record.open ==", "Correct it"),
    Broken(
        REPORT, "category].agency\"\npub", "category].agensi\"\npub",
        "expression-unknown-name", "agensi", "“agency”",
    ),
    Broken(
        REPORT, "when: record.open", "when: 'record.photos.exists(x, x == record.title)'", "expression-comprehension",
        "exists", "size()",
    ),
    Broken(REPORT, "within: settings.respond_within", "within: P3D", "expression-invalid", "within: P3D", "'P3D'"),
    # Clocks and automations.
    Broken(REPORT, "met_by: [respond, fix,", "met_by: [respon, fix,", "unknown-action", "respon,", "“respond”"),
    Broken(REPORT, "warn_at: 75%", "warn_at: 75", "wrong-kind", "warn_at: 75\n", "75%"),
    Broken(REPORT, "to: agency_head}, city", "to: kadis}, city", "unknown-recipient", "kadis", "Choose one of"),
    Broken(REPORT, "clock.respond.warned", "clock.respons.warned", "unknown-clock", "clock.respons", "“respond”"),
    Broken(REPORT, "on: action.ask,", "on: {schedule: daily},", "missing-key", "schedule", "“at:”"),
    Broken(REPORT, "send: hurry", "send: hury", "unknown-message", "send: hury", "“hurry”"),
    Broken(REPORT, "send: hurry, to: agency", "document: x, into: after", "unknown-document", "document: x", "None"),
    Broken(REPORT, "send: hurry", "send: hurry, act: assign", "exactly-one", "hurry, act", "exactly one"),
    Broken(REPORT, "within: 50m", "within: 50", "wrong-kind", "within: 50,", "50m"),
    # Pages, messages, scenarios, examples.
    Broken("pages/map.yaml", "kind: map", "kind: kiosk", "not-supported-yet", "kind: kiosk", "later"),
    Broken("pages/map.yaml", "kind: map", "kind: mapp", "unknown-value", "kind: mapp", "“map”"),
    Broken("pages/map.yaml", "record: report", "record: reports", "unknown-record", "record: reports", "“report”"),
    Broken("pages/map.yaml", "state, due]", "state, duedate]", "unknown-attribute", "duedate", "“due”"),
    Broken("pages/report.yaml", "fields: [place]", "fields: [plce]", "unknown-field", "plce", "“place”"),
    Broken("pages/tile.yaml", "opens: report", "opens: repor", "unknown-page", "opens: repor", "report"),
    Broken(
        "messages/hurry.yaml", "{{ clock.due }}. Lewat", "{{ clock.du }}. Lewat",
        "liquid-unknown-name", "id: |", "“due”",
    ),
    Broken(
        "messages/fixed.yaml", "{{ record.title }}\" selesai", "{% include 'x' %}",
        "bad-liquid", "id: |", "include",
    ),
    Broken("messages/fixed.yaml", "  subject:\n", "  subjek:\n", "unknown-key", "subjek:", "“subject”"),
    Broken("messages/asked.yaml", "action.question", "action.questoin", "liquid-unknown-name", "id: |", "“question”"),
    Broken("scenarios/waiting.yaml", "action: ask", "action: aks", "unknown-action", "action: aks", "“ask”"),
    Broken("scenarios/waiting.yaml", "{a: waiting,", "{a: wait,", "unknown-state", "{a: wait,", "“waiting”"),
    Broken("scenarios/waiting.yaml", "b.fix: breached", "c.fix: breached", "unknown-scenario-name", "c.fix", "a, b"),
    Broken("scenarios/waiting.yaml", "- wait: P14D", "- wait: 14 days", "bad-duration", "14 days", "P3D"),
    Broken("scenarios/waiting.yaml", "- wait: P14D", "- command: STATUS", "not-supported-yet", "command", "later"),
    Broken(
        "scenarios/reopen-in-time.yaml", "reopen_within: P7D", "reopen_whitin: P7D",
        "unknown-setting", "whitin", "“reopen_within”",
    ),
    Broken("examples/report.yaml", "pothole: {title:", "pothole: {titel:", "unknown-field", "titel", "“title”"),
    Broken(
        "examples/report.yaml", "category: road, place: [106.7188", "category: rood, place: [106.7188",
        "bad-example", "rood", "Correct the value",
    ),
    Broken(
        "examples/report.yaml", "pothole: {title:", "pothole: {photos: x, title:",
        "bad-example", "photos: x", "Correct",
    ),
    Broken("examples/report.yaml", "pothole: {title: ", "pothole: x # ", "wrong-kind", "pothole", "a map by name"),
    Broken("pages/public-reports.yaml", "created_at]", "cost]", "field-not-public", "cost]", "access.public.read"),
    Broken(
        REPORT, "state, due, created_at, answer", "state, due, reporter, answer",
        "private-field-public", "reporter, ans", "Remove it",
    ),
    # publiccode.yml, icon, YAML itself.
    Broken(CODE, "license: EUPL-1.2", "licence: EUPL-1.2", "unknown-key", "licence:", "“license”"),
    Broken(
        CODE, "softwareType: standalone/web", "softwareType: web",
        "unknown-value", "softwareType: web", "standalone/web",
    ),
    Broken(CODE, "developmentStatus: beta\n", "", "missing-key", "publiccodeYmlVersion", "developmentStatus"),
    Broken(CODE, "releaseDate: 2026-11-22", "releaseDate: 22 Nov", "wrong-kind", "22 Nov", "2026-01-31"),
    Broken("icon.svg", "<defs>", "<script>alert(1)</script><defs>", "unsafe-icon", "<script>", "plain SVG"),
    Broken("icon.svg", 'rx="22"', 'rx="22" onload="x()"', "unsafe-icon", "onload", "plain SVG"),
    Broken("icon.svg", "url(#sky)", "url(https://evil.example/x)", "unsafe-icon", "evil", "outside addresses"),
    Broken(APP, "roles:\n", "format: 1\nroles:\n", "yaml-duplicate-key", "format: 1\nroles", "Remove one"),
    Broken(APP, "category: complaints", "category: [complaints", "yaml-syntax", "audience:", "brackets"),
    Broken(APP, "category: complaints", "category: &c complaints", "yaml-anchor", "&c", "Remove it"),
    Broken(APP, "category: complaints", "category:", "wrong-kind", "category:", "complaints"),
]  # fmt: skip


@pytest.mark.parametrize("broken", TABLE, ids=lambda broken: f"{broken.file}:{broken.code}:{broken.new[:20].strip()}")
def test_a_broken_package_is_told_what_would_be_right(broken: Broken, siaran_files: dict[str, bytes]) -> None:
    text = siaran_files[broken.file].decode()
    assert broken.old in text, "the table no longer fits SIARAN"
    mutated = text.replace(broken.old, broken.new, 1)
    report = check_package(load_files({**siaran_files, broken.file: mutated.encode()}))

    found = [problem for problem in report.errors if problem.code == broken.code and problem.file == broken.file]
    told = "\n".join(problem.format("en") for problem in report.errors)
    assert found, told
    line = mutated[: mutated.index(broken.at)].count("\n") + 1
    assert any(problem.line == line for problem in found), (line, told)
    assert any(broken.remedy in problem.remedy["en"] for problem in found), told
    for problem in report.errors:
        assert all(text[lang] for text in (problem.message, problem.remedy) for lang in ("id", "en"))
        assert "{" not in problem.message["id"].replace("{…}", "") or "{" in broken.new


def test_there_are_at_least_fifty_of_them() -> None:
    assert len(TABLE) >= 50


def test_every_error_of_many_is_told_at_once(siaran_files: dict[str, bytes]) -> None:
    files = dict(siaran_files)
    for broken in TABLE:
        text = files[broken.file].decode()
        if not broken.code.startswith("yaml") and text.count(broken.old) == 1 and broken.file == "pages/map.yaml":
            files[broken.file] = text.replace(broken.old, broken.new).encode()
    files["messages/hury.yaml"] = b"email: {subject: x, body: {id: y, eng: z}}\n"
    files["stray.txt"] = b"?"
    del files["icon.svg"]
    report = check_package(load_files(files))
    assert {problem.file for problem in report.errors} == {
        "pages/map.yaml", "messages/hury.yaml", "stray.txt", "icon.svg",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["app.yaml", "publiccode.yml", "icon.svg", "README.md", "CHANGELOG.md"])
def test_a_required_file_that_is_missing_is_named(path: str, siaran_files: dict[str, bytes]) -> None:
    report = check_package(load_files({name: data for name, data in siaran_files.items() if name != path}))
    assert ("file-missing", path) in {(problem.code, problem.file) for problem in report.errors}


WARNINGS = [
    (APP, ', en: Straight to the agency}', "}", "text-without-english"),
    (REPORT, "      to: waiting\n", "", "state-unreachable"),
    (REPORT, "end: success}", "help: x}", "text-without-english"),
    (REPORT, "      from: waiting\n", "      from: assigned\n", "state-dead-end"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "code"), WARNINGS)
def test_what_a_person_should_look_at_is_a_warning(
    file: str, old: str, new: str, code: str, siaran_files: dict[str, bytes]
) -> None:
    text = siaran_files[file].decode()
    assert old in text
    report = check_package(load_files({**siaran_files, file: text.replace(old, new, 1).encode()}))
    assert code in {problem.code for problem in report.warnings}


def test_siaran_has_no_error_and_no_warning(siaran_files: dict[str, bytes]) -> None:
    report = check_package(load_files(siaran_files))
    assert [problem.format("en") for problem in report.problems] == []
