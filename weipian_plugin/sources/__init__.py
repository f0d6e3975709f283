"""Feature readers behind one protocol and coordinate systems. No Qt, no QGIS."""
