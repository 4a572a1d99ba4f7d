"""The errors of the whole program, grouped by what the caller can do.

::

    JorgeError
    ├── Retryable        try again later; the work is kept
    ├── Rejected         the input is wrong; says which field and why
    ├── Misconfigured    an operator must change a setting or the surroundings
    └── NeedsPerson      nobody but a person may decide this

Every slice derives its own errors from one of these four, never from ``JorgeError`` itself.
"""


class JorgeError(Exception):
    """Base of the four groups; catch a group, not this."""


class Retryable(JorgeError):
    """The same call may succeed later; nothing was lost."""


class Rejected(JorgeError):
    """The input is wrong and stays wrong; `field` names the part to mend, if one is to blame."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class Misconfigured(JorgeError):
    """A setting or the surroundings are wrong; the message says which, why, and what to do."""


class NeedsPerson(JorgeError):
    """A machine must not decide this; a person has to look."""
