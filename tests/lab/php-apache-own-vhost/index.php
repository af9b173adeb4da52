<?php
session_start();
$_SESSION['visits'] = 1 + ($_SESSION['visits'] ?? 0);
if (isset($_FILES['picture'])) {
    $to = __DIR__ . '/pictures/' . basename($_FILES['picture']['name']);
    if (!move_uploaded_file($_FILES['picture']['tmp_name'], $to)) { http_response_code(500); }
    error_log("kept $to");
}
echo count(glob(__DIR__ . '/pictures/*')), " pictures, visit ", $_SESSION['visits'], "\n";
