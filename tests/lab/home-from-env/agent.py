"""Keeps its identity in the home folder and reports it."""
import pathlib
import time
import uuid

folder = pathlib.Path.home() / ".config" / "agent"
folder.mkdir(parents=True, exist_ok=True)
identity = folder / "id"
if not identity.exists():
    identity.write_text(str(uuid.uuid4()))
print("agent", identity.read_text(), flush=True)
while True:
    (folder / "alive").touch()
    time.sleep(1)
