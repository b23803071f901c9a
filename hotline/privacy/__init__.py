"""Keeping what a worker told us from those who need not know it."""
