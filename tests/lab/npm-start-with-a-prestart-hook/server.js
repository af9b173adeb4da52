const http = require('http');
const menu = require('./menu.json');

http.createServer((request, response) => response.end(JSON.stringify(menu))).listen(3000);
