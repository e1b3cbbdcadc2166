"""The SDKs that people point at this service list what our client lists, and fetch what is there."""

import dataclasses
import datetime
import hashlib
import json
import shutil
import sys
import urllib.request

import openai
import pytest

from ..conftest import BATCHES, KEY, output
from .conftest import NODE

# The base URL in the vendor's sample.
VENDOR = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1"
BEIJING = datetime.timezone(datetime.timedelta(hours=8))


@dataclasses.dataclass
class List:
    """One list, as both sides are asked for it."""

    filters: dict  # parameters, by their names on the wire
    options: list  # options of our command line that mean the same
    limit: int = 30
    all_pages: bool = True


@pytest.fixture(scope="module")
def batches(product, sandbox):
    batches = [json.loads(line) for line in product.list(sandbox, format="jsonl")]
    assert len(batches) == BATCHES
    return batches


@pytest.fixture(scope="module")
def lists(batches):
    """All of it, one page of it, and each filter, with values that the batches have."""
    name = next(
        name for it in batches if (name := (it["metadata"] or {}).get("ds_name")) and not name.isascii()
    )
    inputs = [it["input_file_id"] for it in batches if it["input_file_id"].startswith("file-")]
    files = list(dict.fromkeys(inputs))[:2]
    assert len(files) == 2
    # No batch was created in the two seconds themselves, about which servers may differ.
    times = {it["created_at"] for it in batches}
    gaps = sorted(time + 1 for time in times if time + 1 not in times)
    window = {}
    options = []
    for parameter, option, time in [
        ("create_after", "--created-after", gaps[len(gaps) // 4]),
        ("create_before", "--created-before", gaps[len(gaps) // 2]),
    ]:
        moment = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
        window[parameter] = moment.astimezone(BEIJING).strftime("%Y%m%d%H%M%S")
        options += [option, moment.strftime("%Y-%m-%dT%H:%M:%SZ")]
    status, statuses = {"status": "completed,expired"}, ["--status", "completed,expired"]
    made_from = ["--input-file", files[0], "--input-file", files[1]]
    return [
        List({}, []),
        List({}, ["--max-items", "20"], limit=20, all_pages=False),
        List(status, statuses),
        List({"ds_name": name}, ["--name", name]),
        List({"input_file_ids": ",".join(files)}, made_from),
        List(window, options),
        List(status | window, statuses + options),
    ]


def check(lists, listed, product, sandbox):
    """Compares the ids of each list with those of our client."""
    assert len(listed) == len(lists)
    for wanted, ids in zip(lists, listed):
        ours = product.list(sandbox, *wanted.options)
        assert ids == ours, wanted
        # A filter that matches nothing, or leaves nothing out, proves nothing.
        assert 0 < len(ours) and (not wanted.filters or len(ours) < BATCHES), wanted


def test_openai_python(lists, product, sandbox):
    client = openai.OpenAI(api_key=KEY, base_url=sandbox, max_retries=0)
    listed = []
    for wanted in lists:
        # The SDK knows `after` and `limit` alone.
        page = client.batches.list(limit=wanted.limit, extra_query=wanted.filters)
        # Iterating over a page goes on to the pages behind it; its data is null where it is empty.
        listed.append([it.id for it in (page if wanted.all_pages else page.data or [])])
    check(lists, listed, product, sandbox)


def test_openai_node(lists, product, sandbox, request, tmp_path):
    # Node looks for packages beside the script.
    script = shutil.copy(request.path.with_name("list_batches.mjs"), NODE)
    wanted = tmp_path / "lists.json"
    wanted.write_text(json.dumps([dataclasses.asdict(it) for it in lists]), "utf-8")
    printed = output("node", script, wanted, OPENAI_API_KEY=KEY, OPENAI_BASE_URL=sandbox)
    check(lists, [json.loads(line) for line in printed.splitlines()], product, sandbox)


@pytest.fixture(scope="module")
def results(batches, sandbox):
    """Some batches, each of their files, and a digest of it as it is sent."""
    results = []
    for batch in batches:
        files = [batch["output_file_id"], batch["error_file_id"]]
        if all(files) and batch["request_counts"]["total"] <= 2000:
            for file in files:
                url = f"{sandbox}/files/{file}/content"
                request = urllib.request.Request(url, headers={"Authorization": f"Bearer {KEY}"})
                with urllib.request.urlopen(request) as response:
                    assert response.headers["content-type"] is None
                    content = response.read()
                assert content.endswith(b"\n")
                results.append((batch, file, hashlib.sha256(content).hexdigest()))
    assert len(results) >= 4
    return results


def test_openai_python_fetches_results(results, sandbox):
    client = openai.OpenAI(api_key=KEY, base_url=sandbox, max_retries=0)
    for batch, file, digest in results:
        fetched = client.batches.retrieve(batch["id"])
        assert fetched.status == batch["status"]
        assert fetched.request_counts.to_dict() == batch["request_counts"]
        assert file in (fetched.output_file_id, fetched.error_file_id)
        content = client.files.content(file)
        assert hashlib.sha256(content.content).hexdigest() == digest
        lines = [json.loads(line) for line in content.text.splitlines()]
        succeeded = [(line["response"] or {}).get("status_code") == 200 for line in lines]
        count = "completed" if file == fetched.output_file_id else "failed"
        assert len(lines) == batch["request_counts"][count]
        assert set(succeeded) == {count == "completed"}
    with pytest.raises(openai.NotFoundError):
        client.batches.retrieve("batch_of_nobody")
    with pytest.raises(openai.NotFoundError):
        client.files.content("file_of_nobody")
    with pytest.raises(openai.BadRequestError):
        client.files.content(results[0][0]["input_file_id"])


def test_openai_node_fetches_results(results, sandbox, request, tmp_path):
    script = shutil.copy(request.path.with_name("fetch_results.mjs"), NODE)
    wanted = tmp_path / "results.json"
    wanted.write_text(json.dumps([[batch["id"], file] for batch, file, _ in results]), "utf-8")
    printed = output("node", script, wanted, OPENAI_API_KEY=KEY, OPENAI_BASE_URL=sandbox)
    expected = [[batch["id"], batch["status"], digest] for batch, _, digest in results]
    assert [json.loads(line) for line in printed.splitlines()] == expected


def test_the_vendors_sample(batches, sandbox, request, tmp_path):
    """The program on the vendor's page, which prints two batches."""
    sample = request.path.with_name("first_two.py").read_text("utf-8")
    assert VENDOR in sample
    script = tmp_path / "first_two.py"
    script.write_text(sample.replace(VENDOR, sandbox), "utf-8")
    printed = output(sys.executable, script, DASHSCOPE_API_KEY=KEY)
    assert printed.splitlines() == [f"{it['id']} {it['status']}" for it in batches[:2]]
