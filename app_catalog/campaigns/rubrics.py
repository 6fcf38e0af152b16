"""Rubrics: those that the platform comes with, and the versions that curators write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app_catalog.campaigns.models import KeptRubric
from app_catalog.catalog.categories import category_choices
from app_catalog.evaluations.criteria import Criterion
from app_catalog.evaluations.rubric import MOST_CRITERIA, STANDING, WHOLE, Rubric, rubric_from
from app_catalog.evaluations.seeded import seeded_rubrics
from lumbung.audit import record_audit
from lumbung.db import violated_constraint
from lumbung.db.tenancy import AnySession
from lumbung.errors import Conflict, Invalid, NotFound
from lumbung.i18n import Text, t
from lumbung.web.access import Visitor
from tenants.regions.slugs import slug_from

SHORTEST_TEXT, LONGEST_NAME, LONGEST_QUESTION = 3, 80, 300
FEWEST_CRITERIA = 2
BY_CATEGORY = "by-category"
"""What a form says instead of a rubric's name; no rubric is called so, since their names begin with a category."""
_CHANGED = Text(
    "Orang lain baru saja menyimpan versi baru rubrik ini. Muat ulang halamannya, lalu ubah lagi.",
    "Somebody else has just saved a new version of this rubric. Reload the page and change it again.",
)


@dataclass(frozen=True, slots=True)
class ListedRubric:
    """The newest version of a rubric, the category that it is for (empty: any app), and who wrote it (empty: it came
    with the platform)."""

    rubric: Rubric
    category: str
    author: str = ""


def list_rubrics(session: AnySession) -> list[ListedRubric]:
    """The newest version of every rubric: those of the platform in the order of categories, then the others by name."""
    newest = select(KeptRubric.slug, func.max(KeptRubric.version).label("version")).group_by(KeptRubric.slug).subquery()
    kept = session.scalars(
        select(KeptRubric).join(newest, (KeptRubric.slug == newest.c.slug) & (KeptRubric.version == newest.c.version))
    ).all()
    written = {one.slug: ListedRubric(rubric_from(one.content), one.category, one.author) for one in kept}
    categories = {category for category, _ in category_choices()}
    first = [
        written.pop(one.slug, ListedRubric(one, one.slug if one.slug in categories else "")) for one in seeded_rubrics()
    ]
    return first + sorted(written.values(), key=lambda listed: (listed.category, str(listed.rubric.name)))


def get_rubric(session: AnySession, slug: str) -> ListedRubric:
    """The newest version of a rubric; raises NotFound."""
    found = next((listed for listed in list_rubrics(session) if listed.rubric.slug == slug), None)
    if found is None:
        raise NotFound
    return found


def usual_rubric(session: AnySession, category: str | None) -> ListedRubric:
    """The rubric that fits a category; the standing one without a category, or where there is none for it."""
    by_slug = {listed.rubric.slug: listed for listed in list_rubrics(session)}
    return by_slug.get(category or STANDING.slug, by_slug[STANDING.slug])


def chosen_rubric(session: AnySession, form: Mapping[str, str], category: str | None) -> ListedRubric:
    """The rubric that a campaign's form names, or the one that fits its category; raises NotFound for an unknown
    one."""
    slug = form.get("rubric") or BY_CATEGORY
    return usual_rubric(session, category) if slug == BY_CATEGORY else get_rubric(session, slug)


def list_versions(session: AnySession, slug: str) -> Sequence[KeptRubric]:
    """What curators wrote of a rubric, the newest first."""
    return session.scalars(select(KeptRubric).where(KeptRubric.slug == slug).order_by(KeptRubric.version.desc())).all()


def write_rubric(
    session: AnySession, visitor: Visitor, listed: ListedRubric, *, name: Text, criteria: Sequence[Criterion]
) -> Rubric:
    """A new version of a rubric; campaigns and evaluations keep the one they began with.

    Raises Invalid with what does not fit, Conflict when somebody else was faster.
    """
    rubric = Rubric(listed.rubric.slug, listed.rubric.version + 1, name, tuple(criteria))
    return _keep(session, visitor, rubric, listed.category)


def copy_rubric(
    session: AnySession, visitor: Visitor, listed: ListedRubric, *, name: Text, criteria: Sequence[Criterion]
) -> Rubric:
    """A new rubric for the same category, begun from another one. Raises Invalid as `write_rubric` does, and Conflict
    when there is one by that name."""
    slug = f"{listed.category or 'standing'}-{slug_from(name.id)}"
    if any(known.rubric.slug == slug for known in list_rubrics(session)):
        raise Conflict(
            Text(
                "Sudah ada rubrik dengan nama ini. Pilih nama lain.",
                "There is a rubric by this name already. Choose another.",
            )
        )
    return _keep(session, visitor, Rubric(slug, 1, name, tuple(criteria)), listed.category)


def _keep(session: AnySession, visitor: Visitor, rubric: Rubric, category: str) -> Rubric:
    check_rubric(rubric)
    assert visitor.account_id is not None
    kept = KeptRubric(
        slug=rubric.slug,
        version=rubric.version,
        category=category,
        content=rubric.as_json(),
        author=visitor.name,
        account_id=visitor.account_id,
    )
    try:
        with session.begin_nested():
            session.add(kept)
    except IntegrityError as error:
        if violated_constraint(error) == "uq_evaluation_rubrics_version":
            raise Conflict(_CHANGED) from error
        raise
    record_audit(
        session, "rubric.written", subject_type="rubric", subject_id=kept.id, after={"version": rubric.version}
    )
    return rubric


def check_rubric(rubric: Rubric) -> None:
    """Raises Invalid when weights do not add up to 100, a text lacks or is too long, or there are too few or many."""
    errors: dict[str, list[str]] = {}
    if not _fits(rubric.name, LONGEST_NAME):
        errors["name_id"] = [_both_languages(LONGEST_NAME)]
    if not FEWEST_CRITERIA <= len(rubric.criteria) <= MOST_CRITERIA:
        errors["criteria"] = [
            t(
                "Isi {low} sampai {high} kriteria.",
                "Give {low} to {high} criteria.",
                low=FEWEST_CRITERIA,
                high=MOST_CRITERIA,
            )
        ]
    elif any(one.weight < 1 for one in rubric.criteria) or sum(one.weight for one in rubric.criteria) != WHOLE:
        total = sum(one.weight for one in rubric.criteria)
        errors["criteria"] = [
            t(
                "Jumlah bobot harus {whole}, dengan setiap bobot paling sedikit 1. Sekarang {total}.",
                "The weights must add up to {whole}, each at least 1. They add up to {total}.",
                whole=WHOLE,
                total=total,
            )
        ]
    elif len({one.id for one in rubric.criteria}) != len(rubric.criteria):
        errors["criteria"] = [t("Dua kriteria bernama sama.", "Two criteria have the same name.")]
    elif not all(_fits(one.name, LONGEST_NAME) and _fits(one.question, LONGEST_QUESTION) for one in rubric.criteria):
        errors["criteria"] = [_both_languages(LONGEST_QUESTION)]
    if errors:
        raise Invalid(fields=errors)


def _fits(text: Text, longest: int) -> bool:
    return all(SHORTEST_TEXT <= len(words) <= longest for words in (text.id, text.en))


def _both_languages(longest: int) -> str:
    return t(
        "Isi nama dan pertanyaan dalam kedua bahasa, {low} sampai {high} huruf.",
        "Give names and questions in both languages, {low} to {high} characters.",
        low=SHORTEST_TEXT,
        high=longest,
    )
