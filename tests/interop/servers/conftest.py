"""Servers that nobody here wrote, with batches in them, and what openai-python lists there."""

import contextlib
import io
import json
import pathlib
import sys
import time

import openai
import pytest

from ..conftest import KEY, Product, output, serving

ADDRESS = r"Uvicorn running on (http://\S+)"
START = 120  # seconds that a server may take to start
ENDPOINT = "/v1/chat/completions"
MODEL = "qwen-batch"
# Whatever would call out of this machine fails: nothing listens on that port.
OFFLINE = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "DO_NOT_TRACK": "1",
    "PYTHONUNBUFFERED": "1",
}
# LiteLLM fetches these from GitHub unless it is asked to take its own copies.
COPIES = "ANTHROPIC_BETA_HEADERS AUTOROUTER_PRESETS BLOG_POSTS MODEL_COST_MAP POLICY_TEMPLATES"
LITELLM_ENVIRONMENT = {f"LITELLM_LOCAL_{name}": "True" for name in COPIES.split()}


def sdk(base_url):
    return openai.OpenAI(api_key=KEY, base_url=base_url, max_retries=0)


class Server:
    """A server, and the batches that openai-python lists on it, as they come over the wire."""

    def __init__(self, base_url):
        self.base_url = base_url
        self.batches = [it.to_dict() for it in sdk(base_url).batches.list(limit=100)]


@pytest.fixture(scope="session")
def library():
    """A program that prints the ids that match a filter: `ids.rs`."""
    build = ["build", "--locked", "--quiet", "--package", "contract-tests"]
    output("cargo", *build, "--example", "ids", limit=1800)
    return pathlib.Path(Product.binary).parent / "examples" / "ids"


@contextlib.contextmanager
def aibrix_server(folder):
    """AIBrix without Kubernetes: jobs run one at a time, and echo their requests."""
    program = pathlib.Path(sys.executable).with_name("aibrix_metadata")
    options = ["--dry-run", "--host", "127.0.0.1", "--port", "0", "--no-httpx-telemetry"]
    environment = OFFLINE | {"AIBRIX_BATCH_JOB_POOL_SIZE": "1"}
    with contextlib.ExitStack() as running:
        # It keeps its files where it is started.
        with contextlib.chdir(folder):
            server = serving(program, *options, address=ADDRESS, limit=START, **environment)
            address = running.enter_context(server)
        yield f"{address}/v1"


class Jobs:
    """Batches that openai-python creates."""

    def __init__(self, base_url):
        self.client = sdk(base_url)

    def upload(self, lines, url=ENDPOINT):
        body = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}]}
        requests = [
            json.dumps({"custom_id": f"{n}", "method": "POST", "url": url, "body": body})
            for n in range(lines)
        ]
        file = ("input.jsonl", io.BytesIO("\n".join(requests).encode()))
        return self.client.files.create(file=file, purpose="batch").id

    def create(self, file, **options):
        batch = self.client.batches.create(
            input_file_id=file, endpoint=ENDPOINT, completion_window="24h", **options
        )
        return batch.id

    def wait_for(self, wanted, limit=START):
        """Polls until the statuses of all batches are as wanted."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            statuses = [it.status for it in self.client.batches.list(limit=100)]
            if wanted(statuses):
                return
            time.sleep(0.2)
        pytest.fail(f"the batches are not as wanted after {limit} s: {statuses}")


@pytest.fixture(scope="session")
def aibrix(tmp_path_factory):
    """25 batches: completed, failed and cancelled ones, one in progress, and fresh ones behind it."""
    with aibrix_server(tmp_path_factory.mktemp("aibrix")) as base_url:
        jobs = Jobs(base_url)
        files = [jobs.upload(2), jobs.upload(3)]
        for n in range(15):
            jobs.create(files[n % 2], metadata={"ds_name": f"nightly {n}"})
        jobs.create(files[0])
        jobs.create(jobs.upload(2, url="/v1/embeddings"), metadata={"ds_name": "another endpoint"})
        jobs.wait_for(lambda statuses: set(statuses) <= {"completed", "failed"})
        # Long enough to outlast the tests, so that no status changes meanwhile.
        jobs.create(jobs.upload(50_000), metadata={"ds_name": "long"})
        for n in range(6):
            jobs.create(files[n % 2], metadata={"ds_name": f"fresh {n}"})
        jobs.client.batches.cancel(jobs.create(files[1], metadata={"ds_name": "cancelled"}))
        jobs.wait_for(lambda statuses: "in_progress" in statuses and "cancelled" in statuses)
        server = Server(base_url)
        assert len(server.batches) == 25
        yield server


@pytest.fixture
def fresh_aibrix(tmp_path):
    """Three batches that are completed within seconds."""
    with aibrix_server(tmp_path) as base_url:
        jobs = Jobs(base_url)
        file = jobs.upload(2)
        ids = [jobs.create(file, metadata={"ds_name": f"fresh {n}"}) for n in range(3)]
        yield base_url, ids


@contextlib.contextmanager
def litellm_proxy(folder, sandbox, **settings):
    """LiteLLM's proxy in front of our sandbox."""
    program = pathlib.Path(sys.prefix).with_name("litellm") / "bin" / "litellm"
    deployment = {"model": f"openai/{MODEL}", "api_base": sandbox, "api_key": KEY}
    config = folder / "config.yaml"
    # JSON is YAML.
    config.write_text(
        json.dumps(
            {
                "model_list": [{"model_name": MODEL, "litellm_params": deployment}],
                "general_settings": {"master_key": KEY, **settings},
            }
        )
    )
    upstream = {"OPENAI_BASE_URL": sandbox, "OPENAI_API_KEY": KEY}
    options = ["--config", config, "--host", "127.0.0.1", "--port", "0", "--telemetry", "False"]
    environment = OFFLINE | LITELLM_ENVIRONMENT | upstream
    with serving(program, *options, address=ADDRESS, limit=START, **environment) as address:
        yield f"{address}/v1"


@pytest.fixture(scope="session")
def litellm(tmp_path_factory, sandbox):
    with litellm_proxy(tmp_path_factory.mktemp("litellm"), sandbox) as base_url:
        yield Server(base_url)


@pytest.fixture(scope="session")
def litellm_with_a_model(tmp_path_factory, sandbox):
    """With a model, the proxy encodes the ids of batches, but not `last_id`."""
    folder = tmp_path_factory.mktemp("litellm-with-a-model")
    with litellm_proxy(folder, sandbox, completion_model=MODEL) as base_url:
        yield base_url
