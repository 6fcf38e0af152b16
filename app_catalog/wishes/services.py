"""Wishing, voting, working on a wish, fulfilling it, and what curators do."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert

from app_catalog.definitions.shape.records import CATEGORIES
from app_catalog.deprecations.reading import today_in_jakarta
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App
from app_catalog.wishes.models import Wish, WishClaim, WishRuling, WishVote
from app_catalog.wishes.reading import get_wish, root_of
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.ids import new_id
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor
from tenants.municipalities.services import own_municipality

SHORTEST_TITLE, LONGEST_TITLE = 8, 120
SHORTEST_PROBLEM, LONGEST_PROBLEM, LONGEST_SERVES = 20, 2_000, 200
LONGEST_NOTE, SHORTEST_REASON = 1_000, 10
LONGEST_CLAIM = timedelta(days=730)
_TURN = text("SELECT pg_advisory_xact_lock(1464619848)")
_OWN = Text("Keinginan daerah Anda sendiri sudah dihitung.", "Your own municipality's wish is counted already.")
_TAKEN_UP = Text(
    "Daerah lain atau penerbit sudah menanggapinya, jadi isinya tidak dapat diubah lagi. Tulis yang baru, atau tarik.",
    "Others have taken it up, so that its text can no longer be changed. Write a new one, or withdraw this one.",
)


def wish(session: AnySession, visitor: Visitor, *, title: str, problem: str, serves: str, category: str) -> Wish:
    """Say in public what the session's municipality misses. Raises Invalid with what does not fit."""
    place = own_municipality(session)
    made = Wish(
        tenant_id=place.id,
        **_checked(title, problem, serves, category),
        author=visitor.name,
        municipality_name=place.name,
        updated_at=now(),
    )
    session.add(made)
    session.flush()
    record_audit(session, "wish.written", subject_type="wish", subject_id=made.id, after={"title": made.title})
    return made


def access_own_wish(session: AnySession, wish_id: UUID) -> Wish:
    """A wish of the session's municipality; raises NotFound."""
    found = session.scalar(select(Wish).where(Wish.tenant_id == current_tenant(session), Wish.id == wish_id))
    if found is None:
        raise NotFound
    return found


def rewrite_wish(session: AnySession, own: Wish, *, title: str, problem: str, serves: str, category: str) -> None:
    """Change what is wished, while nobody has taken it up. Raises Invalid as `wish` does, Conflict afterwards, NotFound
    when it was withdrawn meanwhile."""
    answers = _checked(title, problem, serves, category)
    _take_turn(session)
    access_own_wish(session, own.id)
    if is_taken_up(session, own):
        raise Conflict(_TAKEN_UP)
    for name, value in answers.items():
        setattr(own, name, value)
    own.updated_at = now()
    session.flush()
    record_audit(session, "wish.rewritten", subject_type="wish", subject_id=own.id)


def is_taken_up(session: AnySession, own: Wish) -> bool:
    """Whether a vote, a claim or a curator's ruling refers to what is written there."""
    referring = (
        select(WishVote.id).where(WishVote.wish_id == own.id).exists()
        | select(WishClaim.id).where(WishClaim.wish_id == own.id).exists()
        | select(WishRuling.id).where((WishRuling.wish_id == own.id) | (WishRuling.merged_into == own.id)).exists()
    )
    return bool(session.scalar(select(referring)))


def withdraw_wish(session: AnySession, own: Wish) -> None:
    """Nobody reads it any more; what was merged into it stands by itself again, and claims of it are gone. Raises
    NotFound when it was withdrawn meanwhile."""
    _take_turn(session)
    access_own_wish(session, own.id)
    record_audit(session, "wish.withdrawn", subject_type="wish", subject_id=own.id, before={"title": own.title})
    session.execute(delete(WishRuling).where((WishRuling.wish_id == own.id) | (WishRuling.merged_into == own.id)))
    session.execute(delete(WishClaim).where(WishClaim.wish_id == own.id))
    session.delete(own)
    session.flush()


def vote(session: AnySession, wish_id: UUID) -> None:
    """The session's municipality misses it too; a second time changes nothing.

    Raises NotFound, Conflict for the municipality's own wish.
    """
    place = own_municipality(session)
    _take_turn(session)
    found = get_wish(session, root_of(session, wish_id)).wanted.wish
    if found.tenant_id == place.id:
        raise Conflict(_OWN)
    made = insert(WishVote).values(
        id=new_id(), tenant_id=place.id, wish_id=found.id, municipality_name=place.name, created_at=now()
    )
    session.execute(made.on_conflict_do_nothing(index_elements=["tenant_id", "wish_id"]))
    record_audit(session, "wish.supported", subject_type="wish", subject_id=found.id)


def take_vote_back(session: AnySession, wish_id: UUID) -> None:
    """The session's municipality no longer misses it, nor what was merged into it. Raises NotFound."""
    found = get_wish(session, root_of(session, wish_id)).wanted.wish
    merged = select(WishRuling.wish_id).where(WishRuling.merged_into == found.id)
    session.execute(
        delete(WishVote).where(
            WishVote.tenant_id == current_tenant(session),
            (WishVote.wish_id == found.id) | WishVote.wish_id.in_(merged),
        )
    )
    record_audit(session, "wish.no-longer-supported", subject_type="wish", subject_id=found.id)


def own_votes(session: AnySession) -> frozenset[UUID]:
    """Ids of the wishes that the session's municipality supports."""
    return frozenset(session.scalars(select(WishVote.wish_id).where(WishVote.tenant_id == current_tenant(session))))


def claim_wish(
    session: AnySession, visitor: Visitor, publisher: Publisher, wish_id: UUID, *, until: date | None, note: str
) -> WishClaim:
    """The publisher works on it until a day; saying it again replaces it.

    Raises NotFound, and Invalid for a day that has passed or is too far off, and a note that is too long.
    """
    _take_turn(session)
    found = get_wish(session, wish_id).wanted.wish
    today = today_in_jakarta()
    if until is None or not today < until <= today + LONGEST_CLAIM:
        raise Invalid(
            fields={"until": [t("Pilih hari dalam dua tahun ke depan.", "Choose a day within the next two years.")]}
        )
    _check_note(note)
    assert visitor.account_id is not None
    claim = _claim_of(session, publisher, found.id)
    if claim is None:
        claim = WishClaim(wish_id=found.id, publisher_id=publisher.id, account_id=visitor.account_id)
        session.add(claim)
    claim.until, claim.note, claim.updated_at = until, plain_text(note), now()
    session.flush()
    record_audit(session, "wish.claimed", subject_type="wish", subject_id=found.id, after={"publisher": publisher.slug})
    return claim


def drop_claim(session: AnySession, publisher: Publisher, wish_id: UUID) -> None:
    """The publisher no longer works on it. Raises NotFound, Conflict once an app of its fulfils it."""
    claim = _claim_of(session, publisher, wish_id)
    if claim is None:
        raise NotFound
    if claim.app_id is not None:
        raise Conflict(Text("Keinginan ini sudah terwujud.", "This wish is fulfilled already."))
    session.delete(claim)
    session.flush()
    record_audit(session, "wish.claim-dropped", subject_type="wish", subject_id=wish_id)


def fulfil_wish(session: AnySession, visitor: Visitor, publisher: Publisher, wish_id: UUID, *, app_slug: str) -> App:
    """An app of the publisher that the catalog lists is what was wished for.

    Raises NotFound for an unknown wish, Invalid for another app.
    """
    _take_turn(session)
    found = get_wish(session, wish_id).wanted.wish
    app = session.scalar(
        select(App).where(
            App.slug == app_slug,
            App.publisher_id == publisher.id,
            App.hidden_at.is_(None),
            App.latest_release_id.is_not(None),
        )
    )
    if app is None:
        raise Invalid(fields={"app": [t("Pilih aplikasi Anda yang sudah terbit.", "Choose a published app of yours.")]})
    claim = _claim_of(session, publisher, found.id)
    if claim is None:
        assert visitor.account_id is not None
        claim = WishClaim(
            wish_id=found.id, publisher_id=publisher.id, account_id=visitor.account_id, until=today_in_jakarta()
        )
        session.add(claim)
    claim.app_id, claim.updated_at = app.id, now()
    session.flush()
    record_audit(session, "wish.fulfilled", subject_type="wish", subject_id=found.id, after={"app": app.slug})
    return app


def rule(session: AnySession, visitor: Visitor, wish_id: UUID, *, kind: str, reason: str, into: str = "") -> None:
    """A curator hides a wish, merges it into another, or (`shown`) takes that back.

    Raises NotFound, and Invalid without a reason or for a wish that it cannot be merged into.
    """
    _take_turn(session)
    known = session.scalar(select(Wish).where(Wish.id == wish_id))
    if known is None:
        raise NotFound
    session.execute(delete(WishRuling).where(WishRuling.wish_id == wish_id))
    if kind != "shown":
        _check_ruling(kind, reason)
        target = _target(session, wish_id, into) if kind == "merged" else None
        assert visitor.account_id is not None
        session.add(
            WishRuling(
                wish_id=wish_id, kind=kind, merged_into=target, reason=plain_text(reason), account_id=visitor.account_id
            )
        )
        if target is not None:
            for former in session.scalars(select(WishRuling).where(WishRuling.merged_into == wish_id)):
                former.merged_into = target
    session.flush()
    record_audit(session, f"wish.{kind}", subject_type="wish", subject_id=wish_id, after={"reason": plain_text(reason)})


def _take_turn(session: AnySession) -> None:
    """Whoever votes, claims, rewrites, withdraws and rules does so one after the other, each seeing what the one before
    did: those whom a wish is about live in several municipalities, so that there is no row to queue for."""
    session.execute(_TURN)


def _target(session: AnySession, wish_id: UUID, written: str) -> UUID:
    try:
        target = root_of(session, UUID(written))
        if target == wish_id:
            raise NotFound
        return get_wish(session, target).wanted.wish.id
    except (ValueError, NotFound) as error:
        raise Invalid(fields={"into": [t("Pilih keinginan lain.", "Choose another wish.")]}) from error


def _check_ruling(kind: str, reason: str) -> None:
    if kind not in ("hidden", "merged"):
        raise Invalid(fields={"kind": [t("Pilih tindakannya.", "Choose what to do.")]})
    if len(plain_text(reason)) < SHORTEST_REASON:
        raise Invalid(fields={"reason": [t("Tulis alasannya.", "Say why.")]})


def _claim_of(session: AnySession, publisher: Publisher, wish_id: UUID) -> WishClaim | None:
    return session.scalar(select(WishClaim).where(WishClaim.wish_id == wish_id, WishClaim.publisher_id == publisher.id))


def _check_note(note: str) -> None:
    if len(plain_text(note)) > LONGEST_NOTE:
        raise Invalid(fields={"note": [t("Paling banyak {n} huruf.", "At most {n} characters.", n=LONGEST_NOTE)]})


def _checked(title: str, problem: str, serves: str, category: str) -> dict[str, str]:
    answers = {
        "title": " ".join(plain_text(title).split()),
        "problem": plain_text(problem),
        "serves": " ".join(plain_text(serves).split()),
        "category": category,
    }
    bounds = {
        "title": (SHORTEST_TITLE, LONGEST_TITLE),
        "problem": (SHORTEST_PROBLEM, LONGEST_PROBLEM),
        "serves": (1, LONGEST_SERVES),
    }
    errors = {
        name: [t("Tulis {low} sampai {high} huruf.", "Write {low} to {high} characters.", low=low, high=high)]
        for name, (low, high) in bounds.items()
        if not low <= len(answers[name]) <= high
    }
    if category not in CATEGORIES:
        errors["category"] = [t("Pilih kategorinya.", "Choose a category.")]
    if errors:
        raise Invalid(fields=errors)
    return answers
