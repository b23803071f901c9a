"""Calendars

Revision: 0007, after 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


ACTIONS = (
    'route', 'queue', 'answer', 'refer', 'recall', 'accept', 'return', 'hand_over', 'resolve', 'follow_up', 'close',
    'reopen', 'withdraw', 'merge', 'note', 'contact', 'wait', 'resume', 'reclassify', 'ask_extension',
    'grant_extension', 'refuse_extension', 'urge', 'supervise', 'co_handle', 'link', 'unlink',
)


def upgrade() -> None:
    op.add_column('cases', sa.Column('contact_by', sa.DateTime(timezone=True), nullable=True))
    op.add_column('cases', sa.Column('contacted_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('cases', sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint(op.f('ck_case_events_action'), 'case_events', type_='check')
    known = ', '.join(f"'{action}'" for action in ACTIONS)
    op.create_check_constraint(op.f('ck_case_events_action'), 'case_events', f'action in ({known})')
    op.create_table(
        'calendar_notices',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('source', sa.Text(), nullable=False),
        sa.Column('file_name', sa.String(length=200), nullable=False),
        sa.Column('years', postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column('tables', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('imported_by_id', sa.BigInteger(), nullable=True),
        sa.Column('passes', sa.SmallInteger(), server_default='0', nullable=False),
        sa.Column('upto_case_id', sa.BigInteger(), server_default='0', nullable=False),
        sa.ForeignKeyConstraint(['imported_by_id'], ['accounts.id'], name=op.f('fk_calendar_notices_imported_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_notices')),
    )
    op.create_table(
        'moved_dates',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('notice_id', sa.BigInteger(), nullable=False),
        sa.Column('case_id', sa.BigInteger(), nullable=False),
        sa.Column('clock', sa.String(length=16), nullable=False),
        sa.Column('before', sa.DateTime(timezone=True), nullable=False),
        sa.Column('after', sa.DateTime(timezone=True), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_moved_dates_case_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['notice_id'], ['calendar_notices.id'], name=op.f('fk_moved_dates_notice_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_moved_dates')),
        sa.UniqueConstraint('notice_id', 'case_id', 'clock', name='uq_moved_dates_once'),
    )
    op.create_index(op.f('ix_moved_dates_case_id'), 'moved_dates', ['case_id'])


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the backup made before the upgrade.")
