const fs = require('fs');
setInterval(() => fs.appendFileSync('/tmp/app/seen.txt', 'x'), 500);
