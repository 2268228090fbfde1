"""The bare libraries that the archive is measured against: the shortest honest loops.

``plain`` indexes title and body with Tantivy's default tokenizer.  ``same``
does the archive's work natively: every field of `index.schema`, exact and
stemmed, whole values and numbers, analysed by Tantivy itself in one language.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import tantivy
import zstandard

from benchmarks.corpus import BenchQuery

BATCH = 5_000


class BareTantivy:
    """Tantivy alone: build, search with total and facets, own snippets."""

    def __init__(self, path: Path, *, same: bool, stored: bool) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("id", indexed=True, fast=True)
        builder.add_text_field("title", stored=stored)
        builder.add_text_field("body", stored=stored)
        if same:
            builder.add_text_field("stem", tokenizer_name="en_bare", index_option="freq")
            for name in ("title_stem", "lead_stem"):
                builder.add_text_field(name, tokenizer_name="en_bare", index_option="basic")
            for name in ("lead", "author_words", "source_words", "url"):
                builder.add_text_field(name)
            for name in ("title_key", "lang"):
                builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
            builder.add_text_field("title_sort", tokenizer_name="raw", index_option="basic", fast=True)
            for name in ("words", "added", "published_start", "published_end", "published_sort"):
                builder.add_integer_field(name, indexed=True, fast=True)
        for name in ("author", "source", "year"):
            builder.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
        builder.add_integer_field("date", indexed=True, fast=True)
        self.same = same
        self.schema = builder.build()
        path.mkdir(parents=True, exist_ok=True)
        self.index = tantivy.Index(self.schema, str(path), reuse=True)
        self.index.register_tokenizer(
            "en_bare",
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.stemmer("english"))
            .build(),
        )

    def build(self, rows: Iterable[dict[str, Any]], threads: int = 1) -> None:
        writer = self.index.writer(256_000_000, threads)
        for number, row in enumerate(rows):
            self.add(writer, number, row)
            if number % BATCH == BATCH - 1:
                writer.commit()
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()

    def add(self, writer: tantivy.IndexWriter, number: int, row: dict[str, Any]) -> None:
        document = tantivy.Document()
        document.add_unsigned("id", number)
        document.add_text("title", row["title"])
        document.add_text("body", row["text"])
        if self.same:
            self._add_the_rest(document, number, row)
        if row["author"]:
            document.add_text("author", row["author"])
        document.add_text("source", row["source"])
        if row["date"]:
            document.add_text("year", row["date"][:4])
            document.add_integer("date", int(row["date"][:10].replace("-", "")))
        writer.add_document(document)

    def _add_the_rest(self, document: tantivy.Document, number: int, row: dict[str, Any]) -> None:
        title, text = row["title"], row["text"]
        lead = text.split("\n\n", 1)[0]
        document.add_text("stem", (title + " ") * 4 + text)
        document.add_text("title_stem", title)
        document.add_text("lead", lead)
        document.add_text("lead_stem", lead)
        document.add_text("author_words", row["author"])
        document.add_text("source_words", row["source"])
        document.add_text("url", row["url"])
        document.add_text("title_key", title.lower())
        document.add_text("title_sort", f"{title.lower()} {number:019d}")
        document.add_text("lang", "en")
        document.add_integer("words", len(text.split()))
        document.add_integer("added", number)
        if row["date"]:
            day = date.fromisoformat(row["date"][:10]).toordinal()
            document.add_integer("published_start", day)
            document.add_integer("published_end", day + 1)
            document.add_integer("published_sort", day << 40 | number)

    def query(self, asked: BenchQuery) -> tantivy.Query:
        def both(make: Any) -> tantivy.Query:
            return tantivy.Query.boolean_query(
                [(tantivy.Occur.Should, make("title")), (tantivy.Occur.Should, make("body"))]
            )

        def term(word: str) -> tantivy.Query:
            return both(lambda field: tantivy.Query.term_query(self.schema, field, word))

        words = asked.words
        if asked.kind.startswith("phrase"):
            return both(lambda field: tantivy.Query.phrase_query(self.schema, field, list(words)))
        if asked.kind == "prefix":
            return both(lambda field: tantivy.Query.regex_query(self.schema, field, words[0][:5] + ".*"))
        if asked.kind == "fuzzy1":
            return both(lambda field: tantivy.Query.fuzzy_term_query(self.schema, field, words[0], 1))
        occur = tantivy.Occur.Should if asked.kind.startswith("or") else tantivy.Occur.Must
        parts = [(occur, term(word)) for word in words]
        if asked.kind == "author":
            parts.append((tantivy.Occur.Must, tantivy.Query.term_query(self.schema, "author", asked.author)))
        if asked.kind == "date":
            year = int(asked.year) * 10_000
            parts.append(
                (
                    tantivy.Occur.Must,
                    tantivy.Query.range_query(
                        self.schema,
                        "date",
                        tantivy.FieldType.Integer,
                        year,
                        year + 10_000,
                        include_upper=False,
                    ),
                )
            )
        return tantivy.Query.boolean_query(parts)

    def search(self, asked: BenchQuery, *, facets: bool) -> int:
        """Total, ten hits, ten snippets of the body, and the facets if asked for."""
        searcher = self.index.searcher()
        query = self.query(asked)
        by = {"order_by_field": "date"} if asked.kind == "sorted" else {}
        found = searcher.search(query, 10, **by)
        if facets:
            searcher.aggregate(
                query, {name: {"terms": {"field": name, "size": 20}} for name in ("author", "source", "year")}
            )
        if found.hits:
            generator = tantivy.SnippetGenerator.create(searcher, query, self.schema, "body")
            generator.set_max_num_chars(200)
            for _, address in found.hits:
                generator.snippet_from_doc(searcher.doc(address)).highlighted()
        return int(found.count)


def bare_pipeline(lines: list[bytes], folder: Path, *, same: bool) -> None:
    """JSONL lines to a SQLite table of compressed texts and a Tantivy index, searchable at the end."""
    db = sqlite3.connect(folder / "bare.db")
    db.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT, author TEXT, date TEXT, source TEXT,"
        " url TEXT, body BLOB)"
    )
    bare = BareTantivy(folder / "index", same=same, stored=False)
    writer = bare.index.writer(256_000_000, 1)
    compressor = zstandard.ZstdCompressor(level=3)
    for start in range(0, len(lines), 1000):
        rows = [orjson.loads(line) for line in lines[start : start + 1000]]
        with db:
            db.executemany(
                "INSERT INTO articles VALUES (?,?,?,?,?,?,?)",
                [
                    (start + n, r["title"], r["author"], r["date"], r["source"], r["url"],
                     compressor.compress(r["text"].encode()))
                    for n, r in enumerate(rows)
                ],
            )  # fmt: skip
        for n, row in enumerate(rows):
            bare.add(writer, start + n, row)
        if (start // 1000) % 5 == 4:
            writer.commit()
    writer.commit()
    writer.wait_merging_threads()
    bare.index.reload()
    db.close()
