<?php file_put_contents("/var/www/html/seen", "1"); echo "hello from the pool\n";
