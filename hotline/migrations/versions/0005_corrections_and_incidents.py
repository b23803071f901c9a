"""Corrections and incidents

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


ACTIONS = (
    'route', 'queue', 'answer', 'refer', 'recall', 'accept', 'return', 'hand_over', 'resolve', 'follow_up', 'close',
    'reopen', 'withdraw', 'merge', 'note', 'ask_extension', 'grant_extension', 'refuse_extension', 'urge', 'supervise',
    'co_handle', 'link', 'unlink',
)


def upgrade() -> None:
    op.add_column('cases', sa.Column('lead_id', sa.BigInteger(), nullable=True))
    op.add_column('cases', sa.Column('place_key', sa.Text(), server_default='', nullable=False))
    op.add_column('cases', sa.Column('missing', postgresql.ARRAY(sa.Text()), nullable=True))
    op.create_foreign_key(op.f('fk_cases_lead_id'), 'cases', 'cases', ['lead_id'], ['id'])
    op.create_check_constraint(op.f('ck_cases_not_linked_to_itself'), 'cases', 'lead_id <> id')
    op.create_index(
        op.f('ix_cases_lead_id'), 'cases', ['lead_id'], postgresql_where=sa.text('lead_id is not null')
    )
    op.create_index(
        'ix_cases_place_key', 'cases', ['place_key', 'opened_at'], postgresql_where=sa.text("place_key <> ''")
    )
    op.drop_constraint(op.f('ck_case_events_action'), 'case_events', type_='check')
    known = ', '.join(f"'{action}'" for action in ACTIONS)
    op.create_check_constraint(op.f('ck_case_events_action'), 'case_events', f'action in ({known})')
    _corrections()
    _incidents()


def _corrections() -> None:
    kinds = sa.Enum(
        'returned', 'rerouted', 'handed_over', 'at_intake',
        name='kind', native_enum=False, create_constraint=True, length=32,
    )
    op.create_table(
        'corrections',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('case_id', sa.BigInteger(), nullable=False),
        sa.Column('case_version', sa.Integer(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('kind', kinds, nullable=False),
        sa.Column('rule_set', sa.Text(), nullable=False),
        sa.Column('from_category', sa.String(length=64), nullable=True),
        sa.Column('from_department', sa.String(length=64), nullable=True),
        sa.Column('to_category', sa.String(length=64), nullable=True),
        sa.Column('to_department', sa.String(length=64), nullable=True),
        sa.Column('instead', sa.String(length=64), nullable=True),
        sa.Column('reason_code', sa.String(length=32), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('by_id', sa.BigInteger(), nullable=True),
        sa.Column('reviewed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reviewed_by_id', sa.BigInteger(), nullable=True),
        sa.Column('rules_right', sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            '(reviewed_at is null) = (rules_right is null)', name=op.f('ck_corrections_reviewed_with_a_verdict')
        ),
        sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_corrections_by_id')),
        sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_corrections_case_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['reviewed_by_id'], ['accounts.id'], name=op.f('fk_corrections_reviewed_by_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_corrections')),
        sa.UniqueConstraint('case_id', 'case_version', name='uq_corrections_one_per_version'),
    )
    op.create_index(op.f('ix_corrections_at_id'), 'corrections', ['at', 'id'])


def _incidents() -> None:
    basis = sa.Enum(
        'employer', 'place', 'people', name='basis', native_enum=False, create_constraint=True, length=32
    )
    state = sa.Enum('open', 'led', 'silenced', name='state', native_enum=False, create_constraint=True, length=32)
    op.create_table(
        'incidents',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('basis', basis, nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('label', sa.Text(), nullable=False),
        sa.Column('territory', sa.String(length=64), nullable=False),
        sa.Column('window_days', sa.Integer(), nullable=False),
        sa.Column('callers', sa.Integer(), nullable=False),
        sa.Column('people', sa.Integer(), nullable=False),
        sa.Column('first_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', state, nullable=False),
        sa.Column('lead_case_id', sa.BigInteger(), nullable=True),
        sa.Column('decided_by_id', sa.BigInteger(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decided_callers', sa.Integer(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state = 'open' or decided_at is not null", name=op.f('ck_incidents_decided_by_somebody')
        ),
        sa.CheckConstraint("state <> 'led' or lead_case_id is not null", name=op.f('ck_incidents_led_by_a_case')),
        sa.CheckConstraint(
            "state <> 'silenced' or reason is not null", name=op.f('ck_incidents_silenced_with_a_reason')
        ),
        sa.ForeignKeyConstraint(['decided_by_id'], ['accounts.id'], name=op.f('fk_incidents_decided_by_id')),
        sa.ForeignKeyConstraint(['lead_case_id'], ['cases.id'], name=op.f('fk_incidents_lead_case_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_incidents')),
    )
    op.create_index(
        'uq_incidents_open', 'incidents', ['basis', 'key'], unique=True, postgresql_where=sa.text("state = 'open'")
    )
    op.create_index(op.f('ix_incidents_basis_key_id'), 'incidents', ['basis', 'key', 'id'])
    op.create_index(op.f('ix_incidents_last_at_id'), 'incidents', ['last_at', 'id'])


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the backup made before the upgrade.")
