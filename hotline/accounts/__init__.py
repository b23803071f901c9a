"""People: accounts, roles, permissions, sign-in."""
