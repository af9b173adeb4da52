const fs = require('fs');
const http = require('http');

const folder = '/srv/poems';
http.createServer((request, response) => {
  if (request.method === 'POST') fs.appendFileSync(folder + '/list.txt', 'the reeds\n');
  response.end(fs.readFileSync(folder + '/list.txt'));
}).listen(3000);
