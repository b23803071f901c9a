"""Texts know their desks

Revision: 0002, after 0001
"""

from __future__ import annotations

from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        update case_texts t
        set grams = t.grams || array(
            select distinct 'at ' || desk from unnest(c.department || c.co_handlers) desk where desk is not null
        )
        from cases c where c.id = t.case_id
        """
    )


def downgrade() -> None:
    raise NotImplementedError("There is no way back; restore the backup made before the upgrade.")
