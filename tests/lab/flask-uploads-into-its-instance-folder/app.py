import os

from flask import Flask, request, send_from_directory
from werkzeug.utils import secure_filename

app = Flask(__name__)
os.makedirs(app.instance_path, exist_ok=True)


@app.post("/")
def put():
    photo = request.files["photo"]
    photo.save(os.path.join(app.instance_path, secure_filename(photo.filename)))
    return "thanks\n"


@app.get("/<name>")
def get(name):
    return send_from_directory(app.instance_path, name)
