"""Taking a suggestion: its word goes into a draft, where it is tried, and from where somebody else publishes it."""

from __future__ import annotations

from hotline.accounts.permissions import Permission, demand
from hotline.errors import Conflict
from hotline.i18n import mark
from hotline.routing.ruleset import RuleSetTable
from hotline.routing.suggest import Suggestion, apply_suggestion
from hotline.rulebook import queries
from hotline.rulebook.models import RuleSetRow
from hotline.rulebook.versions import edit_draft, make_draft
from hotline.work import Work


async def take_suggestion(work: Work, suggestion: Suggestion) -> RuleSetRow:
    """The draft that has the word now: this person's newest one of the version in force, else a new one.

    Raises `ConfigurationError` when the word does not fit, `Conflict` when no version is in force.
    """
    demand(work.actor, Permission.RULES_WRITE)
    active = await queries.active_version(work.session)
    if active is None:
        raise Conflict(mark("No version is in force yet. Start the service once: it stores the first one."))
    row = await queries.newest_draft_of(work.session, work.actor.account_id, based_on=active[0])
    if row is None:
        row = await make_draft(work, based_on=active[0])
    table = apply_suggestion(RuleSetTable.model_validate(row.content), suggestion)
    return await edit_draft(work, row.id, table, revision=row.revision)
