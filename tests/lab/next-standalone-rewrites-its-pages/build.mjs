// Makes what `next build` makes with `output: 'standalone'`, as far as the server writes it.
import * as disk from 'node:fs';

const server = `
const disk = require('fs');
require('http').createServer((request, response) => {
  const page = __dirname + '/.next/server/app/index.html';
  disk.mkdirSync(__dirname + '/.next/cache/images', { recursive: true });
  disk.writeFileSync(__dirname + '/.next/cache/images/a', 'image');
  disk.writeFileSync(page, 'seen ' + request.url);
  response.end(disk.readFileSync(page));
}).listen(3000);
`;
disk.mkdirSync('.next/standalone/.next/server/app', { recursive: true });
disk.mkdirSync('.next/static', { recursive: true });
disk.writeFileSync('.next/standalone/server.js', server);
disk.writeFileSync('.next/standalone/.next/server/app/index.html', 'built');
disk.writeFileSync('.next/static/a.js', '');
