"""Runs the sandbox on a socket of this machine, as a task of the running loop."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn

from ghl_real_estate_ai.crm.sandbox.app import build_sandbox_app
from ghl_real_estate_ai.crm.sandbox.signing import SandboxSigner
from ghl_real_estate_ai.crm.sandbox.state import SandboxState
from ghl_real_estate_ai.errors import Misconfigured


class _QuietServer(uvicorn.Server):
    """Leaves the process's signals alone: they belong to whoever started us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class SandboxServer:
    """One sandbox: `start` it, talk to its address, look into its `state`, `stop` it."""

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, token: str | None = None, state: SandboxState | None = None
    ) -> None:
        self.state = state or SandboxState()
        self.signer = SandboxSigner()
        self._app = build_sandbox_app(self.state, self.signer, token=token)
        self._host = host
        self._port = port
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def public_key(self) -> str:
        """The key of its webhooks, base64 of the DER."""
        return self.signer.public_key

    async def start(self) -> str:
        """Listen, and return the base URL; port 0 takes a free one.

        Raises:
            Misconfigured: the port is taken.
        """
        listener = self._bind()
        self.state.closing.clear()
        config = uvicorn.Config(
            self._app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2
        )
        self._server = _QuietServer(config)
        # The socket already listens, so that the first request waits in its queue: nothing to poll for.
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="sandbox-crm")
        host, port = listener.getsockname()[:2]
        return f"http://{host}:{port}"

    async def stop(self) -> None:
        """Let go what hangs, answer what is under way, and close the socket. Safe to call twice."""
        self.state.closing.set()
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        await self._task
        self._server = self._task = None

    async def wait_closed(self) -> None:
        """Return when the server has ended by itself."""
        if self._task is not None:
            await asyncio.shield(self._task)

    def _bind(self) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
            listener.listen(128)
        except OSError as error:
            listener.close()
            raise Misconfigured(
                f"The sandbox CRM cannot listen on {self._host}:{self._port} ({error.strerror}): give another port."
            ) from error
        listener.setblocking(False)
        return listener
