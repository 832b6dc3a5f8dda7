"""Checks that are not equations, a module per bundle, and the catalogue of every code."""
