"""The channel of a release, and its promotion to the stable one."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BEFORE = "'submitted', 'published', 'sent_back', 'yanked'"
_KINDS = "'submitted', 'published', 'sent_back', 'promoted', 'yanked'"


def upgrade() -> None:
    """Apply."""
    # The check comes with its column: added afterwards it would hold up whoever writes.
    check = "CONSTRAINT ck_releases_channel CHECK (channel IN ('stable', 'beta'))"
    op.execute(f"ALTER TABLE releases ADD COLUMN channel TEXT DEFAULT 'stable' NOT NULL {check}")
    _allow(_KINDS)


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM release_events WHERE kind = 'promoted'")
    _allow(_BEFORE)
    op.drop_column("releases", "channel")


def _allow(kinds: str) -> None:
    # One statement on a table of a few rows for each release: it is done before anybody has waited, and the check is
    # never away. Whoever ran before knows nothing but the kinds that stay.
    op.execute(
        "-- squawk-ignore ban-drop-constraint, constraint-missing-not-valid\n"
        "ALTER TABLE release_events DROP CONSTRAINT ck_release_events_kind, "
        f"ADD CONSTRAINT ck_release_events_kind CHECK (kind IN ({kinds}))"
    )
