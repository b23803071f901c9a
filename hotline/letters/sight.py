"""Who may see a letter: one condition for lists, pages and downloads, built on the one over cases."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_

from hotline.accounts.permissions import Actor, Permission, may
from hotline.accounts.roles import Role
from hotline.cases.models import Case
from hotline.cases.rights import condition, no_conflict
from hotline.letters.models import Letter


def visible(actor: Actor) -> ColumnElement[bool]:
    """Which letters this person may see; `Case` must be joined from outside to `Letter.case_id`.

    What is not signed off is for those who write it; what is served to a department is for the department; and what is
    about a case for whoever sees that case. Letters of a confidential case are for nobody else, addressee or not.
    """
    if not may(actor, Permission.LETTERS_READ):
        return false()
    seen = condition(actor, Permission.LETTERS_READ)
    no_case = Letter.case_id.is_(None)
    if actor.role is Role.SUPERVISOR:
        return or_(no_case, seen)
    departments = sorted(actor.departments)
    issued = Letter.signed_at.is_not(None)
    own = or_(Letter.origin.in_(departments), Letter.drafted_by_id == actor.account_id)
    served = and_(issued, Letter.department.in_(departments))
    return or_(
        and_(no_case, or_(own, served)),
        and_(seen, or_(issued, own)),
        and_(served, Case.confidential.is_(False), *no_conflict(actor)),
    )
