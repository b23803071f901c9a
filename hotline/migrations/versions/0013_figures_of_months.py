"""Months keep all sums of their cases; two indexes hold what is asked of open and of recently resolved cases

Revision: 0013, after 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

FLAGS = (
    'routed', 'resolved', 'aside', 'in_time', 'dated', 'accepted', 'accepted_in_time', 'accept_dated', 'solved',
    'reached', 'satisfied', 'returned', 'reopened', 'ever_resolved', 'extended', 'instant', 'to_call_back',
    'called_back', 'rerouted', 'repeated', 'second', 'claim_met', 'claim_met_partly', 'mediated', 'aided', 'advised',
    'contacted', 'contacted_in_time', 'contact_dated',
)
STEPS = ('resolve_work', 'resolve_clock', 'accept_work', 'accept_clock', 'contact_work', 'contact_clock')
OF_THE_OPEN = (
    'opened_at', 'opened_mark', 'resolve_by', 'accept_by', 'contact_by', 'waits_since', 'waits_mark', 'flags', 'contact_work',
    'confidential', 'department', 'category', 'territory', 'difficulty', 'channel', 'employer_kind', 'rule_set',
    'unit_id', 'employer_key',
)


def upgrade() -> None:
    op.drop_index('ix_case_figures_open', 'case_figures')
    op.create_index(
        'ix_case_figures_open', 'case_figures', ['opened_on'], postgresql_where=sa.text('open'),
        postgresql_include=OF_THE_OPEN,
    )
    op.drop_index('ix_cases_resolved', 'cases')
    op.create_index(
        'ix_cases_resolved', 'cases', ['resolved_at'], postgresql_where=sa.text('resolved_at is not null'),
        postgresql_include=('department', 'opened_at', 'routed_at', 'status'),
    )
    for table in ('cases', 'case_figures'):  # an index is enough only for rows vacuum has seen: as often as 1 % change
        op.execute(f'alter table {table} set (autovacuum_vacuum_scale_factor = 0.01)')
    op.drop_table('figure_months')  # counted again by the service that starts
    op.create_table(
        'figure_months',
        sa.Column('dimension', sa.String(length=16), nullable=False),
        sa.Column('month', sa.Date(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('confidential', sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ('cases', *FLAGS)),
        sa.Column('paused', sa.BigInteger(), nullable=False),
        sa.Column('money', sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column('people', sa.BigInteger(), nullable=False),
        sa.Column('letters', sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in STEPS),
        sa.PrimaryKeyConstraint('dimension', 'month', 'key', 'confidential', name=op.f('pk_figure_months')),
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the backup made before the upgrade.")
