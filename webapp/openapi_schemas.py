"""The records of the API: what each holds; tests hold answers to them."""

from __future__ import annotations

from webapp.openapi_shapes import (
    INSTANT,
    PARTIAL_DATE,
    Schema,
    count,
    listed,
    maybe,
    record,
    ref,
    text,
    yes_or_no,
)

_SPAN = {
    "type": "array",
    "description": "Half-open [start, end) in Unicode code points.",
    "items": {"type": "integer", "minimum": 0},
    "minItems": 2,
    "maxItems": 2,
}

HIT: Schema = {
    "id": {"type": "integer", "minimum": 1},
    "slug": text("Permanent address: /article/<slug>."),
    "url": text("Canonical address at the source, or empty. Check its scheme before you link to it."),
    "title": text("Plain text, never HTML."),
    "authors": listed({"type": "string"}, "As printed, in the order of the byline."),
    "published": maybe(ref("PartialDate")),
    "source": text("Site or publication, or empty."),
    "language": text("ISO 639-1 code, or empty."),
    "score": {"type": "number", "description": "Comparable within one answer only; 0 unless by relevance."},
    "title_spans": listed(ref("Span"), "What matched in the title."),
    "snippets": listed(ref("Snippet")),
}

_DAMAGED: Schema = {
    "damaged": {
        "type": "boolean",
        "const": True,
        "description": "What is stored is not what was written: it is not shown; the snippet says why.",
    }
}

_EXPLAIN: Schema = {
    "explain": listed(
        record(
            "Part of the search that matched.",
            {
                "clause": text("In terms of the index, such as stem:missil."),
                "score": {"type": "number", "minimum": 0, "description": "What it added to the score."},
                "share": {"type": "number", "minimum": 0, "maximum": 1},
            },
        ),
        "With explain=1: why it matched, the weightiest first.",
    )
}

SCHEMAS: Schema = {
    "Span": _SPAN,
    "PartialDate": record(
        "A date as far as the source gives it.",
        {
            "value": text("2024, 2024-09 or 2024-09-10.", pattern=PARTIAL_DATE),
            "precision": {"type": "string", "enum": ["year", "month", "day"]},
        },
    ),
    "Snippet": record(
        "A passage of the article: plain text, to be escaped before it is marked.",
        {
            "text": {"type": "string"},
            "spans": listed(ref("Span"), "What matched, sorted and disjoint."),
            "cut_before": yes_or_no("It begins in the middle of a sentence."),
            "cut_after": yes_or_no("It ends in the middle of a sentence."),
        },
    ),
    "Hit": record(
        "An article that matches.",
        {
            **HIT,
            "also": listed(ref("OtherCopy"), "The others of its group if collapsed; twenty at most."),
            "also_total": count("How many others there are."),
            **_DAMAGED,
            **_EXPLAIN,
        },
        optional=("also", "also_total", *_DAMAGED, *_EXPLAIN),
    ),
    "OtherCopy": record(
        "Another article that says nearly the same.",
        {"slug": text("Its address."), "source": text("Site or publication, or empty.")},
    ),
    "PartialHit": record(
        "An article with most of the words.",
        {
            **HIT,
            "partial": {"type": "boolean", "const": True},
            "missing": listed({"type": "string"}, "Words of the query that it lacks."),
            **_DAMAGED,
        },
        optional=tuple(_DAMAGED),
    ),
    "Warning": record(
        "Something in the query that was not taken as it may have been meant.",
        {
            "code": text("Stable word."),
            "message": text("For people."),
            "span": {**_SPAN, "description": "Where in the query, half-open, in Unicode code points."},
        },
    ),
    "FacetValue": record(
        "One value of a facet, counted among what matches when nothing is chosen in this facet.",
        {
            "value": text("What the filter parameter takes."),
            "label": text("What people read."),
            "count": count("Articles with it, exact."),
            "selected": {"type": "boolean"},
            "excluded": {"type": "boolean", "description": "The search leaves it out."},
        },
        optional=("excluded",),
    ),
    "FacetAnswer": record(
        "A page of all values of a facet.",
        {
            "name": text("Of the facet."),
            "find": text("What the values were searched for."),
            "total": count("Values there are."),
            "page": {"type": "integer", "minimum": 1},
            "values": listed(ref("FacetValue")),
        },
    ),
    "SearchAnswer": record(
        "One page of a search.",
        {
            "query": text("As typed."),
            "understood": text("What was searched for, in canonical form, filters included."),
            "match": {
                "type": "string",
                "enum": ["exact", "all", "any", "best"],
                "description": "How plain words were taken: all must match, any may, any with complete and "
                "close matches first, or everything as the query was written.",
            },
            "warnings": listed(ref("Warning")),
            "total": count("Articles that match, exact; partial matches are not counted."),
            "took_ms": {"type": "number", "minimum": 0},
            "hits": listed(ref("Hit")),
            "partial": record(
                "Articles with most of the words, when too few have them all.",
                {"total": count("How many there are."), "hits": listed(ref("PartialHit"))},
            ),
            "facets": {
                "type": "object",
                "description": "By name: author, source, tag, language, year, month where years are few, "
                "and duplicate where any match has near-duplicates.",
                "additionalProperties": listed(ref("FacetValue")),
            },
            "repair": ref("Repair"),
            "histogram": ref("Histogram"),
            "next": maybe(text("Cursor of the next page.")),
        },
        optional=("repair", "histogram"),
    ),
    "CompletionAnswer": record(
        "What a query may become.",
        {
            "query": text("As typed."),
            "completions": listed(
                record(
                    "One of them.",
                    {
                        "kind": {
                            "type": "string",
                            "enum": ["word", "author", "source", "tag", "title", "operator"],
                        },
                        "text": text("What people read."),
                        "query": text("The whole query, completed."),
                        "slug": text("Of the article, if it is a title."),
                    },
                    optional=("slug",),
                )
            ),
        },
    ),
    "SimilarAnswer": record("Articles like one.", {"hits": listed(ref("Hit"))}),
    "Alternative": record(
        "Another search.",
        {
            "text": text("In words: the corrected query, or what is left out."),
            "query": text("Its query text."),
            "total": count("Articles that match it."),
        },
    ),
    "Repair": record(
        "What may help where few articles match, or none.",
        {
            "did_you_mean": maybe(ref("Alternative")),
            "without": listed(ref("Alternative"), "Without one word or filter each, most matches first."),
            "any": count("Articles with any of the words, where none has all."),
        },
    ),
    "Histogram": record(
        "Matches over time, from the first to the last, empty stretches included.",
        {
            "unit": {"type": "string", "enum": ["day", "week", "month", "year", "decade"]},
            "buckets": listed(
                record(
                    "A stretch of time.",
                    {
                        "start": text("Its first day, month or year, as 'from' takes it."),
                        "end": text("Its last, as 'to' takes it."),
                        "count": count("Matches dated within it."),
                        "articles": count("Articles of the archive dated within it."),
                        "share": {"type": "number", "minimum": 0, "maximum": 1},
                    },
                )
            ),
            "coarse": count("Matches whose dates are too coarse for the unit, in no bucket."),
        },
    ),
    "Provenance": record(
        "Where a value came from.",
        {
            "method": text("Such as json-ld, meta, header, byline."),
            "detail": text("Where exactly."),
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "raw": text("As the source had it."),
        },
    ),
    "Article": record(
        "A whole article.",
        {
            **{name: HIT[name] for name in ("id", "slug", "url", "title", "authors", "published")},
            "published_at": maybe(INSTANT),
            "source": HIT["source"],
            "language": HIT["language"],
            "section": {"type": "string"},
            "tags": listed({"type": "string"}),
            "words": count("Number of words of the text."),
            "lead": text("First paragraph."),
            "text": text("Plain text; paragraphs are separated by a blank line."),
            "added": maybe(INSTANT),
            "updated": maybe(INSTANT),
            "content_hash": {"type": "string"},
            "origin": record(
                "What it was read from.",
                {
                    "path": text("File name."),
                    "member": text("Part inside it."),
                    "media_type": text("Type."),
                },
            ),
            "provenance": {"type": "object", "additionalProperties": ref("Provenance")},
            "warnings": listed({"type": "string"}),
        },
    ),
    "Error": record(
        "The one shape of every error.",
        {
            "error": record(
                "What went wrong.",
                {
                    "code": text("Stable word for programs."),
                    "message": text("For people."),
                    "parameter": text("The parameter at fault."),
                    "position": count("Where in the query."),
                },
                optional=("parameter", "position"),
            )
        },
    ),
    "SavedSearches": record(
        "The saved searches.",
        {
            "searches": listed(
                record(
                    "A name for a search.",
                    {
                        "slug": text("Address: /saved/<slug>."),
                        "name": text("As given."),
                        "query": text("Query string of the search."),
                        "total": count("Articles that match."),
                        "new": count("Of those, stored since the last visit."),
                        "created": INSTANT,
                        "visited": maybe(INSTANT),
                        "problem": text("Why it cannot be answered any more, or empty."),
                    },
                )
            )
        },
    ),
    "Health": record("Sign of life.", {"status": {"type": "string", "const": "ok"}}),
    "Readiness": record(
        "Whether searches can be answered.",
        {
            "ready": {"type": "boolean"},
            "articles": count("Articles in the store; not told to strangers where there is a password."),
            "behind": count("Changes that the index has not seen; likewise."),
            "problem": text("Such as index_missing."),
        },
        optional=("articles", "behind", "problem"),
    ),
}
