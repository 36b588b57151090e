"""What a trust edits, read and checked."""

from pdqi.config.config import Config, digest_of, folded
from pdqi.config.parts import CaseDefinition, Id, Policy, Role, Text

__all__ = ["CaseDefinition", "Config", "Id", "Policy", "Role", "Text", "digest_of", "folded"]
