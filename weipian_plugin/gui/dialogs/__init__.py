"""Dialogs of the panel: workspace, import, layers, export, errors. Each takes its path as an optional argument."""
