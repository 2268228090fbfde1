"""Matches over time, over a real store and real engines."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from archive.document import Draft, Origin, PartialDate
from archive.normalise import document_from_draft
from archive.store import Store
from index.indexer import Indexer
from webapp import create_app
from webapp.histogram import stretches_between
from webapp.models import HistogramBucket, SearchParams
from webapp.presenters import search_json
from webapp.services import Services
from webapp.settings import Settings
from webapp.timeline import timeline_from

DATES = {
    "port": ("2019-03-01", "2019-03-01", "2019-03-04", "2019-03", "2019"),
    "dock": ("2017", "2018-11", "2019-03-09", "2020-02-29", ""),
    "quay": ("1871", "1944-06-06", "2019", "2024-12-31"),
    "pier": ("",),
    "mole": ("9999-12-31", "9999-12-01"),
}


@pytest.fixture(params=["memory", "tantivy", "whoosh"], scope="module")
def services(request, tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("archive"), engine=request.param)
    drafts = [
        Draft(
            title=f"{word} {number}",
            text=f"{word} text {number}",
            origin=Origin(path=f"/{word}{number}"),
            published=PartialDate.from_iso(date) if date else None,
        )
        for word, dates in DATES.items()
        for number, date in enumerate(dates)
    ]
    with Store.open(settings.store_path) as store:
        store.put([document_from_draft(draft) for draft in drafts])
        Indexer(store, settings.index_root, settings.engine).catch_up()
    with Services(settings) as opened:
        yield opened


def histogram(services, q, **more):
    return services.search(SearchParams(q=q, histogram=True, **more)).histogram


def filled(histogram):
    return {bucket.start: bucket.count for bucket in histogram.buckets if bucket.count}


def test_months_leave_out_what_is_dated_to_a_year(services):
    found = histogram(services, "dock")

    assert found.unit == "month"
    assert filled(found) == {"2018-11": 1, "2019-03": 1, "2020-02": 1}
    assert found.coarse == 1
    assert [bucket.start for bucket in found.buckets[:2]] == ["2017-01", "2017-02"]
    assert len(found.buckets) == 38


def test_days_leave_out_what_is_dated_to_a_month(services):
    found = histogram(services, "port", date_from="2019-03", date_to="2019-03")

    assert found.unit == "day"
    assert filled(found) == {"2019-03-01": 2, "2019-03-04": 1}
    assert found.coarse == 1
    assert (found.buckets[0].start, found.buckets[-1].end, len(found.buckets)) == (
        "2019-03-01",
        "2019-03-31",
        31,
    )


def test_weeks_begin_on_monday(services):
    found = histogram(services, "port")

    assert found.unit == "week" or found.unit == "month" or found.unit == "day"
    weekly = histogram(services, "port", date_from="2019-02-10", date_to="2019-05-01")
    assert weekly.unit == "week"
    assert filled(weekly) == {"2019-02-25": 2, "2019-03-04": 1}
    assert all(dt.date.fromisoformat(bucket.start).weekday() == 0 for bucket in weekly.buckets)


def test_decades_hold_years(services):
    found = histogram(services, "quay")

    assert found.unit == "decade"
    assert filled(found) == {"1870": 1, "1940": 1, "2010": 1, "2020": 1}
    assert found.buckets[0].end == "1879"
    assert found.coarse == 0


def test_the_last_days_of_the_calendar_have_their_place(services):
    assert filled(histogram(services, "mole")) == {"9999-12-01": 1, "9999-12-31": 1}


@pytest.mark.parametrize("q", ["pier", "nothing"])
def test_without_dates_there_is_no_histogram(services, q):
    assert histogram(services, q) is None


def test_every_bucket_tells_the_share_of_the_archive(services):
    found = histogram(services, "port", date_from="2019-03", date_to="2019-03")

    first = found.buckets[0]
    assert (first.count, first.articles, first.share) == (2, 2, 1.0)
    ninth = found.buckets[8]
    assert (ninth.count, ninth.articles, ninth.share) == (0, 1, 0.0)


@pytest.mark.parametrize("q", ["", "port", "dock", "quay", "mole", "text"])
def test_each_bucket_finds_what_it_counts(services, q):
    found = histogram(services, q)

    for bucket in found.buckets[:40] + found.buckets[-3:]:
        narrowed = services.search(SearchParams(q=q, date_from=bucket.start, date_to=bucket.end))
        assert narrowed.total == bucket.count


@pytest.mark.parametrize("q", ["", "port", "quay", "mole"])
def test_the_facet_of_years_counts_the_same(services, q):
    assert histogram(services, q, facets=True) == histogram(services, q, facets=False)


def test_nothing_is_counted_unless_asked_for(services):
    assert services.search(SearchParams(q="port")).histogram is None
    assert "histogram" not in search_json(services.search(SearchParams(q="port")))


def test_the_api_gives_it_when_asked(services):
    client = create_app(services.settings, services=services).test_client()

    answer = client.get("/api/v1/search?q=quay&histogram=1").json["histogram"]

    assert answer["unit"] == "decade"
    assert answer["buckets"][0] == {"start": "1870", "end": "1879", "count": 1, "articles": 1, "share": 1.0}


def test_the_page_draws_links_and_a_table(services):
    client = create_app(services.settings, services=services).test_client()

    page = client.get("/?q=quay").get_data(as_text=True)

    assert "<svg" in page
    assert 'href="/?q=quay&amp;from=1870&amp;to=1879"' in page
    assert '<th scope="row">1880–1889</th>' in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("low", "high", "unit", "pieces"),
    [
        pytest.param(dt.date(2024, 2, 1), dt.date(2024, 2, 1), "day", 1, id="one day"),
        pytest.param(dt.date(2024, 2, 28), dt.date(2024, 3, 1), "day", 3, id="over a leap day"),
        pytest.param(dt.date(2024, 1, 1), dt.date(2024, 12, 31), "week", 53, id="a year"),
        pytest.param(dt.date(2020, 1, 31), dt.date(2024, 1, 1), "month", 49, id="four years"),
        pytest.param(dt.date(1990, 5, 5), dt.date(2024, 1, 1), "year", 35, id="a generation"),
        pytest.param(dt.date(1, 1, 1), dt.date(9999, 12, 31), "decade", 1000, id="all of the calendar"),
    ],
)
def test_the_unit_fits_the_span(low, high, unit, pieces):
    stretches = stretches_between(low.toordinal(), high.toordinal())

    assert stretches.unit == unit
    assert len(stretches.bounds) - 1 == pieces
    assert stretches.bounds[0] <= low.toordinal()
    assert stretches.bounds[-1] > high.toordinal()
    assert all(before < after for before, after in pairwise(stretches.bounds))


def test_a_link_never_widens_the_dates_asked_for(services):
    params = SearchParams(q="port", date_from="2019-02-28", date_to="2019-05-01", histogram=True, limit=10)
    with create_app(services.settings, services=services).test_request_context("/"):
        drawn = timeline_from(params, services.search(params).histogram)

    assert "from=2019-02-28&to=2019-03-03" in drawn.bars[0].url


def test_a_share_is_never_rounded_to_nothing_or_all():
    bucket = HistogramBucket(start="2019", end="2019", count=1, articles=100_000)

    assert 0 < bucket.share < 0.001
