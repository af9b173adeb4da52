const { execFileSync, execSync } = require('child_process');
const http = require('http');

const book = '/srv/logbook/first.txt';
http.createServer((request, response) => {
  if (request.method === 'POST') execSync(`echo sighted land >> ${book}`);
  response.end(execFileSync('tail', ['-n', '1', book]));
}).listen(3000);
