"""Patches x layers -> areas by class. No Qt, no QGIS."""
