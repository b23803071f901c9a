"""Rule sets as versions

Revision: 0004, after 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

GUARD = (
    """
    create or replace function keep_published_rule_sets() returns trigger language plpgsql as $$
    begin
        if tg_op = 'DELETE' then
            if old.state <> 'draft' then
                raise exception 'A rule set that was published or discarded stays.' using errcode = 'insufficient_privilege';
            end if;
            return old;
        end if;
        if old.state <> 'draft' and (new.content is distinct from old.content or new.version <> old.version
                                     or new.state = 'draft') then
            raise exception 'Only a draft can be changed.' using errcode = 'insufficient_privilege';
        end if;
        return new;
    end
    $$
    """,
    """
    create or replace trigger published_rule_sets_stay before update or delete on rule_sets
    for each row execute function keep_published_rule_sets()
    """,
    "alter table rule_sets enable always trigger published_rule_sets_stay",
)


def upgrade() -> None:
    op.create_table('rule_sets',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('state', sa.Enum('draft', 'active', 'superseded', 'discarded', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('based_on_id', sa.BigInteger(), nullable=True),
    sa.Column('created_by_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('edited_by', postgresql.ARRAY(sa.BigInteger()), server_default='{}', nullable=False),
    sa.Column('revision', sa.Integer(), server_default='1', nullable=False),
    sa.Column('published_by_id', sa.BigInteger(), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("not (state in ('active', 'superseded')) or published_at is not null", name=op.f('ck_rule_sets_published_at_some_time')),
    sa.ForeignKeyConstraint(['based_on_id'], ['rule_sets.id'], name=op.f('fk_rule_sets_based_on_id')),
    sa.ForeignKeyConstraint(['created_by_id'], ['accounts.id'], name=op.f('fk_rule_sets_created_by_id')),
    sa.ForeignKeyConstraint(['published_by_id'], ['accounts.id'], name=op.f('fk_rule_sets_published_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_sets'))
    )
    op.create_index('uq_rule_sets_one_active', 'rule_sets', ['state'], unique=True, postgresql_where=sa.text("state = 'active'"))
    op.create_index('uq_rule_sets_version', 'rule_sets', ['version'], unique=True, postgresql_where=sa.text("state in ('active', 'superseded')"))
    op.create_table('rule_set_activations',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('rule_set_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['rule_set_id'], ['rule_sets.id'], name=op.f('fk_rule_set_activations_rule_set_id')),
    sa.ForeignKeyConstraint(['by_id'], ['accounts.id'], name=op.f('fk_rule_set_activations_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule_set_activations'))
    )
    op.create_index(op.f('ix_rule_set_activations_rule_set_id'), 'rule_set_activations', ['rule_set_id'], unique=False)
    op.create_table('backtests',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('rule_set_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('against_id', sa.BigInteger(), nullable=False),
    sa.Column('against', sa.String(length=64), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'running', 'finished', 'cancelled', 'failed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_by_id', sa.BigInteger(), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('beat_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.ForeignKeyConstraint(['rule_set_id'], ['rule_sets.id'], name=op.f('fk_backtests_rule_set_id')),
    sa.ForeignKeyConstraint(['against_id'], ['rule_sets.id'], name=op.f('fk_backtests_against_id')),
    sa.ForeignKeyConstraint(['started_by_id'], ['accounts.id'], name=op.f('fk_backtests_started_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backtests'))
    )
    op.create_index('uq_backtests_one_running', 'backtests', ['state'], unique=True, postgresql_where=sa.text("state = 'running'"))
    op.create_index(op.f('ix_backtests_rule_set_id_id'), 'backtests', ['rule_set_id', 'id'], unique=False)
    op.create_table('backtest_changes',
    sa.Column('backtest_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('case_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('before_category', sa.String(length=64), nullable=True),
    sa.Column('before_department', sa.String(length=64), nullable=True),
    sa.Column('before_sure', sa.Boolean(), nullable=False),
    sa.Column('before_urgency', sa.String(length=16), nullable=False),
    sa.Column('after_category', sa.String(length=64), nullable=True),
    sa.Column('after_department', sa.String(length=64), nullable=True),
    sa.Column('after_sure', sa.Boolean(), nullable=False),
    sa.Column('after_urgency', sa.String(length=16), nullable=False),
    sa.Column('final_category', sa.String(length=64), nullable=True),
    sa.Column('final_department', sa.String(length=64), nullable=True),
    sa.Column('verdict', sa.String(length=8), nullable=False),
    sa.ForeignKeyConstraint(['backtest_id'], ['backtests.id'], name=op.f('fk_backtest_changes_backtest_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_backtest_changes_case_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('backtest_id', 'case_id', name=op.f('pk_backtest_changes'))
    )
    for statement in GUARD:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the backup made before the upgrade.")
