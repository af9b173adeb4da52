const fs = require('fs');
const http = require('http');
const path = require('path');

const folder = path.join(__dirname, '..', 'public', 'uploads');

http.createServer((request, response) => {
  const file = path.join(folder, path.basename(request.url));
  if (request.method === 'PUT') {
    fs.mkdirSync(folder, { recursive: true });
    request.pipe(fs.createWriteStream(file)).on('finish', () => response.end('pinned\n'));
  } else {
    fs.createReadStream(file).pipe(response);
  }
}).listen(3000);
