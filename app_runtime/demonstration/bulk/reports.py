"""Any number of believable reports for one municipality, in batches: for the demonstration and for measuring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app_catalog.installations.models import Installation
from app_runtime.demonstration.bulk.album import Album
from app_runtime.demonstration.bulk.course import Course, Tempo, fixed_zone
from app_runtime.demonstration.bulk.life import Life
from app_runtime.demonstration.bulk.town import Town, read_town
from app_runtime.demonstration.bulk.writing import write_lives
from app_runtime.demonstration.generated.building import chance_for
from app_runtime.demonstration.generated.names import draw_name
from app_runtime.demonstration.generated.places import lay_out, stand_at
from app_runtime.demonstration.generated.profile import Profile
from app_runtime.demonstration.generated.profiles import PROFILES
from app_runtime.demonstration.generated.wording import Wording
from app_runtime.demonstration.seed import SEED
from lumbung.db.tenancy import AnySession
from tenants.municipalities.models import Municipality

BATCH = 2_000
_ELSEWHERE = (106.82, -6.2)
_SHARES = {"street-light": 22, "rubbish": 24, "road": 26, "flood": 14, "congestion": 9}
_OWN_SHARE = 7
_FRESH = timedelta(days=6)


@dataclass(frozen=True, kw_only=True)
class Part:
    """One batch: so many reports made from `first` until just before `last`, with what happened to them by `until`; a
    share of `fresh` ones was made in the last days of that time."""

    number: int
    count: int
    first: datetime
    last: datetime
    until: datetime
    seed: int = SEED
    fresh: float = 0.0


def load_reports(
    session: AnySession,
    installation: Installation,
    *,
    count: int,
    until: datetime,
    days: int = 365,
    seed: int = SEED,
    photos: int = 0,
    tell: Callable[[int], None] = lambda written: None,
) -> int:
    """Write `count` reports of the last `days` days before `until`, with history and clocks; how many were written.

    The session belongs to the municipality and commits nothing by itself: for more than some thousands call
    `write_part` for each of `parts` and commit between. `photos` is how many photos may be drawn at most. `tell` hears
    the number written so far. Raises NotThisApp unless the app's reports are forwarded, answered and fixed.
    """
    written = 0
    for part in parts(count, until=until, days=days, seed=seed):
        written += write_part(session, installation, part, photos=photos)
        tell(written)
    return written


def parts(count: int, *, until: datetime, days: int, seed: int = SEED, batch: int = BATCH) -> list[Part]:
    """The batches of a load, the oldest reports first, so that numbers rise with time."""
    number = -(-count // batch)
    begin, step = until - timedelta(days=days), timedelta(days=days) / max(number, 1)
    return [
        Part(
            number=index,
            count=min(batch, count - index * batch),
            first=begin + index * step,
            last=begin + (index + 1) * step,
            until=until,
            seed=seed,
        )
        for index in range(number)
    ]


def write_part(
    session: AnySession, installation: Installation, part: Part, *, photos: int = 0, profile: Profile | None = None
) -> int:
    """Write one batch into the session's municipality; how many reports there were. Raises as `load_reports`."""
    town = read_town(session, installation, at=part.until)
    profile = profile or profile_of(town.app.municipality)
    album = Album(photos)
    lives = _live(town, profile, part, album)
    write_lives(session, town, lives)
    album.write(session, installation.tenant_id)
    return len(lives)


def profile_of(municipality: Municipality) -> Profile:
    """What is known of a municipality that the demonstration made, else something usual around its centre."""
    known = next((profile for profile in PROFILES if profile.slug == municipality.slug), None)
    if known is not None:
        return known
    lon, lat = municipality.centre_lon, municipality.centre_lat
    return Profile(
        slug=municipality.slug,
        region_code=municipality.region_code,
        initials="",
        colour="",
        culture="jawa",
        centre=(lon, lat) if lon is not None and lat is not None else _ELSEWHERE,
        radius=0.03,
        phone="",
        streets=(),
        offices=0,
        reports=0,
    )


def _live(town: Town, profile: Profile, part: Part, album: Album) -> list[Life]:
    chance = chance_for(part.seed, profile.slug, "reports", part.number)
    spots = lay_out(chance_for(part.seed, profile.slug, "places"), profile)
    tempo = Tempo(profile.late, profile.silent)
    course = Course(chance, fixed_zone(town.app.zone, part.until), tempo, part.until, album)
    categories = sorted(town.categories)
    shares = [_SHARES.get(category, _OWN_SHARE) for category in categories]
    lives = []
    fresh = max(part.first, part.last - _FRESH)
    begins = [fresh if chance.random() < part.fresh else part.first for _ in range(part.count)]
    for at in sorted(course.make_at(begin, part.last) for begin in begins):
        category = chance.choices(categories, shares)[0]
        words = Wording(chance, category)
        place, point = stand_at(chance, chance.choice(spots))
        name = draw_name(chance, profile.culture)
        reporter = {"name": name, "email": f"{_plain(name)}{chance.randrange(1000)}@example.org"}
        life = Life(
            town=town,
            category=category,
            title=words.title(place),
            description=words.description(),
            place=point,
            made_at=at,
            reporter=reporter if chance.random() < 0.45 else None,
        )
        course.lead(life)
        lives.append(life)
    return lives


def _plain(name: str) -> str:
    return name.split()[-1].lower()
