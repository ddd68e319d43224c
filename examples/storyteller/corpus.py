#!/usr/bin/env python3
"""Write corpus.txt: the King James Bible, one verse per line, as Debian's `bible` program prints it.

    apt-get install bible-kjv
    python corpus.py

The file is not part of this repository; its SHA-256 is checked against the text the models were trained on.
Other scripts import `verses` from here.
"""
import argparse
import collections
import hashlib
import os
import re
import subprocess
import sys

COMMAND = ["bible", "-f", "gen1:1-rev22:21"]
SHA256 = "cd45f0c9cedab8e4439bd6486c8952c77cc8b0ecc5d1f6ae3513f2039f47229d"
DEFAULT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "corpus.txt")
LINE = re.compile(r"([1-3]?[A-Za-z]+)(\d+):(\d+) (.+)")

Verse = collections.namedtuple("Verse", "book chapter verse text")


def check(data):
    """Stop unless these bytes are the text the models were trained on."""
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        sys.exit(f"corpus: SHA-256 is {found}, expected {SHA256}: another edition of the text")


def verses(path=DEFAULT):
    """All 31,102 verses of the corpus file, in the order of the books."""
    with open(path, "rb") as f:
        data = f.read()
    check(data)
    found = [LINE.fullmatch(line) for line in data.decode("ascii").splitlines()]
    assert all(found) and len(found) == 31102
    return [Verse(m[1], int(m[2]), int(m[3]), m[4].strip()) for m in found]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default=DEFAULT)
    args = parser.parse_args()
    data = subprocess.run(COMMAND, check=True, stdout=subprocess.PIPE).stdout
    check(data)
    with open(args.out, "wb") as f:
        f.write(data)
    print(f"{args.out}: {len(data)} bytes")


if __name__ == "__main__":
    main()
