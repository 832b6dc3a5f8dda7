"""The parts of an .xlsx package as they are edited, a module per part of the file format."""
