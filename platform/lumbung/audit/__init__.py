"""Who did what: rows of changes in their own transaction, refusals counted apart."""

from lumbung.audit.models import AuditEntry, PlatformAuditEntry, Refusal
from lumbung.audit.services import record_audit, record_refusal, record_request

__all__ = ["AuditEntry", "PlatformAuditEntry", "Refusal", "record_audit", "record_refusal", "record_request"]
