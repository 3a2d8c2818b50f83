"""Programs for Node.js in `tests/clients`, where other people's GraphQL clients are."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).parents[1] / "clients"

needs_clients = pytest.mark.skipif(
    shutil.which("node") is None or not (CLIENTS / "node_modules" / ".stamp").exists(),
    reason="no Node.js, or its packages were not taken: scripts/clients, which needs npm",
)


async def run_node(program: str, *arguments: str, within: float = 60.0) -> Any:
    """What a program of `tests/clients` says, as JSON on its last line; what it says besides is in the failure."""
    process = await asyncio.create_subprocess_exec(
        "node",
        program,
        *arguments,
        cwd=CLIENTS,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(within):
            said, complaints = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, complaints.decode()
    return json.loads(said.splitlines()[-1])
