"""Roles: what a person is to the hotline. One account has one role.

The three administrative roles are kept apart (GB/T 22239-2019: system, security and audit administration are
separate): an administrator runs the service and reads no case, a security officer gives roles and reads no case, an
auditor reads the trail and changes nothing. One role an account makes "no account holds two of the three" true by
construction.
"""

from __future__ import annotations

from enum import StrEnum

from hotline.i18n import mark


class Role(StrEnum):
    """What a person is to the hotline."""

    OPERATOR = "operator"
    STAFF = "staff"
    LEAD = "lead"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    SECURITY_OFFICER = "security_officer"
    AUDITOR = "auditor"


ROLE_LABELS = {
    Role.OPERATOR: mark("Operator"),
    Role.STAFF: mark("Department staff"),
    Role.LEAD: mark("Department lead"),
    Role.SUPERVISOR: mark("Supervisor"),
    Role.ADMINISTRATOR: mark("Administrator"),
    Role.SECURITY_OFFICER: mark("Security officer"),
    Role.AUDITOR: mark("Auditor"),
}

IN_A_DEPARTMENT = frozenset({Role.STAFF, Role.LEAD})
"""Roles that mean nothing without a department."""
