"""The contract, and programs that the packages of this suite bring."""

import os
import pathlib
import sys

import pytest
import yaml

from ..conftest import ROOT

CONTRACT = ROOT / "openapi/batches.yaml"
# `cargo xtask interop` installs the packages of Node there.
NODE = pathlib.Path(os.environ.get("INTEROP_NODE", ROOT / "target/interop/clients/node"))


def python_tool(name):
    """A program of a Python package."""
    return pathlib.Path(sys.executable).with_name(name)


def node_tool(script):
    """A program of a Node package."""
    return ["node", NODE / "node_modules" / script]


@pytest.fixture
def contract():
    return yaml.safe_load(CONTRACT.read_text("utf-8"))
