"""The Flask-SQLAlchemy extension with our own base and sessions."""

from __future__ import annotations

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from lumbung.db.tenancy import install_tenancy


class EndingSession(Session):
    """A session that can always be ended: when its connection dies first, the server has rolled back by itself."""

    def rollback(self) -> None:
        """Undo what is open; never raises because the connection is gone."""
        try:
            super().rollback()
        except DBAPIError:
            self.invalidate()

    def close(self) -> None:
        """Let go of everything; never raises because the connection is gone."""
        try:
            super().close()
        except DBAPIError:
            self.invalidate()


class LumbungSession(EndingSession, FlaskSession):
    """A session that always knows whose rows it may touch."""


install_tenancy(LumbungSession)

db = SQLAlchemy(
    session_options={"class_": LumbungSession, "autoflush": True, "expire_on_commit": False},
    engine_options={
        "pool_timeout": 5,
        # The values of a statement that fails are people's data; errors are logged.
        "hide_parameters": True,
    },
)
