"""Reminders: one engine for everything that has a date, one file for each duty."""
