"""Documents of packages: what a check finds in them, and that nothing of the machine is within their reach."""

from __future__ import annotations

import pytest

from app_catalog.definitions.canonical import canonicalise, compile_definition, digest
from app_catalog.definitions.check import check_package
from app_catalog.definitions.differences import compare
from app_catalog.definitions.documents.inputs import example_content
from app_catalog.definitions.documents.typesetting import TOO_MUCH, Fault, Job, set_documents
from app_catalog.definitions.source import load_folder
from tests.izin import IZIN, edited

LETTER, PERMIT = "documents/permit.typ", "records/permit.yaml"
CONTENT = example_content({"title": {"type": "text"}}, {"title": "Halo"}, {}, name="Surat")


def test_a_document_is_part_of_what_is_signed() -> None:
    before = canonicalise(load_folder(IZIN))
    after = canonicalise(edited({"documents/permit.typ": ("boleh memasang", "dapat memasang")}))
    assert digest(before) != digest(after)
    assert compile_definition(after).documents["permit"].count("dapat memasang") == 1
    changed = compare(before, after)
    assert [(one.area, one.change, one.id) for one in changed] == [("documents", "changed", "permit")]


@pytest.mark.parametrize(
    ("file", "edit", "code", "line"),
    [
        (LETTER, ("#record.text", "#record.txet"), "document-faulty", 7),
        (LETTER, ("= #issued.name", "#foo("), "document-faulty", 4),
        (LETTER, ("Nomor", "No\u202emor"), "hidden-character", 5),
        ("documents/other.typ", "Halo", "document-unused", 0),
        (PERMIT, ("document: permit", "document: permti"), "unknown-document", 29),
        (PERMIT, ("into: letter", "into: text"), "unknown-pdf-field", 29),
        (PERMIT, ("letter: {type: files", "letter: {type: files, accept: [image/*]"), "unknown-pdf-field", 29),
        (PERMIT, ("into: letter, ", ""), "missing-key", 29),
        (PERMIT, ("record.state == 'issued'", "record.stat == 'issued'"), "expression-unknown-name", 29),
    ],
)
def test_a_document_that_is_wrong_is_told_where_it_is(
    file: str, edit: tuple[str, str] | str, code: str, line: int
) -> None:
    found = [one for one in check_package(edited({file: edit})).problems if one.code == code]
    assert [(one.file, one.line) for one in found] == [(file, line)], found
    assert found[0].message.text("id") != found[0].message.text("en")


def test_a_template_reads_no_file_and_no_package_and_ends_in_time() -> None:
    hostile = [
        '#read("/etc/passwd")',
        '#image("../../../etc/passwd")',
        '#import "@preview/cetz:0.3.0": *',
        "#let a = range(100000000); #a.len()",
    ]
    made = set_documents([Job(source, CONTENT, 0) for source in ["= #record.title #qr", *hostile]])
    assert isinstance(made[0], bytes)
    assert made[0].startswith(b"%PDF")
    assert all(isinstance(one, Fault) for one in made[1:])
    assert made[-1] == TOO_MUCH
    assert not [one for one in made[1:] if isinstance(one, Fault) and "tmp" in one.detail]


def test_the_same_document_is_the_same_bytes() -> None:
    job = Job("#record.title #datetime.today().display() #qr", CONTENT, 1_767_571_200)
    first, second = set_documents([job])[0], set_documents([job])[0]
    assert isinstance(first, bytes)
    assert first == second
