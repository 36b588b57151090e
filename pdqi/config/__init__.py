"""What a trust edits, read and checked."""

from pdqi.config.config import Config, digest_of
from pdqi.config.links import folded
from pdqi.config.parts import (
    CaseDefinition,
    Id,
    Overlap,
    Permission,
    Policy,
    Role,
    Text,
    TreatmentList,
)

__all__ = [
    "CaseDefinition",
    "Config",
    "Id",
    "Overlap",
    "Permission",
    "Policy",
    "Role",
    "Text",
    "TreatmentList",
    "digest_of",
    "folded",
]
