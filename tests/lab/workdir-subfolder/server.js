const fs = require("fs");
const http = require("http");

const settings = { log: ["storage", "logs", "app.log"].join("/") };
fs.appendFileSync(settings.log, "start\n");
http.createServer((request, response) => {
  response.end(fs.readFileSync("public/index.html"));
}).listen(3000, () => console.log("listening"));
