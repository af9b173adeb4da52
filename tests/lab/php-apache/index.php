<?php
$file = __DIR__ . "/cache/visits";
$visits = 1 + (int) @file_get_contents($file);
if (file_put_contents($file, $visits) === false) { http_response_code(500); }
echo "visit $visits\n";
