"""Expressions, messages and patterns that want to run for ever or to grow without end."""

from __future__ import annotations

from collections.abc import Iterator

from tests.app_catalog.hostile.cases import Case, mapping, record, replaced, with_files

CONDITIONS = {
    "all": ("[1,2,3].all(x, x > 0)", "expression-comprehension"),
    "exists": ("record.subject != '' && [1,2].exists(x, x > 1)", "expression-comprehension"),
    "exists_one": ("[1].exists_one(x, x > 0)", "expression-comprehension"),
    "map": ("size([1,2].map(x, [1,2].map(y, y))) > 1", "expression-comprehension"),
    "filter": ("size([1,2].filter(x, x > 1)) > 0", "expression-comprehension"),
    "spaces before the macro": ("[1].all ( x , true )", "expression-comprehension"),
    "macro on a map": ("{'a': 1}.all(k, k != '')", "expression-comprehension"),
    "nested macros": ("[1].all(a, [1].all(b, [1].all(c, true)))", "expression-comprehension"),
    "too long": ("true" + " || true" * 200, "expression-too-long"),
    "a text of 1,100": ("record.subject == '" + "x" * 1_100 + "'", "expression-too-long"),
    "deep brackets": ("(" * 400 + "true" + ")" * 400, "expression-too-deep"),
    "deep lists": ("[" * 100 + "]" * 100 + " == []", "expression-too-deep"),
    "deep maps": ("{'a':" * 50 + "1" + "}" * 50 + " == {}", "expression-too-deep"),
    "many negations": ("!" * 900 + "true", "judged"),
    "many minuses": ("record.count == " + "-" * 900 + "1", "judged"),
    "deep ternary": ("true ? " * 120 + "true" + " : false" * 120, "refused"),
    "long sum": ("record.count == " + "+".join(["1"] * 450), "expression-too-deep"),
    "giant number": ("record.count == " + "9" * 900, "expression-invalid"),
    "giant hexadecimal": ("record.count == 0x" + "f" * 900, "expression-invalid"),
    "giant exponent": ("1e999999 > 2.0", "judged"),
    "unknown function": ("system('true')", "expression-invalid"),
    "unknown root": ("os.environ == ''", "refused"),
    "class of a value": ("record.subject.__class__ == ''", "refused"),
    "other field": ("record.password == ''", "expression-unknown-name"),
    "open text": ("record.subject == 'x", "expression-invalid"),
    "zero in a text": ("record.subject == 'a\\\\0b'", "judged"),
    "comment": ("true // all", "judged"),
    "wrong result": ("record.count", "expression-result"),
    "raw text": ("record.subject.contains(r'[1].all(x, true)')", "judged"),
    "triple quotes": ("record.subject == '''[1].all(x, true)'''", "judged"),
    "catastrophic pattern": ("record.subject.matches('(a+)+$')", "accepted"),
    "nested stars": ("record.subject.matches('((a*)*)*b')", "accepted"),
    "alternatives": ("record.subject.matches('(a|a|a|a)*b')", "accepted"),
    "huge repetition": ("record.subject.matches('(a{1000}){1000}')", "judged"),
    "letters of all scripts": ("record.subject.matches('" + "[\\\\\\\\pL\\\\\\\\pN]{300}" * 20 + "')", "judged"),
    "back reference": ("record.subject.matches('(a)\\\\\\\\1')", "judged"),
    "dots": ("record.subject.matches('" + ".*" * 200 + "z')", "accepted"),
    "text by itself": ("(" + " + ".join(["record.subject"] * 20) + ") == ''", "accepted"),
    "size of many": ("size(" + " + ".join(["record.subject"] * 20) + ") > 1", "accepted"),
    "division by zero": ("1 / record.count > 0", "accepted"),
    "remainder of zero": ("1 % record.count > 0", "accepted"),
    "overflow": ("9223372036854775807 + record.count > 0", "accepted"),
    "timestamps without end": ("record.moment + duration('9000000000s') > now", "judged"),
    "no number": ("int(record.subject) > 0", "accepted"),
}
LIQUID = {
    "endless loop": ("{% for i in (1..1000000000) %}x{% endfor %}", "judged"),
    "loops in loops": ("{% for a in (1..99) %}" * 8 + "x" + "{% endfor %}" * 8, "judged"),
    "too many loops in each other": ("{% for a in (1..9) %}" * 40 + "x" + "{% endfor %}" * 40, "judged"),
    "include": ("{% include 'a' %}", "bad-liquid"),
    "render": ("{% render 'a' %}", "bad-liquid"),
    "capture": ("{% capture a %}x{% endcapture %}", "bad-liquid"),
    "nested captures": ("{% capture a %}" * 20 + "{% endcapture %}" * 20, "bad-liquid"),
    "cycle": ("{% cycle 'a', 'b' %}", "bad-liquid"),
    "tablerow": ("{% tablerow i in (1..9) %}x{% endtablerow %}", "bad-liquid"),
    "increment": ("{% increment a %}", "bad-liquid"),
    "extends": ("{% extends 'a' %}", "bad-liquid"),
    "macro": ("{% macro 'a' %}x{% endmacro %}", "bad-liquid"),
    "open tag": ("{% if record.subject", "bad-liquid"),
    "open block": ("{% if record.subject %}" * 100, "bad-liquid"),
    "many closed blocks": ("{% if record.subject %}" * 100 + "{% endif %}" * 100, "judged"),
    "growing text": (
        "{% assign a = record.subject %}" + "{% assign a = a | append: a %}" * 40 + "{{ a }}",
        "judged",
    ),
    "growing text in a loop": (
        "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..190) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
        "judged",
    ),
    "replace that grows": (
        "{{ record.subject | replace: '', record.subject | replace: 'a', record.subject }}",
        "judged",
    ),
    "replace that grows again": ("{{ record.subject" + " | replace: 'a', 'aaaaaaaaaa'" * 12 + " }}", "judged"),
    "split and join": ("{{ record.subject | split: '' | join: record.subject }}", "judged"),
    "ranges": ("{{ (1..100000000) | join: ',' }}", "judged"),
    "long range in a loop": ("{% for i in (1..100000000) limit: 1 %}x{% endfor %}", "judged"),
    "range that is sorted": ("{% assign a = (1..50000000) | sort %}{{ a | size }}", "judged"),
    "power": ("{{ 9" + " | times: 999999999" * 100 + " }}", "judged"),
    "division by zero": ("{{ 1 | divided_by: 0 }}", "judged"),
    "date format": ("{{ '2026-01-01' | date: '%" + "9" * 400 + "d' }}", "judged"),
    "date of anything": ("{{ record.subject | date: record.subject }}", "judged"),
    "slice": ("{{ record.subject | slice: -999999999999, 999999999999 }}", "judged"),
    "truncate": ("{{ record.subject | truncate: 999999999999 }}", "judged"),
    "unknown filter": ("{{ record.subject | system }}", "bad-liquid"),
    "secret name": ("{{ settings.password }}", "liquid-unknown-name"),
    "object of python": ("{{ record.__class__.__mro__ }}", "liquid-unknown-name"),
    "member of python": ("{{ record.subject.__class__ }}", "judged"),
    "index by another": ("{{ record[settings.greeting] }}", "judged"),
    "name of the template": ("{{ self }}", "liquid-unknown-name"),
    "too long a text": ("x" * 8_001, "wrong-length"),
    "a hundred filters": ("{{ record.subject" + " | upcase" * 500 + " }}", "judged"),
    "json": ("{{ record | json }}", "judged"),
    "where": ("{{ record.subject | split: '' | where: 'a', 'b' | map: 'x' | uniq | sort_natural }}", "judged"),
    "raw": ("{% raw %}{% include 'x' %}{% endraw %}", "accepted"),
    "comment": ("{% comment %}" + "{% if %}" * 50 + "{% endcomment %}", "judged"),
}
PATTERNS = {
    "repetition of repetition": ("(a{1000}){1000}", "bad-pattern"),
    "three repetitions": ("((a{100}){100}){100}", "bad-pattern"),
    "repetition over 1,000": ("a{1001}", "bad-pattern"),
    "look ahead": ("(?=a)b", "bad-pattern"),
    "look behind": ("(?<=a)b", "bad-pattern"),
    "back reference": ("(a)\\1", "bad-pattern"),
    "recursion": ("(?R)", "bad-pattern"),
    "condition": ("(?(1)a|b)", "bad-pattern"),
    "open bracket": ("(a", "bad-pattern"),
    "deep brackets": ("(" * 99 + "a" + ")" * 99, "accepted"),
    "too long": ("a" * 201, "wrong-kind"),
    "catastrophic elsewhere": ("(a+)+b", "accepted"),
    "nested stars": ("((a*)*)*b", "accepted"),
    "alternatives": ("(a|aa)+b", "accepted"),
    "all letters": ("\\pL{900}", "judged"),
    "raw bytes": ("\\C*", "judged"),
}


def _condition(source: str) -> str:
    return '"' + source.replace('"', '\\"') + '"'


def formula_cases() -> Iterator[Case]:
    """Each expression as the condition of an action, each text as the body of a message, each pattern of a field."""
    for name, (source, code) in CONDITIONS.items():
        yield replaced(f"CEL: {name}", "records/note.yaml", "record.count >= 0", _condition(source), code)
    for name, (source, code) in LIQUID.items():
        body = "email:\n  subject: {id: Halo, en: Hello}\n  body:\n    id: >-\n      " + source + "\n    en: x\n"
        yield with_files(f"Liquid: {name}", {"messages/told.yaml": body}, code)
        if code == "judged":
            subject = f"email:\n  subject:\n    id: >-\n      {source[:300]}\n    en: x\n  body: {{id: x, en: x}}\n"
            yield with_files(f"Liquid in a subject: {name}", {"messages/told.yaml": subject}, code)
    for name, (source, code) in PATTERNS.items():
        field = f"code: {{type: text, pattern: '{source}'}}"
        yield with_files(f"pattern: {name}", {"records/note.yaml": _telling(record(fields=[field]))}, code)


def _telling(text: str) -> str:
    return text + "automations: {tell: {on: finish, send: told, to: clerk}}\n"


def many_cases() -> Iterator[Case]:
    """Packages that hold far too much of one thing, and of many things at once."""

    def numbered(text: str, count: int) -> list[str]:
        return [text.format(i) for i in range(count)]

    yield with_files("10,000 options", _record(fields=[_choice(10_000)]), "refused")
    yield with_files("1,000 options", _record(fields=[_choice(1_000)]), "wrong-count")
    yield with_files("10,000 states", _record(states=numbered("s{0}: {{label: x}}", 10_000)), "refused")
    yield with_files("1,000 states", _record(states=numbered("s{0}: {{label: x}}", 1_000)), "wrong-count")
    yield with_files("1,000 fields", _record(fields=numbered("f{0}: {{type: text}}", 1_000)), "wrong-count")
    actions = numbered("a{0}: {{from: open, to: done, by: [clerk]}}", 700)
    yield with_files("700 actions", _record(actions=actions), "wrong-count")
    clocks = mapping(numbered("c{0}: {{within: \"'PT1H'\", starts: created, met_by: finish}}", 800))
    yield with_files("800 clocks", _record(more=f"clocks: {clocks}\n"), "wrong-count")
    automations = mapping(numbered("m{0}: {{on: created, send: told, to: clerk}}", 1_000))
    yield with_files("1,000 automations", _record(more=f"automations: {automations}\n"), "wrong-count")
    rungs = mapping(numbered("r{0}: {{after: PT1H, to: clerk}}", 50))
    ladder = f"clocks: {{c: {{within: \"'PT1H'\", starts: created, met_by: finish, escalate: {rungs}}}}}\n"
    yield with_files("50 rungs", _record(more=ladder), "wrong-count")
    yield replaced("1,000 roles", "app.yaml", "{clerk:", "{" + ", ".join(numbered("r{0}: {{name: x}}", 1_000))
                   + ", clerk:", "wrong-count")  # fmt: skip
    yield replaced("1,000 settings", "app.yaml", "{greeting:", "{" + ", ".join(numbered("s{0}: {{type: text}}", 1_000))
                   + ", greeting:", "wrong-count")  # fmt: skip
    steps = mapping(numbered("s{0}: {{label: x, fields: subject}}", 50))
    yield with_files("50 steps", {"pages/notes.yaml": f"kind: form\nfor: public\nrecord: note\nsteps: {steps}\n"},
                     "wrong-count")  # fmt: skip
    values = ", ".join(["{state: {a: open}}"] * 500)
    yield replaced("500 checks", "scenarios/one.yaml", "[{state: {a: open}}]", f"[{values}]", "too-many")
    yield with_files("1,000 examples", {"examples/note.yaml": "\n".join(numbered("e{0}: {{subject: x}}", 1_000))},
                     "wrong-count")  # fmt: skip
    for folder, count, text in (
        ("records", 120, record()),
        ("pages", 150, "kind: list\nfor: clerk\nrecord: note\ncolumns: [number]\n"),
        ("messages", 150, "sms: {body: {id: x, en: x}}\n"),
        ("scenarios", 150, "name: x\nwhen: []\nthen: []\n"),
        ("examples", 120, "{}\n"),
    ):
        files = {f"{folder}/m{number}.yaml": text for number in range(count)}
        yield with_files(f"{count} {folder}", files, "too-many-files")
    pictures = {f"screenshots/s{number}.png": b"\x89PNG\r\n\x1a\n" for number in range(60)}
    yield with_files("60 screenshots", pictures, "too-many-files")
    yield from _texts()
    yield from _together()


def _record(
    *,
    fields: list[str] | None = None,
    states: list[str] | None = None,
    actions: list[str] | None = None,
    more: str = "",
) -> dict[str, bytes | str]:
    return {"records/note.yaml": record(fields=fields, states=states, actions=actions, more=more)}


def _choice(count: int) -> str:
    return "kind: {type: choice, options: " + mapping([f"o{i}: x" for i in range(count)]) + "}"


def _texts() -> Iterator[Case]:
    for size, code in ((500, "wrong-length"), (200_000, "wrong-length")):
        yield replaced(f"a name of {size}", "app.yaml", "id: Contoh", f"id: {'x' * size}", code)
        yield replaced(f"a label of {size}", "records/note.yaml", "id: Catatan", f"id: {'x' * size}", code)
    yield replaced("a name of 10 MB", "app.yaml", "id: Contoh", f"id: {'x' * 10_000_000}")
    yield with_files("a README of 10 MB", {"README.md": "x" * 10_000_000}, "package-too-large")
    yield with_files("a README of 1 MB", {"README.md": "[" * 1_000_000}, "file-too-large")
    yield with_files("a changelog of 100 kB", {"CHANGELOG.md": "*a_" * 33_000}, "file-too-large")
    yield with_files("a licence of 1 MB", {"LICENSE": "x" * 1_000_000}, "file-too-large")
    for name, text in (("brackets", "["), ("stars", "*["), ("quotes", "> ")):
        body = (text * 65_000)[: 64 * 1024]
        yield with_files(f"a changelog of {name}", {"CHANGELOG.md": body}, "accepted")
    yield replaced("a key of 100 kB", "records/note.yaml", "subject:", f"{'k' * 100_000}:", "refused")
    yield replaced("an id of 61", "records/note.yaml", "{subject:", f"{{{'k' * 61}: {{type: text}}, subject:", "bad-id")


def _together() -> Iterator[Case]:
    """Every file within its own limits, and the package too much all the same."""
    long_record = record(fields=[f"f{i}: {{type: text}}" for i in range(190)])
    yield with_files("40 records of 190 fields", {f"records/m{n}.yaml": long_record for n in range(40)},
                     "package-too-long")  # fmt: skip
    wordy = "name: {id: Catatan, en: Note}\n" + "# x\n" * 30_000
    yield with_files("20 files of comments", {f"pages/m{n}.yaml": wordy for n in range(20)}, "package-too-long")
    condition = "record.open && " * 60 + "record.open"
    fields = [f'f{i}: {{type: text, visible_when: "{condition}"}}' for i in range(190)]
    yield with_files("190 long expressions", _record(fields=fields), "too-many-expressions")
    allowed = [f'f{i}: {{type: text, visible_when: "{condition}"}}' for i in range(105)]
    text = _telling(record(fields=allowed))
    yield with_files("105 long expressions", {"records/note.yaml": text}, "accepted")
    body = "{% if record.subject %}a{% endif %}" * 220
    message = f'email: {{subject: {{id: x, en: x}}, body: {{id: "{body}", en: "{body}"}}}}\n'
    yield with_files("30 long messages", {f"messages/m{n}.yaml": message for n in range(30)}, "too-much-liquid")
    yield with_files("12 long messages", {f"messages/m{n}.yaml": message for n in range(12)}, "accepted")
    patterns = [f"f{i}: {{type: text, pattern: '\\pL{{900}}{i}'}}" for i in range(190)]
    yield with_files("190 heavy patterns", _record(fields=patterns), "too-many")
    states = [f"receiv{i}a{'b' * 20}: {{label: x}}" for i in range(180)]
    actions = [
        f"a{i}: {{from: [{','.join(f'receiv{i}x{j}' + 'b' * 20 for j in range(90))}], by: [clerk]}}" for i in range(60)
    ]
    yield with_files("5,000 near misses", _record(states=states, actions=actions), "unknown-state")
    groups = [
        f"g{i}: {{type: group, fields: {mapping([f'm{j}: {{type: text}}' for j in range(30)])}}}" for i in range(40)
    ]
    yield with_files("1,200 members of groups", {"records/note.yaml": _telling(record(fields=groups))}, "judged")
