"""Pages and API: the only part that speaks HTTP."""
