"""Boards: cards below their states, moved by taking an action, each for whom it is."""

from __future__ import annotations

from app_runtime.boards.showing import CARDS
from lumbung.web.sites import LumbungFlask
from tests.app_runtime.stage import Sessions
from tests.browsing import browse
from tests.meetings import copy, enable_meetings, meeting_files, plan
from tests.small_app import codes_of
from tests.statements import statements_of
from tests.world import World

BOARD = "/rapat/board"


def column(page: str, name: str) -> str:
    """The part of a page that is one column."""
    return page.split(f'id="column-{name}"', 1)[1].split("</section>", 1)[0]


def test_a_card_is_moved_by_its_action_and_stands_in_the_other_column(
    session: Sessions, world: World, app: LumbungFlask
) -> None:
    rapat = enable_meetings(session, world)
    meeting = plan(session, world.tangsel, rapat, "Banjir Pamulang", kind="open", held_on="2026-12-01")
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    before = clerk.get(BOARD).text
    assert "Banjir Pamulang" in column(before, "planned")
    assert f"/work/rapat/{meeting}#action-drop" in column(before, "planned"), "what asks something leads to its form"
    assert "cards/" not in column(before, "invited")
    assert "remark" not in before, "an action that leads nowhere moves no card"
    answer = clerk.post_form(f"{BOARD}?kind=open", to=f"{BOARD}/cards/{meeting}/invite")
    assert answer.status_code == 303
    after = clerk.get(answer.headers["Location"]).text
    assert "Banjir Pamulang" in column(after, "invited")
    assert "Banjir Pamulang" in column(clerk.get(f"{BOARD}/cards").text, "invited")
    assert "Banjir Pamulang" not in clerk.get(f"{BOARD}?kind=inner").text


def test_a_move_that_a_condition_forbids_is_refused_above_the_newest_board(
    session: Sessions, world: World, app: LumbungFlask
) -> None:
    rapat = enable_meetings(session, world)
    meeting = plan(session, world.tangsel, rapat, "Tanpa tanggal", kind="open")
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    answer = clerk.post_form(BOARD, to=f"{BOARD}/cards/{meeting}/invite")
    assert answer.status_code == 409
    assert "Kartu tidak dipindahkan" in answer.text
    assert "Tanpa tanggal" in column(answer.text, "planned")
    # A move from an old page: somebody else was faster.
    dated = plan(session, world.tangsel, rapat, "Bertanggal", kind="open", held_on="2026-12-01")
    stale = {"version": "0"}
    assert clerk.post_form(BOARD, stale, to=f"{BOARD}/cards/{dated}/invite").status_code == 409


def test_a_board_shows_and_moves_only_what_is_somebodys(session: Sessions, world: World, app: LumbungFlask) -> None:
    rapat = enable_meetings(session, world)
    place = world.tangsel
    own = "dishub"
    theirs = plan(session, place, rapat, "Rapat dinas lain", kind="inner", held_on="2026-12-01", unit="dlh")
    mine = plan(session, place, rapat, "Rapat dinas sendiri", kind="inner", held_on="2026-12-01", unit=own)
    unit = browse(app, place.host, place.accounts["head"])
    page = unit.get(BOARD).text
    assert "Rapat dinas sendiri" in page
    assert "Rapat dinas lain" not in page
    assert f"cards/{mine}/invite" in page
    assert "/hold" not in page
    chief = browse(app, place.host, place.accounts["dispatcher"])
    assert "Rapat dinas lain" in chief.get(BOARD).text
    assert "cards/" not in column(chief.get(BOARD).text, "planned")
    assert chief.post_form(BOARD, to=f"{BOARD}/cards/{mine}/invite").status_code == 404
    assert unit.post_form(BOARD, to=f"{BOARD}/cards/{theirs}/invite").status_code == 404
    stranger = browse(app, place.host)
    assert stranger.get(BOARD).status_code == 404
    assert "Rapat dinas sendiri" not in stranger.get("/rapat/kinds").text
    plan(session, place, rapat, "Rapat terbuka", kind="open")
    assert "Rapat terbuka" in column(stranger.get("/rapat/kinds").text, "open")
    assert "data-board-card" not in stranger.get("/rapat/kinds").text


def test_a_board_asks_as_often_for_many_cards_as_for_few(session: Sessions, world: World, app: LumbungFlask) -> None:
    rapat = enable_meetings(session, world)
    meeting = plan(session, world.tangsel, rapat, "Rapat 0", kind="open", held_on="2026-12-01")
    clerk = browse(app, world.tangsel.host, world.tangsel.accounts["handler"])
    clerk.get(BOARD)
    with statements_of(app) as few:
        clerk.get(BOARD)
    copy(session, world.tangsel, meeting, CARDS + 5)
    with statements_of(app) as many:
        page = clerk.get(BOARD).text
    assert column(page, "planned").count("data-board-card") == CARDS
    assert f'<span class="lb-count">{CARDS + 6}</span>' in page
    assert "Rapat 0" in column(page, "planned")
    assert len(many) == len(few)


def test_a_board_needs_columns_that_are_settled() -> None:
    board = "kind: board\nfor: clerk\nrecord: meeting\ncolumns: [topic]\ngroups: {}\n"
    assert codes_of(meeting_files(board=board.format("topic"))) == {"not-grouped"}
    assert codes_of(meeting_files(board=board.format("nothing"))) == {"unknown-attribute"}
    public = "kind: board\nfor: public\nrecord: meeting\ncolumns: [note]\n"
    assert codes_of(meeting_files(board=public)) == {"field-not-public"}
    assert codes_of(meeting_files()) == set()
