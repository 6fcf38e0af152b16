"""SIARAN 0.9.0 as the definition that everything else runs."""

import re

import pytest
from liquid.exceptions import LiquidError

from app_catalog.definitions.liquid_texts import check_liquid, render_message
from app_catalog.definitions.model import ChannelText, Definition, Event, Message, Send, Text
from app_catalog.definitions.schemas import record_schema
from app_catalog.definitions.settings_values import effective_settings

CANONICAL = {"records": {"report": {"fields": {"answer": {}}}}, "app": {"settings": {"key": {"secret": True}}}}


def test_it_says_what_it_is(siaran: Definition) -> None:
    assert (siaran.id, siaran.version, siaran.category) == ("siaran", "0.9.0", "complaints")
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", siaran.digest)
    assert list(siaran.pages) == ["report", "map", "public-reports", "reports", "track", "tile"]
    assert set(siaran.messages) == {
        "received", "assigned", "answered", "asked", "fixed", "rejected", "hurry", "overdue",
    }  # fmt: skip


def test_things_stand_in_the_order_written(siaran: Definition) -> None:
    report = siaran.records["report"]
    assert list(report.fields) == [
        "title", "description", "category", "place", "photos", "reporter", "answer", "after", "reason", "cost",
    ]  # fmt: skip
    assert report.workflow is not None
    assert list(report.workflow.states) == ["received", "assigned", "waiting", "fixed", "rejected"]
    assert report.workflow.open_states == ("received", "assigned", "waiting")
    assert list(report.clocks["respond"].escalate) == ["head", "city"]
    assert list(siaran.settings["categories"].default)[:3] == ["street-light", "congestion", "rubbish"]


def test_the_red_mark_is_a_message_to_the_head(siaran: Definition) -> None:
    red = siaran.records["report"].automations["red"]
    assert red.on == (Event("clock", "respond", "breached"),)
    assert red.on[0].name == "clock.respond.breached"
    assert red.effect == Send("overdue", ("agency_head",))


def test_asks_are_complete(siaran: Definition) -> None:
    workflow = siaran.records["report"].workflow
    assert workflow is not None
    after = workflow.actions["fix"].asks["after"]
    assert (after.field.type, after.field.required, after.field.accept, after.sets) == (
        "files", "always", ("image/*",), "after",
    )  # fmt: skip
    assert workflow.actions["assign"].asks["agency"].sets == "agency"
    assert workflow.actions["ask"].asks["question"].sets is None


def test_every_scenario_and_example_is_there(siaran: Definition) -> None:
    assert set(siaran.scenarios) == {
        "forwarding", "straight-to-agency", "waiting", "reopen-in-time", "reopen-too-late", "rejected", "four-eyes",
        "publication",
    }  # fmt: skip
    assert len(siaran.examples["report"]) == 8
    schema = record_schema(siaran.records["report"], settings=effective_settings(siaran))
    for example in siaran.examples["report"]:
        assert schema().load(example)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_every_message_renders_in_both_languages(lang: str, siaran: Definition) -> None:
    context = {
        "record": {"number": "SR/2026/00001", "title": "Lampu mati", "answer": "Ya", "reason": "Milik provinsi"},
        "agency": {"name": "Dishub"}, "municipality": {"name": "Tangsel"}, "clock": {"due": "7 Januari"},
        "action": {"question": "Tiang mana?"}, "link": "https://x.example/t", "tracking_code": "A-B",
    }  # fmt: skip
    for message in siaran.messages.values():
        rendered = render_message(message, "email", lang, context)
        assert rendered.subject
        assert "\n" not in rendered.subject
        assert "{" not in rendered.subject + rendered.body
        assert "https://x.example/t" in rendered.body


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ record.anser }}", "liquid-unknown-name"), ("{{ password }}", "liquid-unknown-name"),
        ("{{ settings.key }}", "liquid-unknown-name"), ("{% include 'x' %}", "bad-liquid"),
        ("{% render 'x' %}", "bad-liquid"), ("{% if %}", "bad-liquid"), ("{{ link | nothing }}", "bad-liquid"),
        ("{% capture x %}{% endcapture %}", "bad-liquid"), ("{{ link", "bad-liquid"),
        ("{% if true %}" * 40 + "{% endif %}" * 40, "bad-liquid"),
    ],
)  # fmt: skip
def test_a_text_that_is_not_allowed_is_refused(source: str, code: str) -> None:
    fault = check_liquid(source, CANONICAL)
    assert fault is not None
    assert fault.code == code


@pytest.mark.parametrize(
    "source",
    ["{{ record.answer }}", "{% for i in (1..3) %}{{ i }}{% endfor %}", "{{ record.due | date: '%d' }}", "{{ link }}"],
)
def test_a_text_that_is_allowed_passes(source: str) -> None:
    assert check_liquid(source, CANONICAL) is None


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..100000) %}{{ i }}{% endfor %}",
        "{% for i in (1..199) %}{% for j in (1..199) %}{{ link }}{% endfor %}{% endfor %}",
        "{% assign a = link %}" + "{% assign a = a | append: a %}" * 30,
    ],
)
def test_a_text_that_grows_without_end_is_stopped(source: str) -> None:
    message = Message("x", {"email": ChannelText(Text({"id": source}), Text({"id": "x"}))})
    with pytest.raises(LiquidError):
        render_message(message, "email", "id", {"link": "x" * 100})
