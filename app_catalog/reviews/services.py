"""Writing reviews and replying to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from app_catalog.evaluations.models import SubmittedEvaluation
from app_catalog.evaluations.published import list_submitted
from app_catalog.installations.models import Installation
from app_catalog.publishers.models import Publisher
from app_catalog.releases.models import App, Release
from app_catalog.reviews.models import HiddenReview, PublisherReply, Review
from app_catalog.reviews.rating import shown
from lumbung.audit import record_audit
from lumbung.db import now
from lumbung.db.tenancy import AnySession, current_tenant
from lumbung.errors import Conflict, Forbidden, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.ids import new_id
from lumbung.plain_text import plain_text
from lumbung.web.access import Visitor
from tenants.municipalities.models import Municipality

SHORTEST_WORDS = 10
LONGEST_WORDS = 2_000
MOST_SHOWN = 50
_HIDDEN = Text(
    "Ulasan ini disembunyikan kurator, jadi tidak tampil di katalog dan belum dapat ditarik. Perbaiki isinya, lalu "
    "simpan.",
    "The curators have hidden this review, so it is not in the catalog and cannot be withdrawn yet. Correct it and "
    "save.",
)


def find_review(session: AnySession, app_id: UUID) -> Review | None:
    """What the session's municipality has written about an app, or None."""
    return session.scalar(select(Review).where(Review.tenant_id == current_tenant(session), Review.app_id == app_id))


def write_review(
    session: AnySession, visitor: Visitor, installation: Installation, *, stars: int, words: str
) -> Review:
    """Publish, or rewrite, the municipality's review, bound to the version in use.

    Raises Invalid for stars outside 1 to 5 or words that are too short or too long.
    """
    words = plain_text(words)
    errors: dict[str, list[str]] = {}
    if stars not in (1, 2, 3, 4, 5):
        errors["stars"] = [t("Pilih 1 sampai 5 bintang.", "Choose 1 to 5 stars.")]
    if not SHORTEST_WORDS <= len(words) <= LONGEST_WORDS:
        errors["words"] = [
            t(
                "Tulis {low} sampai {high} huruf.",
                "Write {low} to {high} characters.",
                low=SHORTEST_WORDS,
                high=LONGEST_WORDS,
            )
        ]
    if errors:
        raise Invalid(fields=errors)
    tenant_id = installation.tenant_id
    moment = now()
    values = {
        "version": session.scalars(select(Release.version).where(Release.id == installation.release_id)).one(),
        "stars": stars,
        "words": words,
        "author": visitor.name,
        "municipality_name": session.get_one(Municipality, tenant_id).name,
        "used_since": installation.enabled_at,
        "archived_at": None if installation.status == "enabled" else moment,
        "updated_at": moment,
    }
    statement = insert(Review).values(
        id=new_id(), tenant_id=tenant_id, app_id=installation.app_id, created_at=moment, **values
    )
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "app_id"], set_=values))
    review = find_review(session, installation.app_id)
    assert review is not None
    session.refresh(review)
    record_audit(session, "review.written", subject_type="review", subject_id=review.id, after={"stars": stars})
    return review


def withdraw_review(session: AnySession, review: Review) -> None:
    """Take the review back; the hub no longer shows it. Raises Conflict while a curator hides it: written anew, it
    would be shown again."""
    if session.scalar(select(HiddenReview.id).where(HiddenReview.review_id == review.id)) is not None:
        raise Conflict(_HIDDEN)
    record_audit(session, "review.withdrawn", subject_type="review", subject_id=review.id)
    session.delete(review)
    session.flush()


@dataclass(frozen=True, slots=True)
class ShownReview:
    """A review as everybody sees it; `archived` when the municipality no longer runs the app or takes part."""

    review: Review
    archived: bool


def list_reviews(session: AnySession, app_id: UUID) -> list[ShownReview]:
    """Municipalities' reviews of an app that no curator hid, the newest first; archived ones after all others."""
    rows = session.execute(reviews_of_app(), {"app_id": app_id})
    return [ShownReview(review, gone) for review, gone in rows]


@cache
def reviews_of_app() -> Select[Review, bool]:
    """The statement behind `list_reviews`, for the app that is given as `app_id`."""
    archived = Review.archived_at.is_not(None) | (Municipality.status == "suspended")
    return (
        select(Review, archived)
        .join(Municipality, Municipality.id == Review.tenant_id)
        .where(Review.app_id == bindparam("app_id", type_=Uuid()), shown())
        .order_by(archived, Review.updated_at.desc())
        .limit(MOST_SHOWN)
    )


def replies_for(session: AnySession, app_id: UUID) -> dict[UUID, PublisherReply]:
    """The maintainer's replies about an app, by what they reply to."""
    rows = session.scalars(replies_of_app(), {"app_id": app_id}).all()
    return {reply.subject_id: reply for reply in rows}


@cache
def replies_of_app() -> Select[PublisherReply]:
    """The statement behind `replies_for`, for the app that is given as `app_id`."""
    return select(PublisherReply).where(PublisherReply.app_id == bindparam("app_id", type_=Uuid()))


def access_judgement(
    session: AnySession, visitor: Visitor, kind: str, subject_id: UUID
) -> tuple[App, Review | SubmittedEvaluation]:
    """A review (`kind` `review`) or submitted evaluation (`evaluation`) of an app that the visitor publishes.

    Raises NotFound.
    """
    subject: Review | SubmittedEvaluation | None = None
    if kind == "review":
        subject = session.scalar(select(Review).where(Review.id == subject_id))
    elif kind == "evaluation":
        subject = session.scalar(select(SubmittedEvaluation).where(SubmittedEvaluation.id == subject_id))
    app = session.get_one(App, subject.app_id) if subject is not None else None
    if subject is None or app is None or app.publisher_id not in visitor.publishers:
        raise NotFound
    return app, subject


def reply_publicly(
    session: AnySession,
    visitor: Visitor,
    app: App,
    *,
    subject_type: str,
    subject_id: UUID,
    municipality_id: UUID,
    words: str,
) -> PublisherReply:
    """Write, or rewrite, the maintainer's public reply to a review or an evaluation of the app.

    Raises Forbidden for people who do not act for the app's publisher, Invalid for words that are too short or long.
    """
    if app.publisher_id not in visitor.publishers:
        raise Forbidden
    words = plain_text(words)
    if not SHORTEST_WORDS <= len(words) <= LONGEST_WORDS:
        message = t(
            "Tulis {low} sampai {high} huruf.",
            "Write {low} to {high} characters.",
            low=SHORTEST_WORDS,
            high=LONGEST_WORDS,
        )
        raise Invalid(fields={"words": [message]})
    publisher = session.get_one(Publisher, app.publisher_id)
    reply = session.scalar(
        select(PublisherReply).where(
            PublisherReply.subject_type == subject_type, PublisherReply.subject_id == subject_id
        )
    )
    if reply is None:
        assert visitor.account_id is not None
        reply = PublisherReply(
            publisher_id=publisher.id,
            app_id=app.id,
            subject_type=subject_type,
            subject_id=subject_id,
            municipality_id=municipality_id,
            words=words,
            author=publisher.name,
            account_id=visitor.account_id,
            updated_at=now(),
        )
        session.add(reply)
    else:
        reply.words, reply.updated_at = words, now()
    session.flush()
    record_audit(session, "reply.written", subject_type=subject_type, subject_id=subject_id)
    return reply


@dataclass(frozen=True)
class Judged:
    """An app of a maintainer with everything written about it, and the replies by what they reply to."""

    app: App
    reviews: Sequence[Review]
    evaluations: Sequence[SubmittedEvaluation]
    replies: dict[UUID, PublisherReply]


def list_replying_apps(session: AnySession, visitor: Visitor) -> list[Judged]:
    """The apps of the visitor's publishers, by slug."""
    apps = session.scalars(select(App).where(App.publisher_id.in_(visitor.publishers)).order_by(App.slug)).all()
    return [
        Judged(
            app,
            [found.review for found in list_reviews(session, app.id)],
            list_submitted(session, app.id),
            replies_for(session, app.id),
        )
        for app in apps
    ]
