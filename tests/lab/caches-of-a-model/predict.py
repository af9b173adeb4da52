"""Fetches weights into a cache once, makes its list of fonts, and predicts."""
import os
import time
from pathlib import Path

hub = Path(os.environ["HF_HOME"]) / "models--weather"
torch = Path(os.environ["TORCH_HOME"]) / "checkpoints"
plots = Path(os.environ.get("MPLCONFIGDIR", "~/.config/plots")).expanduser()
for folder, name in (hub, "weights.bin"), (torch, "state.pt"), (plots, "fontlist.json"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("17\n")
print("tomorrow:", (hub / "weights.bin").read_text().strip(), flush=True)
time.sleep(3600)
