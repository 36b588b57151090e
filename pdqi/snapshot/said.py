"""The words that stand on every page of every file of a snapshot."""

from pdqi import words
from pdqi.snapshot.frozen import About, Snapshot

PROTECTED = "Small numbers are protected: suppressed stands where few people are concerned."
EXACT = "EXACT COUNTS. Only for readers who are cleared for them."


def title(snapshot: Snapshot) -> str:
    """Return the title of every file."""
    if snapshot.about.name:
        return f"{snapshot.about.pathway}: {snapshot.about.name}"
    kind = "Briefing" if snapshot.about.briefing else "Snapshot"
    return f"{snapshot.about.pathway}: {kind.lower()} of {words.day(snapshot.about.made_at.date())}"


def marking(about: About) -> str:
    """Return for whom it was made and how it is to be handled."""
    return f"{about.marking} · made for: {about.audience} · {EXACT if about.cleared else PROTECTED}"


def provenance(snapshot: Snapshot) -> str:
    """Return what it rests on."""
    about = snapshot.about
    return (
        f"Snapshot {snapshot.id} · data to {about.data_to}, loaded {about.loaded_at} · data version"
        f" {about.data_version} · definitions {about.config_digest} · content"
        f" {about.content_digest} · software {about.software}"
    )
