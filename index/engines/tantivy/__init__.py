"""The Tantivy engine: the default.  No other package imports `tantivy`.

What Tantivy 0.27 does that is guarded against here (each measured):

- its panics are no `Exception`: a phrase of one word, a limit of 0;
- a limit of 10**15 ends the process: memory is reserved up front;
- `commit` leaves the folder unsynced after it renames the last file;
- one `Index` object for many writers leaks the files of merged segments;
- a sloppy phrase is right for two different words and no others;
- a terms aggregation spends a millisecond on turning ordinals into strings,
  however few the matches: so each keyword value is also stored as a number,
  its hash, which is what the facets count.
"""

from index.engines.tantivy.engine import TantivyEngine, factory

__all__ = ["TantivyEngine", "factory"]
