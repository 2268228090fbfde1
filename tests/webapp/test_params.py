import pytest
from werkzeug.datastructures import MultiDict

from webapp.models import MAX_LIMIT, SearchParams
from webapp.params import (
    MAX_VALUES,
    ParameterError,
    check_encoding,
    no_params,
    page_params,
    search_params,
)


def args(*pairs):
    return MultiDict(pairs)


def test_reads_every_parameter_of_a_search():
    given = args(
        ("q", " harbour "),
        ("author", "Ada"),
        ("author", "Jo"),
        ("source", "Post"),
        ("language", "en"),
        ("year", "2024"),
        ("year", "none"),
        ("from", "2024-02"),
        ("to", "2024-02-29"),
        ("sort", "oldest"),
        ("match", "any"),
        ("page", "3"),
        ("limit", "25"),
        ("facets", "0"),
        ("engine", "memory"),
    )

    assert search_params(given) == SearchParams(
        q="harbour",
        author=("Ada", "Jo"),
        source=("Post",),
        language=("en",),
        year=("2024", "none"),
        date_from="2024-02",
        date_to="2024-02-29",
        sort="oldest",
        match="any",
        page=3,
        limit=25,
        facets=False,
        engine="memory",
    )


def test_empty_fields_of_a_form_count_as_absent():
    given = args(("q", "x"), ("author", ""), ("from", " "), ("to", ""), ("page", ""), ("limit", ""))

    assert search_params(given) == SearchParams(q="x")


def test_without_words_the_newest_come_first():
    assert search_params(args()).sort == "newest"
    assert search_params(args(("q", "x"))).sort == "relevance"


def test_the_same_filter_twice_counts_once():
    assert search_params(args(("year", "2024"), ("year", "2024"))).year == ("2024",)


def test_limit_unless_given_is_the_page_size():
    assert search_params(args(), page_size=30).limit == 30


WRONG = [
    pytest.param([("qq", "x")], "unknown_parameter", "qq", id="unknown"),
    pytest.param([("q", "x"), ("q", "y")], "repeated_parameter", "q", id="doubled"),
    pytest.param([("page", "1"), ("page", "1")], "repeated_parameter", "page", id="doubled-equal"),
    pytest.param([("limit", "0")], "bad_parameter", "limit", id="limit-below"),
    pytest.param([("limit", str(MAX_LIMIT + 1))], "bad_parameter", "limit", id="limit-above"),
    pytest.param([("limit", "ten")], "bad_parameter", "limit", id="limit-word"),
    pytest.param([("limit", "٣")], "bad_parameter", "limit", id="limit-other-digits"),
    pytest.param([("limit", "1e1")], "bad_parameter", "limit", id="limit-exponent"),
    pytest.param([("page", "0")], "bad_parameter", "page", id="page-zero"),
    pytest.param([("page", "-1")], "bad_parameter", "page", id="page-negative"),
    pytest.param([("page", "1001")], "bad_parameter", "page", id="page-too-deep"),
    pytest.param([("page", "9" * 40)], "bad_parameter", "page", id="page-enormous"),
    pytest.param([("sort", "best")], "bad_parameter", "sort", id="sort"),
    pytest.param([("match", "most")], "bad_parameter", "match", id="match"),
    pytest.param([("facets", "yes")], "bad_parameter", "facets", id="facets"),
    pytest.param([("engine", "lucene")], "bad_parameter", "engine", id="engine"),
    pytest.param([("from", "10.9.2024")], "bad_parameter", "from", id="date-form"),
    pytest.param([("from", "2023-02-29")], "bad_parameter", "from", id="date-no-such-day"),
    pytest.param([("to", "0000")], "bad_parameter", "to", id="date-year-zero"),
    pytest.param([("from", "2024-03"), ("to", "2024-02")], "bad_parameter", "from", id="dates-swapped"),
    pytest.param([("year", "24")], "bad_parameter", "year", id="year"),
    pytest.param([("language", "e n")], "bad_parameter", "language", id="language"),
    pytest.param([("author", "x" * 201)], "bad_parameter", "author", id="author-long"),
    pytest.param([("source", "a\x00b")], "bad_parameter", "source", id="null-in-filter"),
    pytest.param([("q", "a\x00b")], "bad_parameter", "q", id="null-in-query"),
    pytest.param([("cursor", "a b")], "bad_parameter", "cursor", id="cursor-form"),
    pytest.param([("cursor", "a" * 501)], "bad_parameter", "cursor", id="cursor-long"),
    pytest.param([("cursor", "a"), ("page", "2")], "bad_parameter", "cursor", id="cursor-and-page"),
    pytest.param(
        [("year", str(1000 + n)) for n in range(MAX_VALUES + 1)],
        "bad_parameter",
        "year",
        id="too-many-values",
    ),
]


@pytest.mark.parametrize(("given", "code", "parameter"), WRONG)
def test_refuses(given, code, parameter):
    with pytest.raises(ParameterError) as caught:
        search_params(args(*given))

    assert (caught.value.code, caught.value.parameter) == (code, parameter)


@pytest.mark.parametrize(
    "given",
    [
        [("limit", "1")],
        [("limit", str(MAX_LIMIT))],
        [("page", "1000")],
        [("page", "100"), ("limit", "100")],
        [("from", "2024"), ("to", "2024")],
        [("from", "2024-09-10"), ("to", "2024")],
        [("author", "x" * 200)],
        [("cursor", "a" * 500)],
    ],
    ids=lambda given: "-".join(f"{name}{value[:4]}" for name, value in given),
)
def test_takes_the_last_value_inside_the_limit(given):
    assert search_params(args(*given)) != SearchParams()


def test_an_unknown_parameter_is_named_with_the_one_probably_meant():
    with pytest.raises(ParameterError, match="Did you mean 'author'"):
        search_params(args(("auther", "Ada")))


def test_a_long_unknown_name_is_cut_in_the_message():
    with pytest.raises(ParameterError) as caught:
        search_params(args(("x" * 5000, "1")))

    assert len(str(caught.value)) < 300


def test_an_author_takes_a_page_or_a_cursor_only():
    assert page_params(args(("page", "2"))) == (2, "")
    assert page_params(args(("cursor", "abc"))) == (1, "abc")
    with pytest.raises(ParameterError):
        page_params(args(("q", "x")))
    with pytest.raises(ParameterError, match="not both"):
        page_params(args(("page", "2"), ("cursor", "abc")))


def test_other_pages_take_nothing():
    no_params(args())
    with pytest.raises(ParameterError, match="None is known"):
        no_params(args(("q", "x")))


def test_a_query_string_must_be_utf8():
    check_encoding(b"q=%C3%A9%F0%9F%98%80")
    with pytest.raises(ParameterError) as caught:
        check_encoding(b"q=caf%E9")

    assert caught.value.code == "bad_encoding"
