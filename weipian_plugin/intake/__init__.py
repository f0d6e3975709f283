"""Deliveries in: any file -> checked patches."""
