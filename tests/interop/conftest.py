"""What the suites share: our command line, its sandbox, and servers of others."""

import contextlib
import os
import pathlib
import queue
import re
import subprocess
import threading

import pytest

ROOT = pathlib.Path(__file__).parents[2]
KEY = "interop-key"
BATCHES = 250
LIMIT = 60  # seconds that a call may take

# No settings of the person who runs this, and no proxy on the way to this machine.
SETTINGS = "DASHSCOPE_ NODE_ OPENAI_ QWEN_BATCHES_ REDOCLY_ SCHEMATHESIS_".split()
for name in list(os.environ):
    if name.startswith(tuple(SETTINGS)):
        del os.environ[name]
os.environ.update(NO_PROXY="127.0.0.1", no_proxy="127.0.0.1", NO_COLOR="1", PYTHONUTF8="1")


def call(*command, limit=LIMIT, **environment):
    """Runs a program to its end, whatever its exit code is."""
    return subprocess.run(
        [str(part) for part in command],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=limit,
    )


def output(*command, limit=LIMIT, **environment):
    """What a program prints that succeeds."""
    done = call(*command, limit=limit, **environment)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@contextlib.contextmanager
def serving(*command, address=r"(http://\S+)", limit=LIMIT, **environment):
    """Starts a server and gives the address that it prints; stops it in the end."""
    process = subprocess.Popen(
        [str(part) for part in command],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    found, printed = queue.Queue(), []

    def read():
        # To the end, so that a full pipe never stops the server.
        for line in process.stdout:
            printed.append(line)
            if match := re.search(address, line):
                found.put(match[1])
        found.put(None)

    threading.Thread(target=read, daemon=True).start()
    try:
        with contextlib.suppress(queue.Empty):
            base_url = found.get(timeout=limit)
            assert base_url, f"{command} ended early: {''.join(printed)}"
            yield base_url
            return
        pytest.fail(f"{command} is not ready after {limit} s: {''.join(printed)}")
    finally:
        process.kill()
        process.wait()


class Product:
    """Our command line. `cargo xtask interop` builds it, and names it."""

    binary = os.environ.get("INTEROP_BINARY", ROOT / "target/debug/qwen-batches")

    def list(self, base_url, *options, format="ids"):
        """The lines that `list` prints."""
        options = ["--base-url", base_url, "--output", format, *options]
        return output(self.binary, "list", *options, DASHSCOPE_API_KEY=KEY).splitlines()


@pytest.fixture(scope="session")
def product():
    return Product()


@pytest.fixture(scope="session")
def sandbox():
    """The base URL of a sandbox that accepts KEY alone."""
    options = ["sandbox", "--port", "0", "--seed", "7", "--batches", BATCHES]
    with serving(Product.binary, *options, QWEN_BATCHES_SANDBOX_KEY=KEY) as base_url:
        yield base_url
