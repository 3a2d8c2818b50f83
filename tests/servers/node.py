"""Programs for Node.js in `tests/clients`, where other people's GraphQL clients are."""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).parents[1] / "clients"

OLDEST = 20


def _version() -> int:
    """Of the Node.js that is here; 0 where there is none."""
    if shutil.which("node") is None:
        return 0
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.removeprefix("v").split(".")[0])


needs_clients = pytest.mark.skipif(
    not (CLIENTS / "node_modules" / ".stamp").exists() or _version() < OLDEST,
    reason=f"no Node.js from {OLDEST} on, or its packages were not taken: scripts/clients, which needs npm",
)


async def run_node(program: str, *arguments: str, **environment: str) -> Any:
    """What a program of `tests/clients` says, as JSON on its last line; what it says besides is in the failure."""
    said = await node(program, *arguments, **environment)
    return json.loads(said.splitlines()[-1])


async def node(
    program: str, *arguments: str, folder: Path = CLIENTS, within: float = 60.0, status: int = 0, **environment: str
) -> str:
    """What a program says that must end with a status."""
    process = await asyncio.create_subprocess_exec(
        "node",
        program,
        *arguments,
        cwd=folder,
        env={**os.environ, **environment},
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
    assert process.returncode == status, f"{said.decode()}{complaints.decode()}"
    return said.decode()
