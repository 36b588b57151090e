"""An empty journal for each test."""

from tests.journal.conftest import journal

__all__ = ["journal"]
