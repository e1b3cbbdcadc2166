"""Schemathesis makes requests from the contract, valid and invalid ones, and checks what the
sandbox responds."""

import collections
import json
import shutil

from ..conftest import KEY, output
from .conftest import python_tool

# These and no others run.
CHECKS = [
    "content_type_conformance",
    "ignored_auth",
    "negative_data_rejection",
    "response_schema_conformance",
    "status_code_conformance",
]


def test_the_sandbox_conforms(contract, product, sandbox, request, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(request.path.with_name("schemathesis.toml"), tmp_path)
    ids = product.list(sandbox)
    (tmp_path / "cursors.txt").write_text("".join(f"{json.dumps(id)}\n" for id in ids), "utf-8")
    # Any other cursor is rejected, whatever is right or wrong in the request around it.
    [after] = [it for it in contract["paths"]["/batches"]["get"]["parameters"] if it["name"] == "after"]
    assert after["example"]
    after["example"] = ids[0]
    [batch] = contract["paths"]["/batches/{batch_id}"]["get"]["parameters"]
    batch["example"] = ids[0]
    (tmp_path / "contract.json").write_text(json.dumps(contract), "utf-8")

    output(
        *(python_tool("schemathesis"), "--config-file", "schemathesis.toml", "run"),
        *("--url", sandbox, "--checks", ",".join(CHECKS), "contract.json"),
        limit=180,
        QWEN_BATCHES_SANDBOX_KEY=KEY,
        PYTHONHASHSEED="0",
    )

    statuses, checks = collections.Counter(), set()
    for line in (tmp_path / "events.ndjson").read_text("utf-8").splitlines():
        recorder = json.loads(line).get("ScenarioFinished", {}).get("recorder", {})
        for interaction in recorder.get("interactions", {}).values():
            statuses[interaction["response"]["status_code"]] += 1
        for check in sum(recorder.get("checks", {}).values(), []):
            assert check["status"] == "success", check
            checks.add(check["name"])
    assert sorted(checks) == CHECKS
    # Pages, rejected values, rejected keys: a run without one of them proves nothing.
    assert all(statuses[status] for status in (200, 400, 401)), statuses
