"""What Stripe answers when it refuses: `{"error": {"type": …, "code": …, "message": …, "param": …}}`."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A refusal as Stripe words it, with its HTTP status.

    `validation` says that nothing was begun: Stripe stores no answer for the idempotency key of such a request.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        validation: bool = True,
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.validation = validation
        self.code = code
        error: dict[str, Any] = {"message": message, "type": kind}
        if code is not None:
            error["code"] = code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param is not None:
            error["param"] = param
        self.body: dict[str, Any] = {"error": error | (more or {})}


def missing_parameter(param: str) -> Refused:
    """A required parameter was not given."""
    return Refused(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown_parameters(params: list[str]) -> Refused:
    """Parameters that this request does not have."""
    plural = "s" if len(params) > 1 else ""
    return Refused(
        f"Received unknown parameter{plural}: {', '.join(params)}", code="parameter_unknown", param=params[0]
    )


def no_such(kind: str, ident: str, *, param: str = "id", status: int = 400) -> Refused:
    """An object that is not there; 404 where the address names it, 400 where a parameter does."""
    return Refused(f"No such {kind}: '{ident}'", code="resource_missing", param=param, status=status)


def card_declined(message: str, *, decline_code: str, more: dict[str, Any] | None = None) -> Refused:
    """The bank said no (402). Something happened: a failed charge is kept."""
    return Refused(
        message,
        status=402,
        kind="card_error",
        code="card_declined",
        validation=False,
        more={"decline_code": decline_code} | (more or {}),
    )
