"""Pages from the web: politely, inside limits, and never from the operator's own network by accident."""
