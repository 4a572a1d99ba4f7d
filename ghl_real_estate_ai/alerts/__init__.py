"""Figures over a window come in; alerts that a rule calls for go out, kept until acknowledged; people are next."""

from ghl_real_estate_ai.alerts.service import AlertingService

__all__ = ["AlertingService"]
