"""Blank templates: the layout of each form, its live formulas, and how it is written."""
