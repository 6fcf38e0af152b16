"""What the server says becomes one line for people."""

from pathlib import Path

import pytest

from lumbung.postgres.errors import PostgresError, explain_server_output, explained


@pytest.mark.parametrize(
    ("output", "english"),
    [
        ('initdb: error: could not write to file "x": No space left on device\n', "Disk full"),
        ('FATAL:  could not open file "global/pg_control": Permission denied\n', "No permission"),
        ("FATAL:  data directory has wrong ownership\n", "No permission"),
        (
            "FATAL:  database files are incompatible with server\nDETAIL: 17\n",
            "another version of PostgreSQL",
        ),
        ("LOG:  starting\nFATAL:  bogus setting\nLOG:  shut down\n", "cannot be started: bogus setting"),
        ("", "cannot be started: -"),
    ],
)
def test_what_the_server_prints_becomes_one_line(output: str, english: str) -> None:
    error = explain_server_output(output, data=Path("/data"), log=Path("/log"))
    assert english in error.english
    assert "\n" not in str(error)
    assert str(error).startswith(error.indonesian)


def test_a_full_disk_is_named_as_such() -> None:
    full = Path("/dev/full")
    with (
        pytest.raises(PostgresError, match=r"Disk penuh.*Disk full"),
        explained(full),
        full.open("w") as file,
    ):
        file.write("x" * 100_000)
