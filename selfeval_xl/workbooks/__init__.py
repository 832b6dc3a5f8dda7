"""Excel without the domain: guarding, reading, patching and rebuilding workbooks."""
