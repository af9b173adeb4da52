from flask import Flask, request, send_from_directory
from werkzeug.utils import secure_filename

GALLERY = "/srv/gallery"
app = Flask(__name__)


@app.post("/")
def put():
    picture = request.files["picture"]
    picture.save(f"{GALLERY}/{secure_filename(picture.filename)}")
    return "thanks\n"


@app.get("/<name>")
def get(name):
    return send_from_directory(GALLERY, name)
