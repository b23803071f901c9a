"""The service behind a trade union's workers' hotline."""

__version__ = "0.1.0"
