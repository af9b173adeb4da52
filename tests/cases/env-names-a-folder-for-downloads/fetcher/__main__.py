import os
from fetchlib import Fetcher

Fetcher(os.environ["DOWNLOAD_DIR"], os.environ["BACKUP_DIR"]).run()
