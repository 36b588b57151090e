"""The project's content: map, drivers, voices, work and what was published, read from YAML."""

from pdqi.content.library import Library

__all__ = ["Library"]
