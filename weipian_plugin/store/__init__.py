"""The workspace on disk. All SQL lives here."""
