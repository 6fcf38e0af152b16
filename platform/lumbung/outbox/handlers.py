"""Who does what: handlers of effects and of wake-ups, and functions that run again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from lumbung.db.tenancy import AnySession

Payload = dict[str, Any]


EffectHandler = Callable[[AnySession, Payload], None]
"""Does what an effect asks for. Runs in the effect's transaction, in its municipality; must not commit."""

FailureHandler = Callable[[AnySession, Payload, str], None]
"""Notes that an effect was given up, in the transaction that marks it failed; the reason is safe to show."""

WakeupHandler = Callable[[AnySession, UUID], None]
"""Does what is due in a municipality by `lumbung.db.now()`; must not commit."""

PeriodicFunction = Callable[[AnySession], None]
"""Runs again and again, each time in a transaction of its own; must not commit."""


class GiveUp(Exception):
    """An effect can never succeed: it is marked failed at once. The message holds no personal data."""


@dataclass(frozen=True)
class RegisteredEffect:
    """A kind of effect."""

    kind: str
    run: EffectHandler
    on_failure: FailureHandler | None
    inside: bool = False
    waits: bool = False


@dataclass(frozen=True)
class RegisteredPeriodic:
    """A function that runs every `seconds`, once per municipality or once for the platform."""

    name: str
    run: PeriodicFunction
    seconds: int
    per_tenant: bool


_effects: dict[str, RegisteredEffect] = {}
_wakeups: dict[str, WakeupHandler] = {}
_periodics: dict[str, RegisteredPeriodic] = {}

_Effect = TypeVar("_Effect", bound=EffectHandler)
_Periodic = TypeVar("_Periodic", bound=PeriodicFunction)


def effect_handler(
    kind: str, *, on_failure: FailureHandler | None = None, inside: bool = False, waits: bool = False
) -> Callable[[_Effect], _Effect]:
    """Let the decorated `handler(session, payload)` do effects of `kind`.

    An exception means "try again later"; GiveUp means "never". `on_failure` is told when it is given up. `inside` says
    that the handler changes rows of the municipality alone, so that it goes on when the municipality is restored
    elsewhere, where what goes out is held. `waits` says that the handler asks a service which many effects share and
    which may be slow for minutes: a worker does these one after the other beside everything else, so that nothing else
    waits for it. Raises ValueError when the kind has a handler already.
    """

    def register(handler: _Effect) -> _Effect:
        if kind in _effects:
            raise ValueError(f"Effects of kind {kind!r} have a handler already.")
        _effects[kind] = RegisteredEffect(kind, handler, on_failure, inside, waits)
        return handler

    return register


def find_effect_handler(kind: str) -> RegisteredEffect | None:
    """The handler of a kind of effect, or None."""
    return _effects.get(kind)


def list_inside_kinds() -> list[str]:
    """The kinds of effects that change rows of the municipality alone."""
    return [effect.kind for effect in _effects.values() if effect.inside]


def list_waiting_kinds() -> list[str]:
    """The kinds of effects that ask a service which may be slow for minutes."""
    return [effect.kind for effect in _effects.values() if effect.waits]


def register_wakeup_handler(kind: str, handler: WakeupHandler) -> None:
    """Call `handler(session, tenant_id)` in the municipality whenever a wake-up of `kind` is due
    (`schedule_wakeup`).

    All due wake-ups of one municipality and kind make one call; when it raises, they come back a little
    later. Raises ValueError when the kind has another handler.
    """
    if _wakeups.setdefault(kind, handler) is not handler:
        raise ValueError(f"Wake-ups of kind {kind!r} have a handler already.")


def find_wakeup_handler(kind: str) -> WakeupHandler | None:
    """The handler of a kind of wake-up, or None."""
    return _wakeups.get(kind)


def periodic(seconds: int, *, name: str | None = None, per_tenant: bool = True) -> Callable[[_Periodic], _Periodic]:
    """Run the decorated `function(session)` about every `seconds`, in one worker at a time.

    With `per_tenant` it is called once in every municipality, each call in a transaction of its own.
    Raises ValueError when the name is taken.
    """

    def register(function: _Periodic) -> _Periodic:
        full_name = name or f"{function.__module__}.{function.__qualname__}"
        if full_name in _periodics:
            raise ValueError(f"There is a periodic function {full_name!r} already.")
        _periodics[full_name] = RegisteredPeriodic(full_name, function, seconds, per_tenant)
        return function

    return register


def list_periodics() -> list[RegisteredPeriodic]:
    """All periodic functions in the order in which they were registered."""
    return list(_periodics.values())
