"""On each server, the ids that we list are those that openai-python lists, filtered by hand."""

import base64
import collections
import datetime
import json

import openai
import pytest

from ..conftest import KEY, Product, call, output
from .conftest import MODEL

ENDED = {"completed", "failed", "expired", "cancelled"}


def name(batch):
    return (batch.get("metadata") or {}).get("ds_name") or ""


def files(batches):
    """Input files of some batches, each of them an id and no URL."""
    ids = [it["input_file_id"] for it in batches if "/" not in it["input_file_id"]]
    return list(dict.fromkeys(ids))[:2]


def time(batches, part):
    times = sorted(it["created_at"] for it in batches)
    return times[int(len(times) * part)]


# Each filter, with values that the batches have; as the library takes it, but for the times.
FILTERS = {
    "nothing": lambda batches: {},
    "status": lambda batches: {"statuses": ["failed"]},
    "statuses": lambda batches: {"statuses": ["cancelled", "in_progress", "failed"]},
    "name": lambda batches: {"name_contains": "nightly"},
    "unknown-name": lambda batches: {"name_contains": "nobody has this name"},
    "file": lambda batches: {"input_files": files(batches)[:1]},
    "files": lambda batches: {"input_files": files(batches)},
    "unknown-file": lambda batches: {"input_files": ["file-batch-nobody-has-it"]},
    "after": lambda batches: {"created_after": time(batches, 0.75)},
    "before": lambda batches: {"created_before": time(batches, 0.75)},
    "window": lambda batches: {
        "created_after": time(batches, 0.25),
        "created_before": time(batches, 0.9),
    },
    "all-of-them": lambda batches: {
        "statuses": ["completed"],
        "name_contains": "nightly",
        "input_files": [it["input_file_id"] for it in batches if "nightly" in name(it)][-1:],
        "created_after": time(batches, 0),
        "created_before": time(batches, 0.9),
    },
}


def matches(batch, wanted):
    tests = {
        "statuses": lambda value: batch["status"] in value,
        "name_contains": lambda value: value in name(batch),
        "input_files": lambda value: batch["input_file_id"] in value,
        "created_after": lambda value: batch["created_at"] >= value,
        "created_before": lambda value: batch["created_at"] < value,
    }
    return all(tests[field](value) for field, value in wanted.items())


def instants(wanted):
    """The filter with its times in RFC 3339."""

    def text(value):
        moment = datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    return {
        field: text(value) if field.startswith("created") else value
        for field, value in wanted.items()
    }


def options(wanted):
    """The filter as options of the command line."""
    names = {"statuses": "--status", "name_contains": "--name", "input_files": "--input-file"}
    found = []
    for field, value in instants(wanted).items():
        option = names.get(field) or "--" + field.replace("_", "-")
        for part in value if isinstance(value, list) else [value]:
            found += [option, part]
    return found


def command(code, base_url, name, *rest):
    """What a command of ours prints, that ends with this exit code."""
    done = call(Product.binary, name, "--base-url", base_url, *rest, DASHSCOPE_API_KEY=KEY)
    assert done.returncode == code, done.stderr
    return done.stdout


@pytest.fixture(params=["aibrix", "litellm"])
def server(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=FILTERS)
def wanted(request, server):
    """A filter, and the ids that it should list."""
    wanted = FILTERS[request.param](server.batches)
    ids = [it["id"] for it in server.batches if matches(it, wanted)]
    # A filter that matches nothing, or leaves nothing out, proves nothing.
    assert bool(ids) != request.param.startswith("unknown")
    assert not wanted or len(ids) < len(server.batches)
    return wanted, ids


def test_the_command_line_lists_what_openai_python_lists(product, server, wanted):
    wanted, ids = wanted
    assert product.list(server.base_url, *options(wanted)) == ids


def test_the_library_lists_what_openai_python_lists(server, wanted, library):
    wanted, ids = wanted
    environment = {"DASHSCOPE_API_KEY": KEY, "DASHSCOPE_HTTP_BASE_URL": server.base_url}
    printed = output(library, json.dumps(instants(wanted)), **environment)
    assert printed.splitlines() == ids


@pytest.mark.parametrize("filter", FILTERS)
def test_the_proxy_changes_no_list(product, litellm, sandbox, filter):
    wanted = options(FILTERS[filter](litellm.batches))
    assert product.list(litellm.base_url, *wanted) == product.list(sandbox, *wanted)


@pytest.mark.parametrize(
    "paging", [["--page-size", "7"], ["--concurrency", "4"], ["--max-items", "9"]], ids="-".join
)
def test_no_way_of_paging_changes_a_list(product, server, paging):
    ids = [it["id"] for it in server.batches if it["status"] == "completed"]
    limit = int(paging[1]) if paging[0] == "--max-items" else None
    rest = ["--status", "completed", *paging]
    assert product.list(server.base_url, *rest) == ids[:limit]


def test_a_list_in_two_runs_is_whole(product, server, tmp_path):
    ids = [it["id"] for it in server.batches if it["status"] == "completed"]
    rest = ["--status", "completed", "--page-size", "5", "--checkpoint", tmp_path / "checkpoint"]
    first = product.list(server.base_url, *rest, "--max-items", "6")
    assert first == ids[:6]
    assert first + product.list(server.base_url, *rest) == ids


@pytest.mark.parametrize("wanted", [{}, {"name_contains": "nightly"}], ids=["all", "some"])
def test_summary_counts_what_openai_python_lists(server, wanted):
    stdout = command(0, server.base_url, "summary", "--output", "json", *options(wanted))
    counts = collections.Counter(it["status"] for it in server.batches if matches(it, wanted))
    found = json.loads(stdout)
    assert found["batches"] == counts.total()
    assert {status: n for status, n in found["statuses"].items() if n} == counts


def test_watch_shows_what_has_not_ended(server):
    """Fresh batches of a status that nobody documents are among them."""
    # AIBrix, once it is busy with batches of its own, takes seconds for a page.
    rest = ["--output", "jsonl", "--interval", "1s", "--timeout", "25s"]
    stdout = command(7, server.base_url, "watch", *rest)
    events = [json.loads(line) for line in stdout.splitlines()]
    appeared = {it["batch"]["id"] for it in events if it["change"] == "appeared"}
    assert appeared == {it["id"] for it in server.batches if it["status"] not in ENDED}


def test_watch_follows_a_filter(server):
    rest = ["--output", "jsonl", "--interval", "1s", "--timeout", "6s", "--status", "in_progress"]
    stdout = command(7, server.base_url, "watch", *rest)
    shown = {json.loads(line)["batch"]["id"] for line in stdout.splitlines()}
    assert shown == {it["id"] for it in server.batches if it["status"] == "in_progress"}


def test_watch_follows_fresh_batches_to_their_end(fresh_aibrix):
    base_url, ids = fresh_aibrix
    rest = ["--output", "jsonl", "--interval", "1s", "--timeout", "50s", "--name", "fresh"]
    stdout = command(0, base_url, "watch", *rest)
    batches = [json.loads(line)["batch"] for line in stdout.splitlines()]
    last = {it["id"]: it["status"] for it in batches}
    assert last == dict.fromkeys(ids, "completed")


def test_results_are_what_openai_python_reads(aibrix):
    """In a dry run, AIBrix responds to a request with what was requested."""
    client = openai.OpenAI(api_key=KEY, base_url=aibrix.base_url, max_retries=0)
    completed = [it for it in aibrix.batches if it["status"] == "completed"]
    assert len(completed) > 10
    for batch in completed[:5]:
        content = client.files.content(batch["output_file_id"]).content
        assert command(0, aibrix.base_url, "results", batch["id"], "--output", "raw") == content.decode()
        stdout = command(0, aibrix.base_url, "results", batch["id"], "--output", "jsonl")
        found = [json.loads(line) for line in stdout.splitlines()]
        lines = [json.loads(line) for line in content.splitlines()]
        assert len(lines) == batch["request_counts"]["completed"] > 1
        wanted = [(it["custom_id"], True, 200, it["response"]["body"]) for it in lines]
        assert [(it["custom_id"], it["ok"], it["status"], it["body"]) for it in found] == wanted


def test_doctor_sees_that_filters_are_ignored(server):
    command(5, server.base_url, "doctor")


def decoded(id):
    """The id that the proxy encoded."""
    text = id.removeprefix("batch_").removeprefix("file-")
    plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    encoded, _, model = plain.partition(";model,")
    assert model == MODEL
    return encoded.removeprefix("litellm:")


# The ids of files are encoded as well.
@pytest.mark.parametrize("filter", ["nothing", "status", "name", "unknown-name", "window"])
def test_a_list_of_encoded_ids_is_whole(product, litellm_with_a_model, litellm, filter):
    """openai-python cannot go on behind page one here: the id of a batch is no cursor."""
    wanted = FILTERS[filter](litellm.batches)
    ids = [it["id"] for it in litellm.batches if matches(it, wanted)]
    assert [decoded(id) for id in product.list(litellm_with_a_model, *options(wanted))] == ids


def test_a_list_of_encoded_ids_in_two_runs_is_whole(product, litellm_with_a_model, tmp_path):
    """The first run ends within a page, behind a batch whose id is no cursor."""
    rest = ["--checkpoint", tmp_path / "checkpoint"]
    first = product.list(litellm_with_a_model, *rest, "--max-items", "120")
    ids = first + product.list(litellm_with_a_model, *rest)
    assert (len(first), ids) == (120, product.list(litellm_with_a_model))


def test_the_encoded_id_of_a_file_is_found(product, litellm_with_a_model, litellm):
    stdout = command(0, litellm_with_a_model, "list", "--output", "jsonl")
    file = json.loads(stdout.splitlines()[-1])["input_file_id"]
    ids = product.list(litellm_with_a_model, "--input-file", file)
    wanted = {"input_files": [decoded(file)]}
    assert [decoded(id) for id in ids] == [it["id"] for it in litellm.batches if matches(it, wanted)]


def test_a_refused_cursor_is_an_error(product, litellm_with_a_model):
    first = product.list(litellm_with_a_model, "--max-items", "1")[0]
    command(1, litellm_with_a_model, "list", "--after", first)
