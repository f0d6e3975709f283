"""Photos as evidence: what they say about themselves, and which patch they belong to."""
