"""Recompute, mark and summarise budget performance self-evaluation workbooks (预算绩效自评)."""

__version__ = "0.1.0"
