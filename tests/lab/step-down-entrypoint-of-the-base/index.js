require("fs").appendFileSync("/data/log", "started\n");
console.log("ready");
setInterval(() => {}, 1000);
