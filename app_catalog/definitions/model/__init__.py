"""The typed model of a compiled package: import its classes from here.

Built by ``canonical.compile_definition``; nothing else makes a ``Definition``.
"""

from app_catalog.definitions.model.definition import Definition, PersonalData, Role
from app_catalog.definitions.model.fields import Ask, Column, Field, FieldType, Options, Required, SettingSpec
from app_catalog.definitions.model.pages import (
    Channel,
    ChannelText,
    FormStep,
    Message,
    Page,
    PageKind,
    SortKey,
)
from app_catalog.definitions.model.records import (
    BUILTIN_ATTRIBUTES,
    BUILTIN_ROLES,
    Access,
    Act,
    Action,
    Automation,
    Clock,
    CreateAccess,
    Duplicates,
    NumberSpec,
    ReadAccess,
    RecordType,
    RowScope,
    Rung,
    Send,
    SetFields,
    State,
    Tone,
    UpdateAccess,
    Workflow,
)
from app_catalog.definitions.model.scenarios import (
    ActStep,
    Because,
    CannotCheck,
    Check,
    ClockCheck,
    ClockState,
    CountCheck,
    CreateStep,
    Given,
    MessageCheck,
    NumberCheck,
    Scenario,
    SightCheck,
    StateCheck,
    Step,
    UpdateStep,
    ValueCheck,
    WaitStep,
)
from app_catalog.definitions.model.texts import Text
from app_catalog.definitions.model.values import Duration, Event, EventKind, Expression, ResultKind

__all__ = [
    "BUILTIN_ATTRIBUTES", "BUILTIN_ROLES", "Access", "Act", "ActStep", "Action", "Ask", "Automation",
    "Because", "CannotCheck", "Channel", "ChannelText", "Check", "Clock", "ClockCheck", "ClockState",
    "Column", "CountCheck", "CreateAccess", "CreateStep", "Definition", "Duplicates", "Duration",
    "Event", "EventKind", "Expression", "Field", "FieldType", "FormStep", "Given", "Message",
    "MessageCheck", "NumberCheck", "NumberSpec", "Options", "Page", "PageKind", "PersonalData",
    "ReadAccess", "RecordType", "Required", "ResultKind", "Role", "RowScope", "Rung", "Scenario", "Send",
    "SetFields", "SettingSpec", "SightCheck", "SortKey", "State", "StateCheck", "Step", "Text", "Tone",
    "UpdateAccess", "UpdateStep", "ValueCheck", "WaitStep", "Workflow",
]  # fmt: skip
