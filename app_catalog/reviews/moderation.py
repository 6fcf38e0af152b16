"""Flags by anybody who is signed in, and what curators do about them; everything can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app_catalog.evaluations.telling import tell_judges
from app_catalog.releases.models import App
from app_catalog.reviews.models import HiddenReview, Review, ReviewFlag
from app_catalog.reviews.rating import shown
from lumbung.audit import record_audit
from lumbung.db import as_tenant, now
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.ids import new_id
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor

SHORTEST_REASON, LONGEST_REASON = 10, 500
MOST = 100
_HIDDEN = Text("Ulasan ini sudah disembunyikan.", "This review is hidden already.")


@dataclass(frozen=True, slots=True)
class Flagged:
    """A review that somebody finds wrong, or that is hidden, with the reasons given."""

    review: Review
    app: App
    reasons: Sequence[str]
    hidden: HiddenReview | None


def access_shown_review(session: AnySession, slug: str, review_id: UUID) -> tuple[App, Review]:
    """A review on an app's page; raises NotFound."""
    row = session.execute(
        select(App, Review)
        .join(Review, Review.app_id == App.id)
        .where(App.slug == slug, App.hidden_at.is_(None), Review.id == review_id, shown())
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def flag_review(session: AnySession, visitor: Visitor, review: Review, *, reason: str) -> None:
    """Ask the curators to look at a review; once for each account. Raises Invalid for a reason too short or long."""
    reason = _checked(reason)
    made = insert(ReviewFlag).values(
        id=new_id(), review_id=review.id, account_id=visitor.account_id, reason=reason, created_at=now()
    )
    session.execute(
        made.on_conflict_do_update(
            index_elements=["review_id", "account_id"], set_={"reason": reason, "settled_at": None}
        )
    )
    record_audit(session, "review.flagged", subject_type="review", subject_id=review.id)


def list_flagged(session: AnySession) -> list[Flagged]:
    """Reviews with flags that nobody has settled, then those that are hidden."""
    flags = (
        select(ReviewFlag.review_id, func.array_agg(ReviewFlag.reason).label("reasons"))
        .where(ReviewFlag.settled_at.is_(None))
        .group_by(ReviewFlag.review_id)
        .subquery()
    )
    rows = session.execute(
        select(Review, App, flags.c.reasons, HiddenReview)
        .join(App, App.id == Review.app_id)
        .outerjoin(flags, flags.c.review_id == Review.id)
        .outerjoin(HiddenReview, HiddenReview.review_id == Review.id)
        .where(flags.c.review_id.is_not(None) | HiddenReview.id.is_not(None))
        .order_by(HiddenReview.created_at.desc().nulls_first(), Review.updated_at.desc())
        .limit(MOST)
    )
    return [Flagged(review, app, reasons or [], hidden) for review, app, reasons, hidden in rows]


def find_hidden(session: AnySession, review_id: UUID) -> HiddenReview | None:
    """Why a review is hidden, or None."""
    return session.scalar(select(HiddenReview).where(HiddenReview.review_id == review_id))


def hide_review(session: AnySession, visitor: Visitor, review_id: UUID, *, reason: str) -> None:
    """Take a review off the catalog; the municipality is told why. Its row stays as it wrote it.

    Raises NotFound, Conflict when it is hidden already, Invalid for a reason too short or long.
    """
    review, app = _review(session, review_id)
    reason = _checked(reason)
    assert visitor.account_id is not None
    made = insert(HiddenReview).values(
        id=new_id(), review_id=review.id, reason=reason, account_id=visitor.account_id, created_at=now()
    )
    if session.scalar(made.on_conflict_do_nothing(index_elements=["review_id"]).returning(HiddenReview.id)) is None:
        raise Conflict(_HIDDEN)
    _settle(session, review_id)
    record_audit(session, "review.hidden", subject_type="review", subject_id=review_id, after={"reason": reason})
    _tell(
        session,
        review,
        subject=Text("Ulasan Anda tentang {app} disembunyikan", "Your review of {app} was hidden").format(
            app=Text.of(app.name)
        ),
        text=Text(
            "Kurator katalog menyembunyikan ulasan daerah Anda tentang {app}. Alasannya: {reason}\n\nPerbaiki "
            "ulasannya di portal Anda; kurator akan melihatnya lagi.",
            "The catalog’s curators have hidden your municipality’s review of {app}. Their reason: {reason}\n\n"
            "Correct it on your portal; the curators will look at it again.",
        ).format(app=Text.of(app.name), reason=reason),
    )


def show_review_again(session: AnySession, review_id: UUID) -> None:
    """Put a hidden review back; the municipality is told. Raises NotFound when it is not hidden."""
    review, app = _review(session, review_id)
    gone = delete(HiddenReview).where(HiddenReview.review_id == review_id).returning(HiddenReview.reason)
    reason = session.scalar(gone)
    if reason is None:
        raise NotFound
    record_audit(session, "review.shown-again", subject_type="review", subject_id=review_id, before={"reason": reason})
    _tell(
        session,
        review,
        subject=Text("Ulasan Anda tentang {app} tampil lagi", "Your review of {app} is shown again").format(
            app=Text.of(app.name)
        ),
        text=Text(
            "Kurator menampilkan lagi ulasan daerah Anda tentang {app}.",
            "The curators show your municipality’s review of {app} again.",
        ).format(app=Text.of(app.name)),
    )


def keep_review(session: AnySession, review_id: UUID) -> None:
    """The flags are settled and the review stays as it is. Raises NotFound."""
    _review(session, review_id)
    _settle(session, review_id)
    record_audit(session, "review.kept", subject_type="review", subject_id=review_id)


def _review(session: AnySession, review_id: UUID) -> tuple[Review, App]:
    row = session.execute(
        select(Review, App).join(App, App.id == Review.app_id).where(Review.id == review_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _settle(session: AnySession, review_id: UUID) -> None:
    session.execute(
        update(ReviewFlag)
        .where(ReviewFlag.review_id == review_id, ReviewFlag.settled_at.is_(None))
        .values(settled_at=now())
    )


def _tell(session: AnySession, review: Review, *, subject: Text, text: Text) -> None:
    with as_tenant(session, review.tenant_id):
        tell_judges(session, subject=subject, text=text, about=("review", review.id))


def _checked(reason: str) -> str:
    reason = plain_text(reason)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        message = t(
            "Tulis {low} sampai {high} huruf.",
            "Write {low} to {high} characters.",
            low=SHORTEST_REASON,
            high=LONGEST_REASON,
        )
        raise Invalid(fields={"reason": [message]})
    return reason
