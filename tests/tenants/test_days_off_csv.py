from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.calendars.days_off_csv import EXAMPLE, MOST_BYTES, MOST_ROWS, LineError, parse_days_off
from tenants.calendars.working_time import DayOff

HEADER = "date,name,kind,source\n"
HUT = DayOff(name="HUT Kota", kind="local", source="Perwal 1/2026")


def only_error(text: str | bytes) -> LineError:
    table = parse_days_off(text if isinstance(text, bytes) else text.encode())
    assert len(table.errors) == 1
    assert table.errors[0].message.id
    assert table.errors[0].message.en
    return table.errors[0]


def test_the_example_that_an_admin_downloads_is_taken() -> None:
    table = parse_days_off(EXAMPLE.encode())
    assert table.errors == ()
    assert table.days[date(2026, 12, 24)] == DayOff("Cuti Bersama Natal", "joint_leave", "SKB Tiga Menteri 2026")


@pytest.mark.parametrize(
    "text",
    [
        "date,name,kind,source\n2026-11-26,HUT Kota,local,Perwal 1/2026\n",
        "\ufeffdate,name,kind,source\r\n2026-11-26,HUT Kota,local,Perwal 1/2026\r\n",
        "Tanggal;Nama;Jenis;Sumber\n26/11/2026;HUT Kota;Lokal;Perwal 1/2026",
        "sumber,jenis,nama,tanggal\nPerwal 1/2026,DAERAH, HUT Kota ,26-11-2026\n\n,,,\n",
        'date,name,kind,source,\n2026-11-26,"HUT Kota",local,Perwal 1/2026,\n',
    ],
)
def test_the_ways_in_which_spreadsheets_write_the_same_table(text: str) -> None:
    table = parse_days_off(text.encode())
    assert table.errors == ()
    assert table.days == {date(2026, 11, 26): HUT}


def test_every_wrong_line_is_told_with_its_number_and_right_lines_are_kept() -> None:
    table = parse_days_off(
        (
            HEADER + "2026-11-26,HUT Kota,local,Perwal 1/2026\n"
            "2026-02-30,Salah,local,Perwal\n"
            "\n"
            "2026-11-27,Salah,libur,Perwal\n"
            "2026-11-28,,local,Perwal\n"
            "2026-11-29,Tanpa sumber,local,\n"
            "2026-11-26,Kembar,local,Perwal\n"
            "46352,Angka,local,Perwal\n"
            "1926-11-26,Abad lalu,local,Perwal\n"
            "2026-11-30,Koma,local,Perwal 1, 2 dan 3\n"
        ).encode()
    )
    assert table.days == {date(2026, 11, 26): HUT}
    assert [error.line for error in table.errors] == [3, 5, 6, 7, 8, 9, 10, 11]
    assert '"2026-02-30"' in table.errors[0].message.id
    assert "cuti bersama" in table.errors[1].message.id
    assert "joint_leave" in table.errors[1].message.en
    assert table.errors[4].message.id == "Tanggal 26/11/2026 sudah ada di baris 2."
    assert table.errors[4].message.en == "The date 2026-11-26 is already in line 2."


def test_a_line_after_a_quoted_line_break_keeps_its_number() -> None:
    table = parse_days_off((HEADER + '2026-11-26,"HUT\nKota",local,Perwal\n2026-13-01,B,local,Perwal\n').encode())
    assert [error.line for error in table.errors] == [2, 4]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", None),
        ("\n\n;;;\n", None),
        (HEADER, None),
        ("PK\x03\x04 and what follows in a workbook", None),
        ("2026-11-26,HUT Kota,local,Perwal\n", 1),
        ("date,name,kind\n", 1),
        ("date,name,kind,source,rahasia\n", 1),
        (HEADER + '2026-11-26,"HUT,local,Perwal\n', 1),
        (HEADER + "2026-11-26,HUT\x00Kota,local,Perwal\n", 2),
        (HEADER + "2026-11-26," + "H" * 201 + ",local,Perwal\n", 2),
    ],
)
def test_a_table_that_cannot_be_taken_says_where(text: str, line: int | None) -> None:
    assert only_error(text).line == line


def test_a_file_in_another_encoding_says_how_to_save_it() -> None:
    assert "CSV UTF-8" in only_error((HEADER + "2026-11-26,Hari Café,local,Perwal").encode("latin-1")).message.id


def test_a_file_that_is_too_large_or_too_long_is_refused() -> None:
    assert "kB" in only_error(b"x" * (MOST_BYTES + 1)).message.en
    rows = [f"{2000 + n // 300}-{n % 300 // 25 + 1:02}-{n % 25 + 1:02},A,local,B\n" for n in range(MOST_ROWS + 5)]
    assert str(MOST_ROWS) in only_error(HEADER + "".join(rows)).message.id


@pytest.mark.parametrize("blank", [b",,,", b"\x0b", b" , "])
def test_a_file_of_blanks_is_empty(blank: bytes) -> None:
    assert only_error(blank).message.en == "This file is empty."


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: (HEADER + text).encode())))
def test_any_file_at_all_gets_an_answer(data: bytes) -> None:
    table = parse_days_off(data)
    assert table.days or table.errors
    assert all(error.line is None or error.line >= 1 for error in table.errors)
