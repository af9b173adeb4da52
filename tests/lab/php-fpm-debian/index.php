<?php
error_log('a task');
file_put_contents('/srv/tasks/data/done', "one\n", FILE_APPEND);
echo count(file('/srv/tasks/data/done')), " done\n";
