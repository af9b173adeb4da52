"""A clock, with folders as its broker."""
import pathlib

from celery import Celery

for name in ("queue", "control"):
    pathlib.Path("/tmp", name).mkdir(exist_ok=True)
app = Celery("tasks", broker="filesystem://")
app.conf.broker_transport_options = {
    "data_folder_in": "/tmp/queue",
    "data_folder_out": "/tmp/queue",
    "control_folder": "/tmp/control",
}
app.conf.beat_schedule = {"tick": {"task": "tasks.tick", "schedule": 0.5}}


@app.task(ignore_result=True)
def tick():
    pathlib.Path("/tmp/ticked").touch()
