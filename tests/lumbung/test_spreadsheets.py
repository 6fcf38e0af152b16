"""CSV that a spreadsheet opens and runs nothing of."""

from __future__ import annotations

import csv
from itertools import product

import pytest

from lumbung.spreadsheets import csv_document, plain_cell

COMMANDS = ["=1+cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("https://jahat.example")']


@pytest.mark.parametrize(
    ("before", "command"), list(product(["", " ", "\t", "\n", "baik;", "baik; ", 'a\n"', "a\r\n"], COMMANDS))
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_begins_with_what_a_spreadsheet_runs(delimiter: str, before: str, command: str) -> None:
    document = csv_document(["satu", "dua"], [["pertama", f"{before}{command};ya"]]).decode("utf-8-sig")
    # As programs read it whose cells end elsewhere: then a quote inside a line is a letter as any other.
    rows = list(csv.reader(document.splitlines(), delimiter=delimiter))
    cells = [cell.strip(' "') for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert plain_cell("Lampu mati; sudah dua hari - sejak Selasa") == "Lampu mati; sudah dua hari - sejak Selasa"
    assert plain_cell(-5) == "-5"
    assert plain_cell(None) == ""
