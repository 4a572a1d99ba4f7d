"""How a service tells whether it is joined to its repository."""

from typing import Protocol

from ghl_real_estate_ai.telemetry.model import WiringStatus


class Writer(Protocol):
    """What a service wants to know of the repository it writes through."""

    @property
    def is_writing(self) -> bool:
        """The last write succeeded, or none was due."""
        ...

    @property
    def writing_detail(self) -> str:
        """Why not, or a word of how it stands."""
        ...


def wiring_of(repository: Writer | None, hydrated: bool) -> WiringStatus:
    """The wiring of a service that writes through *repository*."""
    if repository is None:
        return WiringStatus(attached=False, hydrated=False, writing=False, detail="no repository: in memory only")
    detail = repository.writing_detail if hydrated else f"not hydrated yet; {repository.writing_detail}"
    return WiringStatus(attached=True, hydrated=hydrated, writing=repository.is_writing, detail=detail)
