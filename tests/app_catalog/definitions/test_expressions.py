"""CEL: typed, guarded, null-safe, never silent."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app_catalog.definitions.expressions import Known, Names, Outcome, Scope, evaluator_for
from app_catalog.definitions.expressions.compiling import Compiled, Compiler
from app_catalog.definitions.expressions.tree import TreeError, tree_facts
from app_catalog.definitions.model import Definition, Expression, ResultKind
from tests.processor_time import at_most

NOW = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def evaluate(siaran: Definition, source: str, kind: ResultKind = "any", **scope: Any) -> Outcome:
    values = Scope(now=NOW, today=date(2026, 1, 5), **scope)
    return evaluator_for(siaran).evaluate(Expression(source, kind, "report"), values)


RECORD = {"title": "Lampu mati", "category": "rubbish", "created_by": "u1", "open": True, "cost": 5000,
          "photos": ["f1", "f2"], "place": [106.7, -6.2], "reporter": {"phone": "+62812"}, "created_at": NOW,
          "clocks": {"fix": {"state": "running", "due": NOW}}}  # fmt: skip
SETTINGS = {"categories": {"rubbish": {"agency": "dlh", "fix_within": "P3WD", "name": {"id": "Sampah"}}}}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("record.title", "Lampu mati"),
        ("settings.categories[record.category].agency", "dlh"),
        ("settings.categories[record.category].name", "Sampah"),
        ("settings.categories['rubbish'].stop", ""),
        ("settings.respond_within", "PT48H"),
        ("size(record.photos) == 2", True),
        ("'f1' in record.photos", True),
        ("record.place[0] > 100.0", True),
        ("record.cost + 1", 5001),
        ("record.reporter.phone.startsWith('+62')", True),
        ("has(record.reporter.email)", False),
        ("has(record.answer)", False),
        ("has( record.title )", True),
        ("record.answer == ''", True),
        ("record.closed_at < now", True),
        ("record.overdue", False),
        ("record.clocks.fix.state", "running"),
        ("record.clocks.respond.state", ""),
        ("now - record.created_at < duration('1h')", True),
        ("today <= now", True),
        ("actor.id == record.created_by", True),
        ("'handler' in actor.roles", True),
        ("has(old.title)", False),
        ("'has(record.title) settings.x' + record.state", "has(record.title) settings.x"),
        ("record.category in ['rubbish', 'flood'] ? 'a' : 'b'", "a"),
        ("int(distance(record.place, [106.7, -6.19]))", 1111),
        ("distance(record.place, record.place)", 0.0),
        ("distance([0.0, 0.0], [180.0, 0.0]) < 20100000.0", True),
        ("has(old.place) && distance(old.place, record.place) < 10.0", False),
    ],
)
def test_expressions_give_values(source: str, value: object, siaran: Definition) -> None:
    actor = {"id": "u1", "roles": ["handler"]}
    assert evaluate(siaran, source, record=RECORD, settings=SETTINGS, actor=actor) == Outcome(value)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("settings.categories['nope'].agency", "string"),
        ("settings.categories[record.category].agency == 'x'", "bool"),
        ("record.photos[3] == 'x'", "bool"),
        ("1 / (record.cost - record.cost) > 0", "bool"),
        ("settings.categories['rubbish'].name", "duration"),
        ("record.unknown", "bool"),
        ("record.photos.exists(x, true)", "bool"),
        ("distance(record.place, [106.7, -6.2]) < 1.0", "bool"),
        ("distance([200.0, 0.0], [106.7, -6.2]) < 1.0", "bool"),
        ("distance([106.7, -6.2, 3.0], [106.7, -6.2]) < 1.0", "bool"),
    ],
)
def test_an_error_at_run_time_is_false_and_told(source: str, kind: ResultKind, siaran: Definition) -> None:
    outcome = evaluate(siaran, source, kind, settings=SETTINGS)
    assert not outcome.holds
    assert outcome.value is None
    assert outcome.error


def test_a_condition_holds_only_when_it_is_true(siaran: Definition) -> None:
    assert evaluate(siaran, "record.open", "bool", record=RECORD).holds
    assert not evaluate(siaran, "record.open", "bool").holds
    assert not evaluate(siaran, "record.cost", record={"cost": 1}).holds


REFUSED = [
    ("record.photos.all(x, x != '')", "expression-comprehension", 1, 1),
    ("[1].map(x, x * 2) == [2]", "expression-comprehension", 1, 1),
    ("size([1].filter(x, x > 0)) > 0", "expression-comprehension", 1, 1),
    ("record.photos.exists_one(x, x == '')", "expression-comprehension", 1, 1),
    ("record.title == 1", "expression-invalid", 1, 14),
    ("record.titel == ''", "expression-unknown-name", 1, 1),
    ("true && record.titel == ''", "expression-unknown-name", 1, 9),
    ("has(record.titel)", "expression-unknown-name", 1, 5),
    ("true &&\n  settings.nothing", "expression-unknown-name", 2, 3),
    ("settings.categories['a'].agencyy == ''", "expression-unknown-name", 1, 26),
    ("record == null", "expression-unknown-name", 1, 1),
    ("secrets.key", "expression-invalid", 1, 8),
    ("(" * 30 + "true" + ")" * 30, "expression-too-deep", 1, 1),
    ("1" + " + 1" * 28 + " > 0", "expression-too-deep", 1, 1),
    ("1" + " + 1" * 60 + " > 0", "expression-too-deep", 1, 1),
    ("true" + " || true" * 200, "expression-too-long", 1, 1),
    ("1 +", "expression-invalid", 1, 4),
    ("'\\", "expression-invalid", 1, 1),
    ("record.cost", "expression-result", 1, 1),
    ("distance(record.title, record.place) < 1.0", "expression-invalid", 1, 9),
    ("distance(record.place) < 1.0", "expression-invalid", 1, 9),
    ("distance(record.place, record.place)", "expression-result", 1, 1),
]


@pytest.mark.parametrize(("source", "code", "line", "column"), REFUSED, ids=lambda value: str(value)[:30])
def test_what_is_not_allowed_is_refused_with_its_place(
    source: str, code: str, line: int, column: int, siaran: Definition
) -> None:
    compiler = Compiler(Names.of_definition(siaran), "report")
    with at_most(0.5):
        faults = compiler.compile(source, "bool")
    assert not isinstance(faults, Compiled)
    assert (faults[0].code, faults[0].line, faults[0].column) == (code, line, column)


def test_settings_alone_are_in_scope_of_the_app(siaran: Definition) -> None:
    compiler = Compiler(Names.of_definition(siaran), None)
    assert isinstance(compiler.compile("settings.straight_to_agency", "bool"), Compiled)
    assert not isinstance(compiler.compile("record.open", "bool"), Compiled)


def test_an_evaluator_is_made_once_for_a_digest(siaran: Definition) -> None:
    assert evaluator_for(siaran) is evaluator_for(siaran)


def test_a_condition_is_fast(siaran: Definition) -> None:
    source = "settings.categories[record.category].agency == 'dlh' && record.open"
    with at_most(1):
        for _ in range(300):
            assert evaluate(siaran, source, "bool", record=RECORD, settings=SETTINGS).holds


@pytest.mark.parametrize("data", [b"", b"\xff", b"\x12\xff", b"\x0f\x00", b"hello"])
def test_bytes_that_are_no_tree_are_refused(data: bytes) -> None:
    with pytest.raises(TreeError):
        tree_facts(data)


def test_what_is_known_is_asked_again_only_when_what_it_reads_has_changed(siaran: Definition) -> None:
    expression = Expression("record.title + ' ' + string(today.getFullYear())", "string", "report")
    known: Known = {}
    evaluator = evaluator_for(siaran)

    def told(record: dict[str, Any], day: date) -> Any:
        scope = Scope(now=datetime(2026, 3, 2, tzinfo=UTC), today=day, record=record)
        return evaluator.evaluate(expression, scope, known).value

    assert told({"title": "Lampu"}, date(2026, 3, 2)) == "Lampu 2026"
    known[expression] = (known[expression][0], Outcome("remembered"))
    assert told({"title": "Lampu", "category": "road"}, date(2026, 3, 2)) == "remembered"
    assert told({"title": "Jalan"}, date(2026, 3, 2)) == "Jalan 2026"
    assert told({"title": "Jalan"}, date(2027, 3, 2)) == "Jalan 2027"
    assert (
        evaluator.evaluate(expression, Scope(now=datetime(2026, 3, 2, tzinfo=UTC), today=date(2026, 3, 2))).error
        is None
    )


def test_each_municipality_is_answered_by_its_own_table(siaran: Definition) -> None:
    expression = Expression("settings.categories[record.category].agency", "string", "report")
    evaluator = evaluator_for(siaran)
    tables = [{"categories": {"road": {"agency": agency}}} for agency in ("dishub", "pupr")]
    for _ in range(3):
        for settings in tables:
            scope = Scope(
                now=datetime(2026, 3, 2, tzinfo=UTC),
                today=date(2026, 3, 2),
                record={"category": "road"},
                settings=settings,
            )
            assert evaluator.evaluate(expression, scope).value == settings["categories"]["road"]["agency"]
