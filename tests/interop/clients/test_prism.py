"""Prism serves a mock from the contract's first example, and our client lists it."""

from ..conftest import serving
from .conftest import CONTRACT, node_tool


def test_our_client_lists_the_mock(contract, product):
    media = contract["paths"]["/batches"]["get"]["responses"]["200"]["content"]["application/json"]
    page = next(iter(media["examples"].values()))["value"]
    ids = [batch["id"] for batch in page["data"]]
    assert ids and page["has_more"] is False, "the first example is a whole list"

    prism = [*node_tool("@stoplight/prism-cli/dist/index.js"), "mock", "--errors"]
    prism += ["--host", "127.0.0.1", "--port", "0", CONTRACT]
    with serving(*prism, address=r"Prism is listening on (\S+)") as base_url:
        assert product.list(base_url) == ids
