require('fs').writeFileSync('/tmp/bundle.pid', String(process.pid));
require('http')
  .createServer((request, response) => response.end(greet(request.url.slice(1) || 'you')))
  .listen(8080);
