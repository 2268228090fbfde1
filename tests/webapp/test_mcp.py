"""The agents' door, asked by the SDK's own client: in process, and over real pipes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

mcp = pytest.importorskip("mcp", reason="the extra 'mcp' is not installed")

from tests.webapp.small_archive import build  # noqa: E402
from webapp.mcp_server import MAX_CHARS, build_server  # noqa: E402
from webapp.services import Services  # noqa: E402

Ask = Callable[[Any], Awaitable[Any]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("mcp"), "tantivy").home


def run_alone(session: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Run it in a thread of its own: a browser test of this process may hold the main thread's loop."""
    with ThreadPoolExecutor(max_workers=1) as alone:
        return alone.submit(lambda: asyncio.run(session())).result()


@pytest.fixture
def ask(home: Path):
    """Run a coroutine against a server over the small archive."""
    from webapp.settings import load_settings

    def run(work: Ask) -> Any:
        async def session() -> Any:
            with Services(load_settings(home)) as services:
                async with mcp.Client(build_server(services, version="1")) as client:
                    return await work(client)

        return run_alone(session)

    return run


def test_lists_three_read_only_tools(ask) -> None:
    tools = ask(lambda client: client.list_tools()).tools

    assert {tool.name for tool in tools} == {"search", "read", "facets"}
    assert all(tool.annotations.read_only_hint for tool in tools)


def test_search_gives_the_hits_of_the_api(ask) -> None:
    result = ask(lambda client: client.call_tool("search", {"query": "atacms"})).structured_content

    assert result["total"] == 1
    assert result["hits"][0]["title"] == "Long-range missiles approved"
    assert result["hits"][0]["snippets"][0]["spans"]


def test_read_gives_the_text_in_bounded_pieces(ask) -> None:
    slug = ask(lambda client: client.call_tool("search", {"query": "atacms"})).structured_content["hits"][0][
        "slug"
    ]

    article = ask(lambda client: client.call_tool("read", {"slug": slug, "start": 4})).structured_content

    assert article["text"].startswith("government approved")
    assert len(article["text"]) <= MAX_CHARS
    assert article["next_start"] is None


def test_facets_count_what_a_search_finds(ask) -> None:
    result = ask(lambda client: client.call_tool("facets", {"query": "missiles"})).structured_content

    assert result["total"] >= 2
    assert any(value["label"] == "Ada Lovelace" for value in result["facets"]["author"])


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        pytest.param("read", {"slug": "nothing-here"}, "nothing-here", id="unknown-article"),
        pytest.param("read", {"slug": "x", "start": -1}, "negative", id="negative-start"),
        pytest.param("search", {"query": "x", "limit": 1000}, "limit", id="too-many"),
        pytest.param("search", {"query": "x " * 2000}, "1,000", id="too-long-a-query"),
        pytest.param("search", {"query": "x", "sort": "colour"}, "colour", id="unknown-sort"),
    ],
)
def test_errors_are_told_in_words(ask, tool: str, arguments: dict[str, Any], message: str) -> None:
    result = ask(lambda client: client.call_tool(tool, arguments))

    assert result.is_error
    assert message in result.content[0].text


def test_answers_over_standard_input_and_output(home: Path) -> None:
    async def session() -> Any:
        parameters = mcp.StdioServerParameters(
            command=sys.executable, args=["-m", "webapp.cli", "mcp", "--home", str(home)]
        )
        async with mcp.Client(parameters) as client:
            return await client.call_tool("search", {"query": "atacms"})

    assert run_alone(session).structured_content["total"] == 1
