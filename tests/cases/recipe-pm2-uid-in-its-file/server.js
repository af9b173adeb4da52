require("http").createServer((request, answer) => answer.end("hello")).listen(3000);
