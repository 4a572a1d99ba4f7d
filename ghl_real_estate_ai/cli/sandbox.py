"""`jorge sandbox`: the sandbox CRM alone, until Ctrl-C."""

import asyncio
import contextlib
import signal

from ghl_real_estate_ai.crm.sandbox.server import SandboxServer


def serve_sandbox(port: int = 8010) -> None:
    """Serve the sandbox CRM on this machine until it is told to stop.

    Raises:
        Misconfigured: the port is taken.
    """
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(port))


async def _serve(port: int) -> None:
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl-C still ends us there
            loop.add_signal_handler(name, told_to_stop.set)
    sandbox = SandboxServer(port=port)
    base_url = await sandbox.start()
    print(f"The sandbox CRM listens at {base_url}")
    print(f"  what it has been sent  {base_url}/sandbox/messages")
    print(f"  its API                {base_url}/docs")
    print("Ctrl-C stops it.", flush=True)
    try:
        await told_to_stop.wait()
    finally:
        await sandbox.stop()
