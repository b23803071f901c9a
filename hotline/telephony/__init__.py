"""Telephone numbers and calls: facts about who called, from where."""
