"""Registers what installations tell the rest: the roles of apps, the agencies they name, the checklist's step."""

from __future__ import annotations

from app_catalog.installations.agency_usage import apps_using_agency
from app_catalog.installations.first_app import first_app
from app_catalog.installations.region_apps import running_apps
from app_catalog.installations.role_source import app_roles
from tenants.agencies.usage import register_agency_usage
from tenants.municipalities.checklist import register_checklist_item
from tenants.people.role_catalogue import register_role_source
from tenants.regions.sections import register_region_section


def install_installation_hooks() -> None:
    """Answer for the enabled apps wherever people, agencies and the checklist ask."""
    register_role_source(app_roles)
    register_agency_usage(apps_using_agency)
    register_checklist_item(first_app)
    register_region_section(running_apps)
