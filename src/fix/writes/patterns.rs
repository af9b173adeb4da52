//! The signs that are looked for in sources, a line each. The build script reads them, too: it finds the words of which
//! any text must hold one where a line matches (`build/signs.rs`). `(?i)` holds for its own line.

/// Calls that write files or make sockets.
pub(super) const WRITES: [&str; 59] = [
    // Python; arguments may stand on several lines
    r#"\bopen *\((?:[^()\n]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|\n){0,200}?, *(?:\n *)?(?:mode *= *)?["'](?:[rbt]*[wax][bt+]*(?:[:|]\w*)?|[rbt]+\+[bt]*)["']"#,
    r#"\.open *\( *(?:mode *= *)?["'](?:[rbt]*[wax][bt+]*|[rbt]+\+[bt]*)["']"#,
    r"\.(?:write_text|write_bytes|makedirs|mkdirs?|touch|to_csv|to_parquet|to_json|to_excel|to_pickle|savefig|symlink_to) *\(",
    r"\bos\.(?:remove|rename|unlink|replace|symlink|chmod|mkfifo|truncate) *\(",
    r"\bshutil\.(?:copy|move|rmtree|unpack|make_archive)|urlretrieve *\(|\.extractall *\(",
    r"sqlite3\.connect|sqlite(?:\+\w+)?:///|SqliteDatabase|TinyDB *\(|\b(?:shelve|dbm)\.open|diskcache|joblib\.(?:dump|Memory)",
    r"FileHandler *\(|\bfilename *=|logger\.add *\(|\b(?:np|numpy|torch|cv2)\.(?:save\w*|imwrite) *\(",
    // JavaScript and TypeScript
    r"\b(?:writeFile|appendFile|createWriteStream|mkdir|mkdirp|unlink|copyFile|ensureDir|ensureFile|outputFile|outputJson|writeJson|mkdtemp)(?:Sync)? *\(",
    r"\b(?:rename|rm|truncate|open|symlink|chmod)Sync *\(|\bfs\.(?:rename|rm|open|cp) *\(|Deno\.(?:write|mkdir|open|create)|Bun\.write",
    r"\bmulter *\(|better-sqlite3|['\x22]sqlite3?['\x22]|\bnedb\b|lowdb|transports\.File|pino\.destination|rotating-file-stream|Datastore *\(",
    // Go
    r"\bos\.(?:Create|WriteFile|OpenFile|Mkdir|MkdirAll|Rename|Remove|RemoveAll|Chmod|Symlink|Truncate|Link|Chtimes) *\(|ioutil\.WriteFile",
    r"\b(?:os\.(?:CreateTemp|MkdirTemp)|ioutil\.Temp(?:File|Dir)) *\( *(?:[^\x22\s]|\x22[^\x22])|\bautocert\b|\bcertmagic\b|\bDirCache *\(|\.(?:Safe)?WriteConfig\w* *\(|\bMkfifo|\brotatelogs\b|\bOutputPaths\b|\b(?:syscall\.Exec|os\.StartProcess) *\(",
    r"\b(?:bolt|bbolt|badger|leveldb|pebble|buntdb)\.Open|lumberjack\.|sql\.Open\( *['\x22]sqlite",
    // Rust
    r"File::create|fs::(?:write|create_dir|create_dir_all|rename|remove_file|copy)|OpenOptions::new|Connection::open|sled::open",
    r"File::(?:create_new|options)|fs::(?:remove_dir\w*|hard_link|set_permissions)|\btracing_appender\b|\bDatabase::create\b|\bheed::|\blog4rs\b|\bflexi_logger\b|unix::fs::symlink|\bUnixDatagram\b",
    // Java, Kotlin, Scala
    r"FileOutputStream|FileWriter|FileAppender|Files\.(?:write|create|copy|move|delete|new\w*Writer|newOutputStream)|RandomAccessFile|jdbc:(?:h2|sqlite|hsqldb|derby):|\.(?:writeText|appendText|createNewFile) *\(",
    // Ruby
    r"File\.(?:write|delete|rename)|FileUtils\.|IO\.(?:write|copy_stream)|File\.(?:open|new) *\([^\n]*['\x22][wa]|SQLite3::Database|PStore\.new|Logger\.new *\(? *(?:['\x22]|File\.)",
    r"\$std(?:out|err)\.reopen *\(? *(?:['\x22]|File\.)|\bMiniMagick\b|\bMagick::|\bPrawn\b|\b[GS]?DBM\.(?:open|new)|\.write *\(? *['\x22][\w./-]*/[\w./-]*\.\w{2,4}['\x22]",
    // PHP
    r"\bfopen *\([^\n]*['\x22][waxc]|file_put_contents|move_uploaded_file|\bmkdir *\(|PDO *\( *['\x22]sqlite|\btouch *\(",
    r"\bSplFileObject\b|\berror_log *\([^;\n]*, *3 *,|\bimage(?:png|jpe?g|gif|webp|bmp|avif) *\([^,)\n]+,|\bZipArchive\b|\bStreamHandler *\( *(?:__DIR__|dirname|['\x22](?:[./]|\w+/\w))|->(?:move|moveTo|saveAs|writeTo) *\([^)\n]*(?:['\x22/]|[pP]ath|[fF]ile|[dD]ir)|\btempnam *\(",
    // Perl
    r"\bopen *\(? *(?:my *)?[$*\w][^,;\n]{0,60}(?:,|=>) *['\x22] *(?:\+<|\+?>)|\bmake_path\b|dbi:SQLite",
    r"\bIO::File\b|\bFileHandle *->|\bStorable\b|\bFile::Slurp|\bPath::Tiny\b|->spew|\b[GNS]?DBM_File\b|\bDB_File\b|\bdbmopen\b",
    // C# and F#
    r"File\.(?:Write|Append|Create|Open|Move|Copy|Delete)|Directory\.CreateDirectory|StreamWriter *\(|FileStream *\(|Data Source=[^;\n]*\.db",
    r"\.(?:OpenWrite|AppendText|CreateText|CreateSubdirectory|PersistKeysToFileSystem) *\(|\bLiteDatabase\b|\.Save(?:PNG|JPE?G|Async|File|Image)? *\([^)\n]*(?:['\x22/]|[pP]ath|[fF]ile|[dD]ir)",
    // Java
    r"\bPrintStream *\( *(?:new +File|['\x22])|\bFileChannel\.open|\.renameTo *\(",
    // C and C++
    r"\bO_(?:CREAT|WRONLY|RDWR)\b|\b(?:std::)?ofstream\b|\bcreat *\(",
    r"\bfreopen *\(|\bmkfifo\b|\bw?fstream +\w+|\bfilesystem::(?:create|rename|remove|copy|permissions|resize)|\bcreate_director(?:y|ies)\b|\bspdlog::\w*(?:file|logger_mt)|\bQ(?:SaveFile|Settings)\b|\bexec[lv]p?e? *\(|\bposix_spawnp?\b|\b[AP]F_(?:LOCAL|UNIX)\b",
    // Fortran, Pascal, Lisp, Objective-C, PowerShell, Tcl
    r"(?i:\bopen *\([^)\n]*\bfile *=|\brewrite *\(|\bassignfile\b|\bwith-open-file\b|\b(?:open-output|call-with-output|with-output-to)-file\b|\bwriteToFile\b|\b(?:out-file|set-content|add-content|new-item)\b|\bopen output\b|\bassign to\b)",
    // Elixir, Erlang, Haskell, OCaml, Swift, Dart, R, Julia
    r"File\.(?:write!?|mkdir_p!?|touch!?|open!?) *\(|file:(?:write_file|open)\b|\b(?:writeFile|appendFile|createDirectory\w*|openFile)\b|open_out\b",
    r"FileManager|\.writeAs(?:String|Bytes)|\b(?:saveRDS|write\.csv|writeLines|sink) *\(",
    // Sockets in the file system
    r"\bAF_UNIX\b|start_unix_server|create_unix_server|UnixListener|UNIXServer|UnixDomainSocket|\bListen\w* *\( *['\x22]unix",
    r"['\x22](?:unix:)?/[\w./-]*\.sock['\x22]",
    // Pid files
    r"\b(?:pid|lock)_?[Ff]ile\b *[=(:]",
    // Calls of many libraries that take a place to write to
    r"\.(?:save|dump|export\w*|save_?\w+|SaveAs\w*|move_to|mv|moveTo|transferTo|store|storeAs|toFile|write_?[tT]o\w*|saveTo\w*|download\w*|extract\w*|unpack\w*|persist\w*) *\([^)\n]*(?:['\x22`/]|[pP]ath|[fF]ile|[dD]ir|join|target|dest|out)",
    r"(?:ZipFile|TarFile|GzipFile|ExcelWriter|h5py\.File|Workbook) *\([^)\n]*['\x22][wax]|\barchiver *\(|VideoWriter *\(",
    r"\.connect *\( *f?['\x22`][^'\x22`\n:]*(?:\.\w*db\d?\b|/)",
    r"(?i)\b\w*sqlite\w*\b|\bduckdb\b|\btinydb\b|\blmdb\b|\bleveldb\b|\brocksdb\b|\blokijs\b|\bpouchdb\b",
    r"(?i)\.(?:unlink|rmdir|rename|hardlink_to|chmod) *\(",
    r"(?i)\bfileupload\b|express-fileupload|\bformidable\b|\bbusboy\b|SaveUploadedFile|MultipartFile|UploadedFile|IFormFile|\brequest\.files\b|\breq\.files?\b|\bFileField\b|\bImageField\b|FileSystemStorage|\bMEDIA_ROOT\b|\bUPLOAD_FOLDER\b|active_storage|carrierwave|paperclip",
    r"(?i)\blog4js\b|daily-?rotate|\blogging\.config\b|\bfilelogger\b|\blog_?file\b|\bcache_(?:dir|folder|path)\b",
    // What other programs, or other folders, do is not read
    r"(?i)\bsubprocess\b|\bos\.(?:system|popen|exec\w+|spawn\w+|chdir)\b|child_process|\bexecSync\b|\bexeca\b|\bexec\.Command|ProcessBuilder|ProcessStartInfo|Process\.Start|getRuntime\(\)\.exec|\bOpen3\b|\bproc_open\b|\bshell_exec\b|\bpassthru\b|\bsystem *\(|process::Command|\bpopen *\(|process\.chdir|Dir\.chdir|%x[{(\[]",
    // Paths that are written, or are no route of a web server
    r"(?i)['\x22`](?:file:)?/(?:(?:var/(?:log|lib|run|cache|spool|data|backups?)|run|srv|mnt|var/tmp)(?:/[\w.@{}$-]+)*|[\w./{}$@-]+\.(?:log|pid|sock|db|sqlite\d?|lock|dat|csv|rdb))['\x22`]",
    // Words that sound like writing, whatever library they are of; not those of a connection
    r"(?i)\b\w*(?:[wW]riteFile|[wW]rite_?[tT]o|[wW]riter|makedir|mkdtemp|mkstemp|[mM]k[dD]ir|[cC]opy_?[fF]ile|copyfile|copytree|[sS]ave_?(?:[aA]s|[tT]o|[fF]ile|image|img)|[dD]ump_?(?:[tT]o|[fF]ile)|unlink|utime|memmap|[fF]ile_?[lL]ock|FileStore|FileCache|FileSystemCache|PidFile|Shelf|Mailbox|Maildir|binwrite|NamedTemporaryFile|TemporaryDirectory|PrintWriter|StreamingWorkbook|createTempDirectory|heapSnapshot|heapsnapshot)\w*\b",
    r"(?i)\bFile\.(?:open|new|binwrite|symlink|utime)\b|\bDir\.mkdir|\bIO\.binwrite|CSV\.open|YAML::Store|Pathname|\bsystem +['\x22]|\bexec +['\x22]|=\s*`[a-z]",
    r"(?i)\b(?:fs|fsp|fsPromises|promises)\.(?:write|cp|rename|utimes|rm|open|mkdir|copyFile|link|truncate|chmod)\w*|createWriteStream|\blevel\(|node-localstorage|node-persist|simple-git|csv-writer|node-json-db|jsonfile|session-file-store|pino/file|bunyan",
    r"(?i)\b(?:requests_cache|whoosh|fpdf|xlsxwriter|openpyxl|configobj|gitpython|import git\b|flask_session|cherrypy|apscheduler|filelock|fasteners|portalocker|pidfile|zmq|ipc://|unix:/)\b",
    r"(?i)\bopen *\([^()\n]*\bmode\b|\bos\.access *\(|\bW_OK\b|accessSync|\bfs\.access\b|\.sock\b",
    r"(?i)\bctypes\b|\bpy_compile\b|\bfileinput\b",
    // Names that are called without their module
    r"(?i)\bfrom +(?:os|shutil) +import\b[^\n]*\b(?:remove|rename|replace|unlink|mkdir|move|copy\w*|rmtree|symlink|truncate|link|chmod|mkfifo|system|popen|exec\w+)\b",
    r"(?i)\{[^{}]{0,300}\b(?:rename|rm|cp|open|truncate|symlink|link|chmod|rmdir|move|copy|emptyDir|remove)(?:Sync)?\b[^{}]{0,300}\} *(?:from *|= *(?:await *import|require) *\( *)['\x22](?:node:)?(?:fs|graceful-fs|fs-extra)['\x22/]",
    r"(?i)\bfse\.\w|['\x22]fs-extra['\x22]|\brimraf\b|\b(?:FileInterceptor|FilesInterceptor|MulterModule|diskStorage)\b|\.writeAsync *\(",
    // Writers by the name of their format
    r"(?i)\b(?:write|sink)_(?:csv|tsv|parquet|json\w*|ndjson|ipc|feather|excel|delta|pdf|png|svg|image|html|video\w*|gif|audio\w*|table|index|file|text|bytes|lines|ya?ml|xml|toml|dataset|state|config|log|cache|db)\b",
    r"(?i)\.to_(?:feather|hdf|netcdf|zarr|file|disk|orc) *\(|\.to_html *\( *[^)\s]|\.tofile *\(|\b(?:imsave|mimsave|savemat|savetxt|HDFStore)\b|\b(?:wavfile|sf|soundfile)\.write\b|\bcanvas\.Canvas\b|\b(?:screenshot|pdf) *\([^)\n]*\bpath\b",
    r"(?i)\b(?:TemporaryFile|SpooledTemporaryFile)\b[^\n]*\bdir *=|\btempdir *=|Unix(?:Stream|Datagram)?Server\b|\b\w*FileHandler\b|\bCookieJar *\( *['\x22]|\bset_key *\(|\bFileBasedCache\b",
    r"(?i)\.(?:outputStream|openWrite|createSync|createFile|toFile) *\(|\bfm(?:Write|Append)\b|\b(?:Write|Append|ReadWrite)Mode\b|\bOut_channel\.|\bdets\b|tab2file|\bCubDB\b|\bggsave *\(|\bCSV\.write\b|\(spit\b|\bFSDirectory\b|\bDBMaker\b|\bunzipper\b|\binstance_path\b",
    r"(?i)\bcreate_subprocess_|\bpexpect\b|\bimport sh\b|\bplumbum\b|\bshelljs\b|\bcross-spawn\b|['\x22]zx['\x22]|\bBun\.(?:spawn|\$)|\bDeno\.(?:Command|run)\b|fluent-ffmpeg|[=;({@ \t]exec *\( *[$'\x22]|\bqx *[/{(|]|\bSystem\.cmd\b|\bos:cmd\b|\bopen_port\b|\bos\.execute\b|\bSystem\.Process\b|\bSys\.command\b|\bProcess\.spawn\b|\bspawn *\(? *['\x22]",
    // Libraries that keep files wherever they are told, or in a folder of their own
    r"(?i)\b(?:yt_dlp|youtube_dl|outtmpl|instaloader|PicklePersistence|PersistentClient|faiss|lancedb|gnupg)\b|\b(?:dbm\.\w+|dumbdbm)\.open",
    r"(?i)\bnew +(?:Classic)?Level *\(|classic-level|@libsql|\bflat-cache\b|\bkeyv-file\b|\bcache-manager-fs|\bpino-roll\b|\bsimple-node-logger\b|\bcorestore\b|\b(?:useMultiFileAuthState|LocalAuth)\b|(?:require *\( *|from *)['\x22]i18n['\x22]|\bstylus['\x22]?\)?\.middleware|\b(?:sass|less|stylus)-middleware\b",
    // A place by the name of what it is given to; `path` alone is a route, too
    r"(?i)[(,{] *['\x22]?\w*(?:file_?path|_dir|_?directory|_location|storage|db_path)['\x22]? *[=:] *[frb]?['\x22`]/(?:[cf-km-oqrtv-z]|a[^p]|b[^i]|d[^e]|e[^t]|l[^i]|p[^r]|s[^by]|u[^s])[\w/.@{}-]*['\x22`]",
];

/// Calls that only root may make, or that ask whether root runs them.
pub(super) const ROOT: [&str; 14] = [
    r"\b(?:setuid|setgid|seteuid|setegid|setreuid|setresuid|setgroups|initgroups) *\(|\.(?:Setuid|Setgid|Setgroups) *\(",
    r"\b(?:os|fs|File|FileUtils|syscall|unix)\.(?:chown|lchown|fchown|Chown|Lchown)(?:Sync|_R)? *\(|\bchown *\(",
    r"(?i)\bgete?uid *\(\)? *\)? *(?:[=!]==?|>|<>) *['\x22]?0\b|\b0 *[=!]==? *(?:\w+\.)*gete?uid\b|(?:\b(?:if|not|unless|assert|and|or) *|!)\(? *(?:\w+\.)*gete?uid\b",
    r"(?i)\bSOCK_RAW\b|\bAF_PACKET\b|['\x22]ip4:icmp|\bscapy\b|rawsocket",
    r"(?i)\bchroot *\(|\.Chroot *\(|\b(?:syscall|unix)\.(?:Mount|Unmount|Mknod|Setns|Unshare|Reboot) *\(|\bos\.(?:mknod|nice|setpriority) *\(",
    r"(?i)/etc/(?:shadow|sudoers|passwd)\b|/proc/sys/|/sys/(?:class|fs|kernel)/|/dev/(?:mem|kmem|kvm|net/tun|fuse|sd[a-z])\b",
    r"(?i)['\x22 ](?:iptables|ip6tables|nft|modprobe|sysctl|useradd|usermod|groupadd|apt-get|apk|mount|umount|ifconfig|tcpdump|systemctl|crontab|chpasswd)[ '\x22]",
    r"(?i)docker\.sock|\bdocker\.(?:from_env|DockerClient|APIClient)\b|['\x22]dockerode['\x22]|docker/docker/client['\x22]|go-dockerclient|\bbollard::|Docker\.DotNet|com\.github\.dockerjava",
    // Devices of the host are root's, or a group's that the image does not know
    r"(?i)/dev/(?:tty(?:USB|ACM|AMA|S|O|mxc)|video|i2c|spidev|gpio|snd|dri|input|bus/usb|hidraw|uinput|watchdog|rfcomm|ppp|loop|mapper|nvme|kmsg)|\bserial\.Serial\b|['\x22]serialport['\x22]|go\.bug\.st/serial|\btarm/serial\b",
    r"(?i)\b(?:import|from|require *\(? *['\x22]|use) *(?:nmap|bluetooth|bleak|dbus\w*|libvirt|pyaudio|sounddevice|alsaaudio|picamera2?|hid|node-hid|rtlsdr|w1thermsensor|Adafruit_DHT|bellows|zigpy|zwave-js|zigbee-herdsman|pymodbus)\b|\bModbusSerialClient\b|\bVideoCapture *\( *\d|\bgodbus/dbus\b|\bzbus::",
    r"(?i)\bSetPrivileged *\( *true|['\x22]ip[46]?:(?:1|58|ipv6-icmp|icmp)['\x22]|\bpcap\.Open|\bpcap_(?:open|create)|\bgopacket\b",
    r"(?i)(?:getuser|getlogin|getpass\.getuser|USER|LOGNAME|user\.Current|username|userInfo)[^\n]{0,60}['\x22]root['\x22]|uid\.zero\?|\.Uid\b[^\n]{0,20}['\x22]0['\x22]",
    r"(?i)['\x22`]/root(?:/[\w./-]*)?['\x22`]|['\x22`]~/|\bhomedir\(|expanduser",
    r"(?i)\b(?:import|from|require *\(? *['\x22]|use) *(?:icmplib|ping3|pyroute2|netfilterqueue|bluepy|RPi|gpiozero|smbus2?|usb\.core|pcapy?|evdev|pyudev|pam|raw-socket|net-ping|pigpio|onoff)\b",
];

/// What keeps its data in files, or takes files from the network, by its name in a manifest.
pub(super) const EMBEDDED: [&str; 1] = [
    r"(?i)[\w./@-]*(?:sqlite|duckdb|\bnedb|lowdb|tinydb|\blmdb|leveldb|rocksdb|lokijs|pouchdb|\bmulter|formidable|fileupload|log4js|daily-rotate|\bh2\b|hsqldb|\bderby\b|diskcache|bbolt|badger|carrierwave|paperclip|json-server|puppeteer|playwright|\bcypress\b|\bnltk\b|\bspacy\b|(?:pre|post)install|\bsled\b)[\w./-]*",
];

/// What keeps files in the folder in which it is started.
pub(super) const IN_PLACE: [&str; 1] = [
    r"\b(?:telethon|pyrogram|spotipy|mlflow|ultralytics|wandb|hydra|pytorch_lightning|gradio|selenium|scrapy|instabot|TelegramClient|baileys|whatsapp-web\.js|electron-log|npmlog)\b",
];
