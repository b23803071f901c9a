"""Figures a supervisor can answer for."""
