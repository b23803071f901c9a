"""Supervision

Revision: 0010, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

NEW_ACTIONS = ('co_answer', 'co_release')
TOUCHED = """
update cases set touched_at = coalesce((select max(e.at) from case_events e where e.case_id = cases.id), opened_at)
where ended_at is null
"""


def upgrade() -> None:
    _cases()
    _know_actions(NEW_ACTIONS)
    _co_handlings()
    _instructions()
    _quality_checks()


def _cases() -> None:
    op.add_column('cases', sa.Column('report_on', sa.Date(), nullable=True))
    op.add_column('cases', sa.Column('co_awaited', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False))
    op.add_column('cases', sa.Column('to_tell', sa.String(length=32), nullable=True))
    op.add_column('cases', sa.Column('attempted_on', sa.Date(), nullable=True))
    op.add_column('cases', sa.Column('solved', sa.Boolean(), nullable=True))
    op.add_column('cases', sa.Column('in_time', sa.Boolean(), nullable=True))
    op.add_column('cases', sa.Column('touched_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(TOUCHED)
    for name, columns, where in (
        ('ix_cases_touched', ['touched_at', 'id'], 'ended_at is null'),
        ('ix_cases_ended', ['ended_at'], 'ended_at is not null'),
        ('ix_cases_report', ['report_on', 'id'], 'report_on is not null'),
        ('ix_cases_extension', ['id'], 'extension_asked'),
    ):
        op.create_index(name, 'cases', columns, postgresql_where=sa.text(where))


def _know_actions(more: tuple[str, ...]) -> None:
    """Let events have these actions besides those the database knows so far."""
    definition = op.get_bind().scalar(
        sa.text("select pg_get_constraintdef(oid) from pg_constraint where conname = 'ck_case_events_action'")
    )
    known = str(definition).split("'")[1::2]
    op.drop_constraint(op.f('ck_case_events_action'), 'case_events', type_='check')
    listed = ', '.join(f"'{action}'" for action in dict.fromkeys((*known, *more)))
    op.create_check_constraint(op.f('ck_case_events_action'), 'case_events', f'action in ({listed})')


def _co_handlings() -> None:
    op.create_table(
        'co_handlings',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('case_id', sa.BigInteger(), nullable=False),
        sa.Column('department', sa.String(length=64), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('asked_by_id', sa.BigInteger(), nullable=True),
        sa.Column('asked', sa.Text(), nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('why', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_by_id', sa.BigInteger(), nullable=True),
        sa.Column('words', sa.Text(), nullable=True),
        sa.Column('released', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.CheckConstraint('ended_at is not null or not released', name=op.f('ck_co_handlings_released_when_ended')),
        sa.ForeignKeyConstraint(['asked_by_id'], ['accounts.id'], name=op.f('fk_co_handlings_asked_by_id')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_co_handlings_case_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['ended_by_id'], ['accounts.id'], name=op.f('fk_co_handlings_ended_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_co_handlings')),
    )
    open_ = sa.text('ended_at is null')
    op.create_index(
        'uq_co_handlings_one_open', 'co_handlings', ['case_id', 'department'], unique=True, postgresql_where=open_
    )
    op.create_index('ix_co_handlings_case', 'co_handlings', ['case_id', 'id'])
    op.create_index('ix_co_handlings_due', 'co_handlings', ['department', 'due_at'], postgresql_where=open_)


def _instructions() -> None:
    op.create_table(
        'instructions',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('case_id', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.BigInteger(), nullable=True),
        sa.Column('words', sa.Text(), nullable=False),
        sa.Column('by_on', sa.Date(), nullable=True),
        sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reported_by_id', sa.BigInteger(), nullable=True),
        sa.Column('report', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_instructions_by_id')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_instructions_case_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['reported_by_id'], ['accounts.id'], name=op.f('fk_instructions_reported_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_instructions')),
    )
    op.create_index(op.f('ix_instructions_case_id_id'), 'instructions', ['case_id', 'id'])


def _quality_checks() -> None:
    op.create_table(
        'quality_checks',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('case_id', sa.BigInteger(), nullable=False),
        sa.Column('sampled_on', sa.Date(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by_id', sa.BigInteger(), nullable=True),
        sa.Column('points', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('remark', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_quality_checks_by_id')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_quality_checks_case_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_quality_checks')),
        sa.UniqueConstraint('case_id', 'sampled_on', name=op.f('uq_quality_checks_case_id_sampled_on')),
    )
    op.create_index(op.f('ix_quality_checks_sampled_on'), 'quality_checks', ['sampled_on'])
