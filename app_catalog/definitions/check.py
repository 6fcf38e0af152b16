"""Checks a package: everything that is wrong with it, at once."""

from app_catalog.definitions.checks.access import check_access
from app_catalog.definitions.checks.asked import check_asked
from app_catalog.definitions.checks.checklists import check_checklists
from app_catalog.definitions.checks.children import check_children
from app_catalog.definitions.checks.computed import check_computed
from app_catalog.definitions.checks.contents import check_expressions, check_icon, check_pictures, check_texts
from app_catalog.definitions.checks.documents import check_documents
from app_catalog.definitions.checks.examples import check_example_names, check_example_values
from app_catalog.definitions.checks.exchange import check_exchange
from app_catalog.definitions.checks.filters import check_filters
from app_catalog.definitions.checks.holding import check_holding
from app_catalog.definitions.checks.named import check_merging, check_named
from app_catalog.definitions.checks.numbers import check_numbers
from app_catalog.definitions.checks.pages import check_pages
from app_catalog.definitions.checks.references import check_references
from app_catalog.definitions.checks.scenarios import check_scenarios
from app_catalog.definitions.checks.takers import check_takers
from app_catalog.definitions.checks.workflow import check_workflows
from app_catalog.definitions.package import PackageReading, read_package
from app_catalog.definitions.problems import Report
from app_catalog.definitions.source import Source

CHECKS = (
    check_references,
    check_workflows,
    check_children,
    check_takers,
    check_exchange,
    check_expressions,
    check_holding,
    check_filters,
    check_named,
    check_merging,
    check_checklists,
    check_numbers,
    check_texts,
    check_scenarios,
    check_access,
    check_pages,
    check_computed,
    check_asked,
    check_example_names,
    check_icon,
    check_pictures,
)


def check_package(source: Source) -> Report:
    """Every problem of the package, with file, line, path and remedy. Scenarios are checked here, not run."""
    return checked_reading(source).reading.problems.report()


def checked_reading(source: Source) -> PackageReading:
    """The package as read, with every check done; its canonical form is whole only when no error was
    found.
    """
    package = read_package(source)
    for check in CHECKS:
        check(package)
    if package.reading.problems.report().ok:
        check_example_values(package)
    check_documents(package)
    return package
