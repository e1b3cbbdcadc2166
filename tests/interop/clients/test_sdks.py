"""The SDKs that people point at this service list what our client lists."""

import dataclasses
import datetime
import json
import shutil
import sys

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


def test_the_vendors_sample(batches, sandbox, request, tmp_path):
    """The program on the vendor's page, which prints two batches."""
    sample = request.path.with_name("first_two.py").read_text("utf-8")
    assert VENDOR in sample
    script = tmp_path / "first_two.py"
    script.write_text(sample.replace(VENDOR, sandbox), "utf-8")
    printed = output(sys.executable, script, DASHSCOPE_API_KEY=KEY)
    assert printed.splitlines() == [f"{it['id']} {it['status']}" for it in batches[:2]]
