"""The views, split by what they show. Each parses, calls one action or query, and renders."""
