"""The dock, its item models, map items and dialogs: no SQL, no geometry, no file formats."""
