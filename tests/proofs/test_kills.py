"""Nothing acknowledged is lost and nothing happens twice, whatever is killed under it."""

from __future__ import annotations

import http.client
from pathlib import Path

import pytest

from tests.proofs.accounting import account_for, wait_until_drained
from tests.proofs.killing import Killing
from tests.proofs.load import FORM, Load, citizen, filled_in, host_of, record_of, signed_in
from tests.proofs.patient_client import PatientClient
from tests.proofs.standing import Sent, Stand, children_of, unused_port


def test_fifty_kills_lose_nothing_and_double_nothing(stand: Stand) -> None:
    load = Load(stand)
    load.start()
    killing = Killing(stand, load, kills=50)
    try:
        killing.run()
    finally:
        load.finish()
    assert load.errors == []
    stand.wait_until_served()
    wait_until_drained(stand)
    counts = account_for(stand)
    assert killing.done == {"web": 17, "worker": 17, "database": 16}
    assert load.repeats > 0, "No kill ever met a request."
    assert counts["reports"] > 25


def test_a_web_that_dies_between_commit_and_answer_gives_the_first_answer_again(stand: Stand, tmp_path: Path) -> None:
    port = unused_port()
    web = stand.serve(port, "tests.proofs.dying_web:create_app()", preload=True)
    try:
        stand.wait_until_served(port)
        number = next(stand.numbers)
        client = citizen(stand, number)
        client.port = port
        filled = filled_in(client, number)
        client.headers["X-Dies-With"] = str(tmp_path / "report")
        with pytest.raises((OSError, http.client.HTTPException)):
            client.send(FORM, filled, once=True)
        answer = client.send(FORM, filled)
        assert answer.status == 303
        one = Sent(number, record_of(answer))
        stand.sent.append(one)
        assert client.send(FORM, filled).location == answer.location

        official = PatientClient(port, host_of(stand), "10.9.9.9", signed_in(stand, "handler"))
        page = f"/work/siaran/{one.record_id}"
        said = official.fill_in(page, f"{page}/act/respond") | {"respond.answer": "Kami periksa hari ini."}
        official.headers["X-Dies-With"] = str(tmp_path / "answer")
        with pytest.raises((OSError, http.client.HTTPException)):
            official.send(f"{page}/act/respond", said, once=True)
        assert official.send(f"{page}/act/respond", said).status == 303
        one.answered = "Kami periksa hari ini."
    finally:
        serving = children_of(web.pid)
        web.kill()
        web.wait()
        assert serving
    wait_until_drained(stand)
    account_for(stand)
