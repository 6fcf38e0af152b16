"""What differs between two versions, and what it means."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app_catalog.definitions.canonical import canonicalise
from app_catalog.definitions.differences import bump_between, compare, heaviest, least_bump
from app_catalog.definitions.source import load_folder

Canonical = dict[str, Any]


@pytest.fixture(scope="session")
def form(siaran_folder: Path) -> Canonical:
    return canonicalise(load_folder(siaran_folder))


def changed(form: Canonical, change: Callable[[Canonical], object]) -> Canonical:
    copied = deepcopy(form)
    change(copied)
    return copied


def report(form: Canonical) -> Canonical:
    found: Canonical = form["records"]["report"]
    return found


def test_equal_versions_differ_in_nothing_whatever_their_number(form: Canonical) -> None:
    raised = changed(form, lambda new: new["app"].update(version="0.9.1"))
    assert compare(form, raised) == ()
    assert (heaviest(()), least_bump(())) == ("words", "patch")


@pytest.mark.parametrize(
    ("change", "area", "kind", "path", "weight", "bump"),
    [
        (lambda new: report(new)["workflow"]["states"].pop("assigned"),
         "states", "removed", "records/report/workflow/states/assigned", "mapping", "major"),
        (lambda new: report(new)["fields"].pop("cost"),
         "fields", "removed", "records/report/fields/cost", "mapping", "major"),
        (lambda new: report(new)["fields"].update(rt={"type": "text", "required": "always", "order": 5}),
         "fields", "added", "records/report/fields/rt", "mapping", "major"),
        (lambda new: report(new)["fields"].update(rt={"type": "text", "order": 5}),
         "fields", "added", "records/report/fields/rt", "new_records", "minor"),
        (lambda new: report(new)["fields"]["cost"].update(type="text"),
         "fields", "changed", "records/report/fields/cost", "mapping", "major"),
        (lambda new: report(new)["fields"]["title"]["label"].update(en="Heading"),
         "fields", "changed", "records/report/fields/title", "words", "patch"),
        # What a publisher has called `name`, `order` or `done` is no name and no order.
        (lambda new: report(new)["fields"]["reporter"]["fields"]["name"].update(required="always"),
         "fields", "changed", "records/report/fields/reporter", "check", "minor"),
        (lambda new: report(new)["fields"]["reporter"]["fields"]["name"]["label"].update(en="Full name"),
         "fields", "changed", "records/report/fields/reporter", "words", "patch"),
        (lambda new: report(new)["workflow"]["actions"]["reject"]["asks"].update(done={}),
         "actions", "changed", "records/report/workflow/actions/reject", "new_records", "minor"),
        (lambda new: new["app"]["settings"]["categories"]["columns"].update(order={"type": "agency"}),
         "settings", "changed", "app/settings/categories", "check", "minor"),
        (lambda new: new["app"]["settings"]["categories"]["default"]["road"].update(order="dlh"),
         "settings", "changed", "app/settings/categories", "new_records", "minor"),
        (lambda new: new["app"]["settings"]["categories"]["default"]["road"]["name"].update(en="Streets"),
         "settings", "changed", "app/settings/categories", "words", "patch"),
        (lambda new: report(new)["clocks"]["fix"].update(within="'P1WD'"),
         "clocks", "changed", "records/report/clocks/fix", "check", "minor"),
        (lambda new: new["app"]["settings"].pop("reopen_within"),
         "settings", "removed", "app/settings/reopen_within", "check", "major"),
        (lambda new: new["app"]["settings"]["respond_within"].update(default="PT24H"),
         "settings", "changed", "app/settings/respond_within", "new_records", "minor"),
        (lambda new: new["app"]["settings"]["respond_within"].update(max="P3D"),
         "settings", "changed", "app/settings/respond_within", "check", "minor"),
        (lambda new: report(new)["access"]["public"]["read"]["fields"].update(cost=True),
         "access", "changed", "records/report/access/public", "check", "minor"),
        (lambda new: report(new)["workflow"]["actions"]["fix"].pop("when"),
         "actions", "changed", "records/report/workflow/actions/fix", "new_records", "minor"),
        (lambda new: new["pages"]["map"]["popup"].pop("due"), "pages", "changed", "pages/map", "words", "patch"),
        (lambda new: new["app"]["personal_data"].update(retention="P5Y"), "app", "changed", "app", "check", "minor"),
        (lambda new: new["publiccode"].update(developmentStatus="stable"),
         "catalog", "changed", "publiccode", "words", "patch"),
        (lambda new: report(new)["workflow"].update(start="assigned"),
         "record_types", "changed", "records/report", "new_records", "minor"),
    ],
)  # fmt: skip
def test_a_change_is_named_and_weighed(
    form: Canonical, change: Callable[[Canonical], object], area: str, kind: str, path: str, weight: str, bump: str
) -> None:
    (found,) = compare(form, changed(form, change))
    assert (found.area, found.change, found.path, found.weight) == (area, kind, path, weight)
    assert least_bump([found]) == bump
    assert found.meaning.text("id") != found.meaning.text("en") != ""


def test_a_changed_value_stands_with_what_it_was(form: Canonical) -> None:
    (found,) = compare(form, changed(form, lambda new: report(new)["clocks"]["fix"].update(warn_at=50)))
    (value,) = found.properties
    assert (value.path, value.before, value.after) == ("warn_at", 75, 50)
    assert (found.record, found.name.text("en")) == ("report", "Fixing")


def test_a_type_of_record_that_comes_as_a_whole_is_one_difference(form: Canonical) -> None:
    def add(new: Canonical) -> None:
        new["records"]["letter"] = deepcopy(new["records"]["report"])

    (found,) = compare(form, changed(form, add))
    assert (found.area, found.change, found.id) == ("record_types", "added", "letter")
    (gone,) = compare(changed(form, add), form)
    assert (gone.change, gone.weight) == ("removed", "mapping")


def test_what_moves_up_because_another_is_gone_has_not_changed(form: Canonical) -> None:
    def renumber(new: Canonical) -> None:
        states = report(new)["workflow"]["states"]
        del states["received"]
        for number, state in enumerate(states.values()):
            state["order"] = number

    (found,) = compare(form, changed(form, renumber))
    assert (found.change, found.id) == ("removed", "received")

    def swap(new: Canonical) -> None:
        states = report(new)["workflow"]["states"]
        states["assigned"]["order"], states["fixed"]["order"] = states["fixed"]["order"], states["assigned"]["order"]

    assert {one.id for one in compare(form, changed(form, swap))} == {"assigned", "fixed"}


def test_one_and_true_are_not_the_same(form: Canonical) -> None:
    one = changed(form, lambda new: report(new)["fields"]["cost"].update(default=1))
    true = changed(form, lambda new: report(new)["fields"]["cost"].update(default=True))
    assert len(compare(one, true)) == 1


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_change_goes_unnoticed_and_none_is_told_twice(form: Canonical, data: st.DataObject) -> None:
    new = deepcopy(form)
    place: list[str] = []
    inner: Any = new
    while isinstance(inner, dict) and inner:
        place.append(data.draw(st.sampled_from(sorted(inner))))
        if len(place) > 2 and data.draw(st.booleans()):
            break
        inner = inner[place[-1]]
    holder = new
    for step in place[:-1]:
        holder = holder[step]
    if data.draw(st.booleans()):
        del holder[place[-1]]
    else:
        holder[place[-1]] = "another value"
    if place == ["app", "version"] or place[-1] == "order":
        return
    found = compare(form, new)
    assert found
    assert all("/".join(place).startswith(one.path) or one.path.startswith("/".join(place)) for one in found)
    back = compare(new, form)
    assert {one.path for one in back} == {one.path for one in found}


@pytest.mark.parametrize(
    ("before", "after", "bump"),
    [
        ("1.2.3", "1.2.4", "patch"), ("1.2.3", "1.3.0", "minor"), ("1.2.3", "2.0.0", "major"),
        ("0.9.0", "0.10.0", "major"), ("0.9.0", "0.9.1", "minor"), ("0.9.0", "1.0.0", "major"),
        ("1.2.3", "1.3.0-beta.1", "minor"),
    ],
)  # fmt: skip
def test_the_rise_of_a_version_has_a_name(before: str, after: str, bump: str) -> None:
    assert bump_between(before, after) == bump
