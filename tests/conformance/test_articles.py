"""From articles and query texts to ids, through analysis, parser and rewriting, in every engine alike."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator

import pytest

from archive.document import Document, Origin, PartialDate
from index.checking import CheckingEngine
from index.engine import Engine, SearchRequest, Sort
from index.engines import factory
from index.query.parser import parse
from index.query.rewrite import plan_from_query
from index.records import record_from_document

TODAY = dt.date(2024, 10, 1)


def article(id_: int, title: str, text: str, **values: object) -> Document:
    if isinstance(date := values.get("published"), str):
        values["published"] = PartialDate.from_iso(date)
    return Document(
        id=id_,
        slug=f"article-{id_}",
        title=title,
        text=text,
        lead=text.split("\n\n", maxsplit=1)[0],
        identity=f"id:{id_}",
        origin=Origin(path=f"{id_}.txt"),
        content_hash=str(id_),
        words=len(text.split()),
        **{"language": "en", **values},  # type: ignore[arg-type]
    )


ARTICLES = [
    article(
        1,
        "US to Discuss Permitting Ukraine ATACMS Strikes on Russia",
        "The U.S. will discuss long-range weaponry. Don't expect 1,000 missiles.\n\nO'Brien of AT&T said 3.5 percent.",
    ),
    article(
        2,
        "Harbour strike ends",
        "Dockers in the harbour voted. The strike had closed it.",
        authors=("Jane Doe", "Bob Smith"),
        published="2024-09-10",
        source="The Daily Planet",
        url="https://example.com/news/harbour-strike",
        added=dt.datetime(2024, 9, 29, 23, 59, 59, tzinfo=dt.UTC),
        tags=("labour",),
    ),
    article(
        3,
        "Strikes of lightning",
        "A missile hit the harbour wall near the pearl market.",
        authors=("Zoë Müller",),
        published="2024-09-30",
        source="Reuters",
        added=dt.datetime(2024, 9, 30, 12, tzinfo=dt.timezone(dt.timedelta(hours=12))),
        section="World",
    ),
    article(
        4,
        "Straße nach Köln",
        "Die große Straße führt nach Süden. Ein Café.",
        language="de",
        published="2024-10-01",
        added=dt.datetime(2024, 10, 1, tzinfo=dt.UTC),
    ),
    article(5, "Чёрное море", "Корабли вышли в Черное море.", language="ru", published="2024"),
    article(6, "日本語の新聞", "東京で記者会見が行われた。", language="ja", published="2024-09"),
    article(
        7,
        "L'été à Paris",
        "C'est l'été. Aujourd’hui, les cafés sont pleins.",
        language="fr",
        published="2023-12-31",
    ),
    article(
        8,
        "Jane Doe remembered",
        "She wrote for Reuters. Jane Doe was a friend. COVID-19 came.",
        published="2024-01-01",
    ),
    article(9, "Noise", "x" * 10_000 + " after the noise. Version 2.0.1 of node_modules/readme.txt"),
    article(
        10,
        "Running shoes",
        "He runs. They ran. The runner's shoes: C++ and C#, for E=mc2.",
        authors=("Reuters Staff",),
    ),
]

ALL = [document.id for document in ARTICLES]

CASES: list[tuple[str, list[int]]] = [
    # analysis
    ("HARBOUR", [2, 3]),
    ("u.s.", [1]),
    ("US", [1]),
    ("at&t", [1]),
    ("dont", [1]),
    ("don’t", [1]),
    ("obrien", [1]),
    ("1000", [1]),
    ("3.5", [1]),
    ("long-range", [1]),
    ("longrange", [1]),
    ("long range", [1]),
    ("covid19", [8]),
    ("COVID-19", [8]),
    ("strasse", [4]),
    ("Straße", [4]),
    ("cafe", [4, 7]),
    (unicodedata.normalize("NFD", "café"), [4, 7]),
    ("черное", [5]),
    ("чёрное", [5]),
    ("東京", [6]),
    ("記者会見", [6]),
    ("京東", []),
    ("ete", [7]),
    ("aujourd'hui", [7]),
    ("noise", [9]),
    ("readme", [9]),
    ("runner", [10]),
    # stems, and what is exact
    ("missile", [1, 3]),
    ("strikes", [1, 2, 3]),
    ("running", [10]),
    ('"missiles"', [1]),
    ('"missile"', [3]),
    ('"strikes"', [1, 3]),
    # phrases and proximity
    ('"long-range weaponry"', [1]),
    ('"range long"', []),
    ('"harbour voted"', [2]),
    ('"voted the strike"', [2]),
    ('"harbour dockers"~2', [2]),
    ('"harbour dockers"~0', []),
    ('"dockers harbour voted"~2', [2]),
    ('""', ALL),
    ("harbour NEAR/2 dockers", [2]),
    ("harbour NEAR/1 dockers", []),
    ("harbour BEFORE/9 dockers", []),
    ("dockers BEFORE/2 harbour", [2]),
    ("strike NEAR/1 (ends OR closed)", [2]),
    ('"long-range weaponry" NEAR/9 missiles', [1]),
    ("long-range NEAR/0 weaponry", [1]),
    ('atacms NEAR/0 strikes OR "the harbour" NEAR/0 voted', [1, 2]),
    ("dockers NEAR/1 in NEAR/1 harbour", [2]),
    ("title:harbour NEAR/1 ends", [2]),
    ("body:(harbour NEAR/5 ends)", []),
    ("-harbour NEAR/2 dockers harbour", [3]),
    ("author:(doe NEAR/1 jane)", [2]),
    ("author:(doe NEAR/100 bob)", []),
    ("記者 NEAR/1 会見", [6]),
    ("docker NEAR/2 harbours", [2]),
    ("striking NEAR/1 ending", [2]),
    ('"striking" NEAR/1 ends', []),
    ("strikes NEAR/99 strike", []),
    ("harbours BEFORE/9 docked", []),
    ("running NEAR/0 he", [10]),
    ("title:strike BEFORE/1 lightnings", [3]),
    ("lead:(harbours NEAR/5 docker)", [2]),
    ("großen NEAR/0 strassen", [4]),
    ("große BEFORE/1 führte", [4]),
    ("корабль NEAR/3 море", [5]),
    ("weapon NEAR/0 long-range", []),
    ("weapons NEAR/9 missile", []),
    ("weaponry NEAR/9 missile", [1]),
    ("runner NEAR/1 shoe", [10]),
    ("reuters -(friends NEAR/5 doe)", []),
    # sentences, paragraphs, mentions: stems, and whatever else matches text
    ("harbour SENT voting", [2]),
    ("harbour SENT closed", []),
    ("harbour PARA closed", [2]),
    ("strikes SENT russia", [1]),
    ("missile* SENT weaponry", []),
    ("missile* PARA weaponry", [1]),
    ("missile PARA percent", []),
    ("jane SENT (friend OR wrote)", [8]),
    ('"jane doe" SENT frend~', [8]),
    ("title:harbour SENT ends", [2]),
    ("body:(harbour SENT ends)", []),
    ("harbour -harbour SENT pearl", [2]),
    ("harbour SENT harbour", []),
    ("runs SENT runner", []),
    ("atleast2:harbour", [2]),
    ("atleast3:harbour", []),
    ("atleast4:run", []),
    ("atleast2:runs", [10]),
    ('atleast2:"jane doe"', [8]),
    ("atleast2:missil*", []),
    ("title:(atleast2:harbour)", []),
    ("body:(atleast2:strike)", []),
    ("atleast2:strike date:2024-09", [2]),
    ("atleast2:harbour OR atleast2:runs", [2, 10]),
    ("-atleast2:harbour harbour", [3]),
    # weights change no match
    ("harbour^3 strike^0.5", [2, 3]),
    ('("dockers" OR pearl^2)^4 harbour', [2, 3]),
    # prefixes, wildcards, typing errors
    ("missil*", [1, 3]),
    ("harb*", [2, 3]),
    ("harbo?r", [2, 3]),
    ("ha*r", [2, 3]),
    ("missle~", [3]),
    ("missle~2", [1, 3]),
    ("harbuor~", [2, 3]),
    ("arbour~", []),
    # operators
    ("harbour -pearl", [2]),
    ("harbour NOT pearl", [2]),
    ("harbour AND pearl", [3]),
    ("pearl OR dockers", [2, 3]),
    ("(pearl OR dockers) harbour", [2, 3]),
    ("+harbour +missile", [3]),
    ("*", ALL),
    ("-harbour -missile", [4, 5, 6, 7, 8, 9, 10]),
    # fields
    ("title:strikes", [1, 2, 3]),
    ("title:harbour", [2]),
    ("body:strike", [2]),
    ("lead:said", []),
    ("author:jane", [2]),
    ('author:"Jane Doe"', [2]),
    ("author:doe author:bob", [2]),
    ('author:"Doe Bob"', []),
    ("author:muller", [3]),
    ("author:reuters", [10]),
    ("source:reuters", [3]),
    ('source:"daily planet"', [2]),
    ('source:="daily planet"', []),
    ('source:="The Daily  PLANET"', [2]),
    ("source:=reuters", [3]),
    ("-source:=reuters harbour", [2]),
    ("author:=zoe", []),
    ('author:="zoe muller"', [3]),
    ("tag:=labour OR tag:=world^2", [2, 3]),
    ("from:=reuters", [3]),
    ("title:=noise", [9]),
    ("lang:de", [4]),
    ("tag:labour", [2]),
    ("tag:world", [3]),
    ("url:example.com", [2]),
    ("author:", [1, 4, 5, 6, 7, 8, 9]),
    ("has:author", [2, 3, 10]),
    ("-has:source", [1, 4, 5, 6, 7, 8, 9, 10]),
    # dates: the whole interval of the article lies inside
    ("date:2024", [2, 3, 4, 5, 6, 8]),
    ("date:2024-09", [2, 3, 6]),
    ("date:2024-09-10", [2]),
    ("date:2024-09-09", []),
    ("date:2024-09-11", []),
    ("date:2024-09-01..2024-09-30", [2, 3, 6]),
    ("date:2024-09-30..2024-10-01", [3, 4]),
    ("date:..2023", [7]),
    ("date:2024-10..", [4]),
    ("after:2024-09-10", [3, 4]),
    ("since:2024-09-10", [2, 3, 4]),
    ("before:2024", [7]),
    ("until:2023-12-31", [7]),
    ('date:"last month"', [2, 3, 6]),
    ("date:today", [4]),
    ("date:yesterday", [3]),
    ("is:undated", [1, 9, 10]),
    ("-is:undated harbour", [2, 3]),
    # numbers, and when it was added
    ("words:>40", []),
    ("words:<=4", [6]),
    ("words:5..7", [5, 7]),
    ("words:[5 TO 8] lang:de", [4]),
    ("added:2024-09-30", [3]),
    ("added:>=2024-09-30", [3, 4]),
    ("added:<2024-10", [2, 3]),
    ("added:yesterday OR added:today", [3, 4]),
    ("-added:2024", [1, 5, 6, 7, 8, 9, 10]),
    # one of several
    ('source:("daily planet" OR reuters)', [2, 3]),
    ("author:(jane OR muller)", [2, 3]),
    ("lang:(german OR ru)", [4, 5]),
    ("tag:(labour OR world) -source:reuters", [2]),
    ("date:(2023 OR 2024-10)", [4, 7]),
    ("has:(tag OR url)", [2, 3]),
    # what people paste
    ("harbour: strike", [2, 3]),
    ('harbour "strike', [2]),
    ("(harbour strike", [2, 3]),
    ("harbour strike)", [2, 3]),
    ("readme.txt", [9]),
    ("E=mc2", [10]),
    ("x" * 101, []),
    ("noise " + "x" * 101, [9]),
    ("noise AND " + "x" * 101, []),
    ("noise OR " + "x" * 101, [9]),
    ("noise -" + "x" * 101, [9]),
    ("title:" + "x" * 101, []),
    ('"' + "x" * 101 + '"', []),
    ("OR harbour", []),
    ("harbour OR", []),
    ("AND", [10]),
    ("noise NOT", []),
    ("--harbour", [2, 3]),
]


@pytest.fixture(scope="module", name="shelf")
def _shelf() -> Iterator[dict[str, Engine]]:
    opened: dict[str, Engine] = {}
    yield opened
    for engine in opened.values():
        engine.close()


@pytest.fixture
def engine(engine_name: str, shelf: dict[str, Engine], tmp_path_factory: pytest.TempPathFactory) -> Engine:
    if engine_name not in shelf:
        made = factory(engine_name).create(tmp_path_factory.mktemp(engine_name))
        for half in (ARTICLES[:5], ARTICLES[5:]):
            made.add(map(record_from_document, half))
            made.commit()
        shelf[engine_name] = made
    return shelf[engine_name]


def asked(engine: Engine, text: str, sort: Sort = Sort.RELEVANCE, match: str = "all") -> list[int]:
    query = parse(text, today=TODAY)
    planned = plan_from_query(
        query.tree, plain=query.plain, match=match, languages=("en", "de", "fr", "ru", "ja")
    )
    reading = CheckingEngine(engine, lambda ids: [ARTICLES[id_ - 1] for id_ in ids])
    return [hit.id for hit in reading.search(SearchRequest(plan=planned.plan, sort=sort, limit=50)).hits]


@pytest.mark.parametrize(("text", "expected"), [pytest.param(*case, id=case[0][:40]) for case in CASES])
def test_finds(engine: Engine, text: str, expected: list[int]) -> None:
    assert sorted(asked(engine, text)) == expected


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param("harbour strike", 2, id="both words in the title"),
        pytest.param("pearl^9 OR dockers", 3, id="the weighed word"),
        pytest.param("pearl OR dockers^9", 2, id="the other word"),
        pytest.param("(pearl market)^0.1 OR dockers^9", 2, id="a weighed group"),
        pytest.param("jane doe", 8, id="the title before the byline"),
        pytest.param("strikes of lightning", 3, id="the exact title"),
    ],
)
def test_ranks_first(engine: Engine, text: str, first: int) -> None:
    assert asked(engine, text, match="any")[0] == first


@pytest.mark.parametrize(
    "text", ["OR harbour", "harbour OR", "AND harbour AND", "(harbour", "harbour -", "NOT"]
)
def test_a_stray_operator_keeps_no_article_away(engine: Engine, text: str) -> None:
    assert asked(engine, text, match="auto")[:2] == ([2, 3] if "harbour" in text else [])


def test_orders(engine: Engine) -> None:
    assert asked(engine, "harbour OR cafe OR noise", Sort.NEWEST) == [4, 3, 2, 7, 9]
    assert asked(engine, "harbour OR cafe OR noise", Sort.OLDEST) == [7, 2, 3, 4, 9]
    assert asked(engine, "harbour OR cafe OR noise", Sort.TITLE) == [2, 7, 9, 4, 3]


def test_dates_do_not_depend_on_the_clock_zone(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    for zone in ("Pacific/Auckland", "UTC", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        assert asked(engine, "date:2024-09-10") == [2]
        assert sorted(asked(engine, "date:2024-09")) == [2, 3, 6]
    monkeypatch.undo()
    time.tzset()
