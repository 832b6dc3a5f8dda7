"""``python -m selfeval_xl`` is the same as ``selfeval-xl``."""

from selfeval_xl.cli import main

if __name__ == "__main__":
    main(prog_name="selfeval-xl")
