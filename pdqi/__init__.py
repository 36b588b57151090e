"""The shared picture of a care pathway, for the people who are trying to improve it."""

__version__ = "0.1.0"
