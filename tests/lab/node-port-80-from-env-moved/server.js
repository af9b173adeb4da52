const http = require('http');

const port = process.env.PORT || 3000;
http.createServer((request, response) => response.end('this way\n')).listen(port, () => console.log(`port ${port}`));
