"""The command, which does all the judging: where it is, and how it is run."""
from __future__ import annotations

import functools
import os
import pathlib
import shutil
import subprocess
import sys


class LossproofError(Exception):
    """A mistake in a call, or a run that failed: no verdict about a loss."""


@functools.cache
def program() -> str:
    """The path of the command: LOSSPROOF_BINARY, else the one in the wheel, else the one in PATH."""
    given = os.environ.get("LOSSPROOF_BINARY")
    inside = pathlib.Path(__file__).parent / "bin" / ("lossproof.exe" if os.name == "nt" else "lossproof")
    found = given or (str(inside) if inside.is_file() else shutil.which("lossproof"))
    if not found:
        raise LossproofError("there is no command lossproof: install a wheel, or name one in LOSSPROOF_BINARY")
    return found


def run(*arguments: str) -> str:
    """What the command prints. A mistake in the arguments is a LossproofError with the command's own words."""
    done = subprocess.run([program(), *arguments], capture_output=True, text=True, encoding="utf-8", stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise LossproofError(message(done.stderr) or f"the command ended with exit code {done.returncode}")
    return done.stdout


def message(stderr: str) -> str:
    """The error that the command printed, without its own name and hints."""
    lines = [line for line in stderr.strip().splitlines() if not line.startswith("Try '")]
    return "\n".join(lines).removeprefix("lossproof: ")


def version() -> str:
    """The version of the command, with that of its vectors."""
    return run("--version").strip()


def main() -> None:
    """``lossproof`` on the command line."""
    try:
        arguments = [program(), *sys.argv[1:]]
    except LossproofError as problem:
        sys.exit(f"lossproof: {problem}")
    if os.name == "nt":
        sys.exit(subprocess.run(arguments).returncode)
    os.execv(arguments[0], arguments)
