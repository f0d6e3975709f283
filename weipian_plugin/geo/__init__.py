"""Ellipsoidal area, projections, view cones: numpy and shapely only."""
