"""The province of the demonstration: paid by bank, with the three cities of Banten."""

from __future__ import annotations

from sqlalchemy import select

from lumbung.db import db, use_tenant
from lumbung.money.agreements import get_agreement
from tenants.municipalities.models import Municipality
from tenants.plans.catalogue import PlanKind
from tenants.plans.members import list_members
from tenants.plans.models import Programme
from tenants.plans.standing import is_paid, standing_of
from tests.app_runtime.loaded_demonstration.loaded import Loaded


def test_banten_pays_for_its_three_cities(loaded: Loaded) -> None:
    with loaded.app.app_context():
        use_tenant(db.session, None)
        programme = db.session.scalars(select(Programme)).one()
        agreement = get_agreement(db.session, programme.agreement_id)
        assert (is_paid(programme, agreement), agreement.stripe_subscription_id) == (True, None)
        codes = sorted(municipality.region_code for _, municipality in list_members(db.session, programme))
        assert codes == ["36.71", "36.73", "36.74"]
        tangsel = db.session.scalars(select(Municipality.id).where(Municipality.slug == "tangsel")).one()
        assert standing_of(db.session, tangsel).plan is PlanKind.PROVINCE
        db.session.remove()
