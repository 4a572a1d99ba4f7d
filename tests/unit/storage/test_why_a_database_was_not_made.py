"""What is told of an initdb that failed: the reason, not how it cleaned up."""

import pytest

from ghl_real_estate_ai.storage.embedded.make_database import why_it_failed


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            "creating configuration files ... ok\n"
            "performing post-bootstrap initialization ... sh: 1: cannot create /dev/null: Permission denied\n"
            "child process exited with exit code 2\n"
            'initdb: removing data directory "/srv/jorge/postgres.unfinished"\n',
            "performing post-bootstrap initialization ... sh: 1: cannot create /dev/null: Permission denied",
        ),
        (
            'running bootstrap script ... FATAL:  could not extend file "base/1/2619": No space left on device\n'
            "HINT:  Check free disk space.\n"
            "child process exited with exit code 1\n"
            'initdb: removing contents of data directory "/srv/jorge/postgres.unfinished"\n',
            'running bootstrap script ... FATAL:  could not extend file "base/1/2619": No space left on device',
        ),
        (
            'initdb: error: could not access directory "/srv/jorge": Permission denied\n\n',
            'initdb: error: could not access directory "/srv/jorge": Permission denied',
        ),
        ('initdb: removing data directory "/srv"\n', 'initdb: removing data directory "/srv"'),
        ("\n", "it said nothing"),
    ],
)
def test_the_reason_is_told(output: str, reason: str) -> None:
    """Output as initdb of PostgreSQL 18 writes it."""
    assert why_it_failed(output) == reason
