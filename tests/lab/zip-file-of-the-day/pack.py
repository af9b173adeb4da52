"""Packs the papers of a folder into a file in it, and ends."""
import sys
import zipfile
from pathlib import Path

folder = Path(sys.argv[1])
with zipfile.ZipFile(folder / "papers.zip", "w") as packed:
    for paper in folder.glob("*.txt"):
        packed.write(paper, paper.name)
print("packed", len(zipfile.ZipFile(folder / "papers.zip").namelist()))
