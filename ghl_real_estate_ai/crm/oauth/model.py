"""A pair of tokens, and when it must be renewed; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

RENEWED_BEFORE = timedelta(hours=3)
"""So long before its end a pair is renewed: what goes wrong then can be mended while the old one is still good."""


LIFE = timedelta(days=1)
"""How long HighLevel lets an access token live: so long before its end a pair was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPair:
    """What HighLevel gave for one location. The refresh token is good once."""

    access: str
    refresh: str
    expires_at: datetime
    scopes: tuple[str, ...] = ()

    def is_due(self, at: datetime) -> bool:
        """Tell whether it is time to renew it."""
        return at >= self.expires_at - RENEWED_BEFORE

    def is_good(self, at: datetime) -> bool:
        """Tell whether the access token is still taken."""
        return at < self.expires_at


@dataclass(frozen=True, slots=True)
class KeptPair:
    """A pair as it is kept; each that replaces it has the next generation."""

    pair: TokenPair
    generation: int
