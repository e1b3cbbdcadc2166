"""Programs that check the contract as a document. Each accepts it, and rejects a copy without
responses: one that rejects nothing proves nothing."""

import json

import pytest

from ..conftest import call
from .conftest import CONTRACT, node_tool, python_tool


def spec_validator(path):
    """The OpenAPI specification's own schemas."""
    done = call(python_tool("openapi-spec-validator"), path)
    return done, done.stdout.count(": OK")


def redocly(path):
    """The rule set `recommended`; a warning fails as well.

    Two rules are left out. By the letter of OpenAPI 3.0.3, `nullable` has no effect without `type`
    beside it; the contract has the usual idiom for a reference that may be null, `nullable: true`
    and `allOf`, which one rule reports, and the other cannot validate examples against."""
    skipped = ["nullable-type-sibling", "no-invalid-media-type-examples"]
    done = call(
        *node_tool("@redocly/cli/bin/cli.js"),
        *("lint", "--extends", "recommended", "--format", "json", path),
        *(f"--skip-rule={rule}" for rule in skipped),
        REDOCLY_TELEMETRY="off",
        REDOCLY_SUPPRESS_UPDATE_NOTICE="true",
    )
    if done.returncode == 0:
        totals = json.loads(done.stdout)["totals"]
        assert [totals[kind] for kind in ("errors", "warnings", "ignored")] == [0, 0, 0], done.stdout
    return done, done.stderr.count(": validated in ")


@pytest.mark.parametrize("linter", [spec_validator, redocly])
def test_the_contract_is_accepted_and_a_broken_copy_is_not(linter, contract, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # no settings of the linter's own

    done, documents = linter(CONTRACT)
    assert (done.returncode, documents) == (0, 1), done.stdout + done.stderr

    del contract["paths"]["/batches"]["get"]["responses"]
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(contract), "utf-8")
    done, _ = linter(broken)
    assert done.returncode != 0
    assert "responses" in done.stdout + done.stderr
