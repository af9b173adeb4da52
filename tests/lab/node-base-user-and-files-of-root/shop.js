const fs = require('fs');
const http = require('http');

http.createServer((request, response) => {
  const stock = JSON.parse(fs.readFileSync('stock.json'));
  stock.pens -= 1;
  fs.writeFileSync('stock.json', JSON.stringify(stock));
  fs.writeFileSync(`orders/${Date.now()}`, request.url);
  response.end(JSON.stringify(stock));
}).listen(3000);
