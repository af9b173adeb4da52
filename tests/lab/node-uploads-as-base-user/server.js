// PUT /name keeps a file, GET /name gives it back.
const fs = require('fs');
const http = require('http');
const path = require('path');

const folder = process.env.UPLOADS;

http.createServer((request, response) => {
  const file = path.join(folder, path.basename(request.url));
  if (request.method === 'PUT') {
    request.pipe(fs.createWriteStream(file))
      .on('finish', () => response.writeHead(201).end('kept\n'))
      .on('error', (error) => response.writeHead(500).end(`${error.message}\n`));
    return;
  }
  fs.readFile(file, (error, data) => {
    response.writeHead(error ? 404 : 200).end(data);
  });
}).listen(3000, () => console.log('uploads on port 3000'));
