<?php
session_start();
$_SESSION['n'] = 1 + ($_SESSION['n'] ?? 0);
echo strlen(file_get_contents('php://input')), " bytes, visit ", $_SESSION['n'], "\n";
