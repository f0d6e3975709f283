"""The use cases: the one door that gui and processing go through."""
