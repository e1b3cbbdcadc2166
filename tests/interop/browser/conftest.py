"""A browser without a screen, and the reports that it is to show."""

import json
import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import sync_playwright

from ..conftest import KEY, Product, output, serving

# What is on sandbox and report, so that a picture is the same at each run.
NOW = "2025-03-07T00:00:00Z"
NAMES = "chromium chromium-browser google-chrome google-chrome-stable".split()


def pytest_addoption(parser):
    parser.addoption(
        "--screenshots", action="store_true", help="write docs/report-light.png and -dark.png"
    )


@pytest.fixture(scope="session")
def browser():
    found = [path for name in NAMES if (path := shutil.which(name))]
    assert found, f"no browser: install one of {', '.join(NAMES)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found[0])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory):
    """Writes the report of so many batches, or of these rows, and gives its path."""
    folder = tmp_path_factory.mktemp("reports")

    def write(batches):
        name = batches if isinstance(batches, int) else "rows"
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(page(batches), "utf-8")
        return path

    return write


def page(batches):
    if not isinstance(batches, int):
        with serving_rows(batches) as base_url:
            return summary(base_url)
    command = [Product.binary, "sandbox", "--batches", batches]
    with serving(*command, QWEN_BATCHES_NOW=NOW) as base_url:
        return summary(base_url)


def summary(base_url):
    options = ["--output", "html", "--quiet", "--base-url", base_url]
    environment = {"DASHSCOPE_API_KEY": KEY, "QWEN_BATCHES_NOW": NOW}
    return output(Product.binary, "summary", *options, **environment)


class serving_rows:
    """A server of one page."""

    def __init__(self, rows):
        ids = {"first_id": rows[0]["id"], "last_id": rows[-1]["id"]}
        body = json.dumps({"object": "list", "data": rows, "has_more": False, **ids}).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}/v1"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
