const express = require("express");
const path = require("path");
const fileUpload = require("express-fileupload");
const app = express();
app.use(fileUpload());
app.post("/", (req, res) => {
  const file = req.files.file;
  file.mv(path.join(__dirname, "public", "img", file.name), (err) => (err ? res.status(500).send(String(err)) : res.send("ok")));
});
app.listen(8000);
