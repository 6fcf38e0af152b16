"""Each kind of check and step of a scenario: passing when it is so, and saying what happened instead when not."""

from __future__ import annotations

from typing import Any

import pytest

from app_catalog.definitions.model import Definition
from tests.app_runtime.scenario_writing import BY_RESIDENT, CREATE, LAMP, bundled_siaran, failures_of
from tests.app_runtime.stage import Sessions


@pytest.fixture(scope="module")
def siaran() -> Definition:
    """SIARAN as it is bundled."""
    return bundled_siaran()


LATE = {"wait": "PT49H"}
NOT_SENT = ("no message “overdue”", "it was sent 1 time, to agency_head", "message overdue to agency_head")
FAILING: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (
        "state",
        {"then": [{"state": {"a": "fixed"}}]},
        ("state of a", "“fixed”", "“received”", "public creates report a"),
    ),
    ("every state", {"then": [{"state": {"all": "fixed"}}]}, ("state of SR/2026/00001",)),
    ("value", {"then": [{"value": {"a.title": "Lampu hidup"}}]}, ("a.title", "Lampu hidup", "Lampu mati")),
    ("built-in value", {"then": [{"value": {"a.agency": "dlh"}}]}, ("a.agency", "dlh", "dishub")),
    ("number", {"then": [{"number": {"a": "SR/2026/00002"}}]}, ("SR/2026/00002", "SR/2026/00001")),
    (
        "clock",
        {"when": [CREATE, {"wait": "PT49H"}], "then": [{"clock": {"a.respond": "met"}}]},
        (
            "a.respond",
            "“met”",
            "breached",
            "2026-01-07 08:00",
            "clock respond.warned",
            "message overdue to agency_head",
        ),
    ),
    ("message", {"then": [{"message": {"overdue": {"to": "agency_head"}}}]}, ("overdue", "it was not sent")),
    ("message to nobody", {"then": [{"message": {"received": {}}}]}, ("received", "nobody to reach (reporter)")),
    (
        "message to another",
        {
            "when": [CREATE, {"act": {"as": "dispatcher", "on": "a", "action": "assign", "values": {"agency": "dlh"}}}],
            "then": [{"message": {"assigned": {"to": "agency_head"}}}],
        },
        ("to agency_head", "it was sent to agency"),
    ),
    ("no message", {"when": [CREATE, LATE], "then": [{"message": {"overdue": "none"}}]}, NOT_SENT),
    (
        "no message to one",
        {"when": [CREATE, LATE], "then": [{"message": {"overdue": {"not_to": "agency_head"}}}]},
        NOT_SENT,
    ),
    (
        "escalated",
        {"when": [CREATE, LATE], "then": [{"escalated": {"a.respond": {"none": 0}}}]},
        ("escalation of a.respond", "“none”", "“agency_head”", "clock respond.breached"),
    ),
    (
        "escalated further",
        {"when": [CREATE, LATE], "then": [{"escalated": {"a.respond": {"agency_head": 0, "tenant_admin": 1}}}]},
        ("“agency_head, tenant_admin”", "it is “agency_head”"),
    ),
    ("escalated by no clock", {"then": [{"escalated": {"a.sleep": {"none": 0}}}]}, ("no clock “sleep”", "respond")),
    ("no unknown message", {"then": [{"message": {"hello": "none"}}]}, ("no message “hello”",)),
    (
        "cannot update, but can",
        {"then": [{"cannot": {"update": "a", "as": "handler", "because": "role", "values": {"cost": 5}}}]},
        ("handler cannot “update a” (role)", "it was possible"),
    ),
    (
        "cannot update, for another reason",
        {"then": [{"cannot": {"update": "a", "as": "handler", "because": "state", "values": {"title": "Terang"}}}]},
        ("because of state", "because of role"),
    ),
    ("count", {"then": [{"count": {"report": 2}}]}, ("count of report", "“2”", "“1”")),
    ("sees", {"then": [{"sees": {"as": "public", "on": "a"}}]}, ("public sees a", "not seen")),
    (
        "sees a field",
        {"then": [{"sees": {"as": "resident", "on": "a", "fields": ["title", "cost"]}}]},
        ("resident sees a.cost", "not seen"),
    ),
    ("hidden", {"then": [{"hidden": {"as": "dispatcher", "on": "a"}}]}, ("does not see a", "it is seen")),
    (
        "hidden field",
        {"then": [{"hidden": {"as": "resident", "on": "a", "fields": ["cost", "title"]}}]},
        ("does not see a.title",),
    ),
    (
        "cannot, but can",
        {
            "then": [
                {
                    "cannot": {
                        "act": "assign",
                        "on": "a",
                        "as": "dispatcher",
                        "because": "role",
                        "values": {"agency": "dishub"},
                    }
                }
            ]
        },
        ("dispatcher cannot “assign a” (role)", "it was possible"),
    ),
    (
        "cannot, for another reason",
        {"then": [{"cannot": {"act": "reject", "on": "a", "as": "dispatcher", "because": "state"}}]},
        ("because of state", "because of required", "reason:"),
    ),
    (
        "cannot create, but can",
        {"then": [{"cannot": {"create": "report", "as": "public", "because": "required", "values": LAMP}}]},
        ("“create report”", "it was possible"),
    ),
    ("unknown record", {"then": [{"state": {"b": "fixed"}}]}, ("No record is named “b”", "there are: a")),
    ("unknown role", {"then": [{"sees": {"as": "mayor", "on": "a"}}]}, ("no role “mayor”", "dispatcher")),
    ("unknown record type", {"then": [{"count": {"letter": 1}}]}, ("no record type “letter”", "report")),
    ("unknown message", {"then": [{"message": {"hello": {}}}]}, ("no message “hello”",)),
    ("unknown clock", {"then": [{"clock": {"a.sleep": "met"}}]}, ("no clock “sleep”", "respond")),
    ("unknown field", {"then": [{"value": {"a.colour": "red"}}]}, ("no field “colour”",)),
    (
        "a step that is refused",
        {"when": [CREATE, {"act": {"as": "resident", "on": "a", "action": "reply", "values": {"reply": "Ya."}}}]},
        ("Step 2 (resident: reply on a) was refused (state)",),
    ),
    (
        "a step without an answer",
        {"when": [{"create": {"as": "public", "record": "report", "values": {"category": "road"}}}]},
        ("Step 1", "required", "title:"),
    ),
    (
        "a step with an unknown action",
        {"when": [CREATE, {"act": {"as": "dispatcher", "on": "a", "action": "dance"}}]},
        ("Step 2: The app has no action “dance”", "assign"),
    ),
    (
        "an update that is not allowed",
        {"when": [BY_RESIDENT, {"update": {"as": "resident", "on": "a", "values": {"cost": 5}}}]},
        ("Step 2", "refused (role)"),
    ),
]


@pytest.mark.parametrize(("parts", "expected"), [case[1:] for case in FAILING], ids=[case[0] for case in FAILING])
def test_a_failing_scenario_says_what_happened_instead(
    session: Sessions, siaran: Definition, parts: dict[str, Any], expected: tuple[str, ...]
) -> None:
    indonesian, english = failures_of(session, siaran, **parts)
    assert [part for part in expected if part not in english] == [], english
    assert "What happened:" in english
    assert "Jalannya skenario:" in indonesian
    assert "2026-01-05 08:00" in indonesian


PASSING: list[tuple[str, dict[str, Any]]] = [
    ("an absent answer is empty", {"then": [{"value": {"a.answer": "", "a.overdue": False, "a.open": True}}]}),
    (
        "a member of a group",
        {
            "when": [{"create": {**BY_RESIDENT["create"], "values": {**LAMP, "reporter": {"name": "Sari"}}}}],
            "then": [
                {"value": {"a.reporter.name": "Sari"}},
                {"hidden": {"as": "public", "on": "a", "fields": ["reporter"]}},
            ],
        },
    ),
    (
        "an officer changes what it may",
        {
            "when": [CREATE, {"update": {"as": "handler", "on": "a", "values": {"cost": 150000}}}],
            "then": [{"value": {"a.cost": 150000}}, {"sees": {"as": "handler", "on": "a", "fields": ["cost"]}}],
        },
    ),
    (
        "many at once",
        {
            "when": [{"create": {**CREATE["create"], "times": 5}}],
            "then": [{"count": {"report": 5}}, {"state": {"all": "received"}}, {"number": {"a": "SR/2026/00005"}}],
        },
    ),
    (
        "late answers met their clock late",
        {
            "when": [
                CREATE,
                {"wait": "PT49H"},
                {"act": {"as": "handler", "on": "a", "action": "respond", "values": {"answer": "Maaf, terlambat."}}},
            ],
            "then": [{"clock": {"a.respond": "met"}}, {"value": {"a.overdue": False}}],
        },
    ),
    (
        "a clock is warned before it is missed",
        {
            "when": [CREATE, {"wait": "PT37H"}],
            "then": [{"clock": {"a.respond": "warned"}}, {"message": {"hurry": {}}}],
        },
    ),
    (
        "the head and the admin see what escalation leads them to",
        {"then": [{"sees": {"as": "agency_head", "on": "a"}}, {"sees": {"as": "tenant_admin", "on": "a"}}]},
    ),
    (
        "an agency without a record does not see it",
        {
            "when": [CREATE, {"act": {"as": "dispatcher", "on": "a", "action": "assign", "values": {"agency": "dlh"}}}],
            "then": [{"value": {"a.agency": "dlh"}}, {"sees": {"as": "handler", "on": "a"}}],
        },
    ),
    (
        "what may not be made without an answer",
        {
            "then": [
                {"cannot": {"create": "report", "as": "public", "because": "required", "values": {"title": "Lampu"}}}
            ]
        },
    ),
    (
        "working days are waited by the calendar",
        {"when": [CREATE, {"wait": "P4WD"}], "then": [{"clock": {"a.fix": "warned"}}]},
    ),
    (
        "what was not sent, or to somebody else, and how far it was escalated",
        {
            "when": [CREATE, LATE],
            "then": [
                {"message": {"received": "none", "overdue": {"to": "agency_head", "not_to": "tenant_admin"}}},
                {"escalated": {"a.respond": {"agency_head": 0}, "a.fix": {"none": 0}}},
            ],
        },
    ),
    (
        "it is escalated further in its time",
        {
            "when": [CREATE, {"wait": "PT73H"}],
            "then": [{"escalated": {"a.respond": {"tenant_admin": 0, "agency_head": 1}}}],
        },
    ),
    (
        "what a role may not change",
        {
            "then": [
                {"cannot": {"update": "a", "as": "handler", "because": "role", "values": {"title": "Terang"}}},
                {"cannot": {"update": "a", "as": "visitor", "because": "role", "values": {"title": "Terang"}}},
                {"cannot": {"update": "a", "as": "handler", "because": "invalid", "values": {"cost": "x"}}},
            ]
        },
    ),
    ("no settings given", {"given": {}, "then": [{"value": {"a.agency": "dinas-contoh"}}]}),
]


@pytest.mark.parametrize("parts", [case[1] for case in PASSING], ids=[case[0] for case in PASSING])
def test_what_is_so_passes(session: Sessions, siaran: Definition, parts: dict[str, Any]) -> None:
    assert failures_of(session, siaran, **parts) == ("", "")
