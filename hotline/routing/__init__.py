"""Routing: what kind of matter a call is, and who handles it there, with every reason. Pure functions over values."""
