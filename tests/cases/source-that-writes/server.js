const fs = require("fs");
fs.appendFileSync("/var/lib/visits.log", "started\n");
