#!/bin/sh
# Writes the seeds of both targets: BuildKit's test vectors and the fix cases, one file each.
set -eu
cd "$(dirname "$0")"
python3 - <<'PY'
import json, pathlib

for target in ("lex", "fix"):
    corpus = pathlib.Path("corpus", target)
    corpus.mkdir(parents=True, exist_ok=True)
    for name in ("parser", "users"):
        vectors = json.loads(pathlib.Path(f"../tests/buildkit/{name}.json").read_text())
        for number, vector in enumerate(vectors):
            (corpus / f"{name}-{number}").write_bytes(vector["bytes_latin1"].encode("latin-1"))
    for case in sorted(pathlib.Path("../tests/cases").glob("*/Dockerfile")):
        (corpus / f"case-{case.parent.name}").write_bytes(case.read_bytes())
    print(f"{target}: {len(list(corpus.iterdir()))} seeds")
PY
