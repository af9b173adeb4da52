//! Settings that name files which the program writes.

use std::sync::OnceLock;

use regex::bytes::Regex;

use super::signs::Found;

/// Settings whose name sounds like writing and whose value is a path outside the application.
pub(super) fn written(text: &[u8]) -> Vec<(Found, String)> {
    static SETTING: OnceLock<Option<Regex>> = OnceLock::new();
    let setting = SETTING.get_or_init(|| {
        let named = r"[\w.-]*(?i:log|pid|data|upload|cache|storage|store|db|database|sock|spool|state|sqlite|lock|file|path|folder|dir|output|dest)[\w.-]*";
        let path = r"(/(?:var|run|data|srv|opt|mnt|logs?|storage|uploads?|cache|db|state)(?:/[\w.@-]+)*)";
        // What lies here is written, whatever the setting is called.
        let written = r"(/(?:var/(?:log|lib|run|cache|spool)|run)(?:/[\w.@-]+)*)";
        // A folder that is certain to be one, and not of the system's.
        let folder = r#"[\w.-]*(?i:dir|directory|folder|location|upload|storage)s?["']? *[:=] *["']?(?:file:)?(/(?:[cf-km-oqrtv-z]|a[^p]|b[^i]|d[^e]|e[^t]|l[^i]|p[^r]|s[^bty]|u[^s])[\w@-]*(?:/[\w.@-]+)*)"#;
        let between = r#"["']? *(?:=>|[:=>\s]) *["']?(?:sqlite:///|file:|unix:)?"#;
        let start = r#"^[ \t<{,"'-]*"#;
        let end = r#"(?:["' \t\r\n,<;?)]|\z)"#;
        Regex::new(&format!(
            r"(?-u:(?m){start}{named}{between}{path}{end}|^[^#;\n][^#\n]*?[\s'\x22=:(,>]{written}{end}|^[^#;\n]*?{folder}{end})"
        ))
        .ok()
    });
    let Some(setting) = setting.as_ref() else {
        return Vec::new();
    };
    let found = setting.captures_iter(text).filter_map(|captures| {
        let (all, path) = (captures.get(0)?, captures.iter().skip(1).flatten().next()?);
        let line = memchr::memchr_iter(b'\n', &text[..path.start()]).count() + 1;
        let code = String::from_utf8_lossy(all.as_bytes()).trim().to_owned();
        let path = String::from_utf8_lossy(path.as_bytes()).into_owned();
        Some((Found { line, code }, path))
    });
    found.collect()
}

/// Files that a log's settings name, wherever they lie, as `python`'s logging, logback, log4j, Spring, Serilog and
/// `NLog` write them; without the path where the text has none in the same place.
pub(super) fn appended(text: &[u8]) -> Vec<(Found, Option<String>)> {
    static SIGNS: OnceLock<Option<(Regex, Regex)>> = OnceLock::new();
    let signs = SIGNS.get_or_init(|| {
        let mark = r#"\w*FileHandler\b|\b\w*FileAppender\b|<(?i:rolling\w*)?File [^>]*fileName|\btype *= *["'](?:Rolling)?File["']|["']Name["'] *: *["']File["']|^[ \t]*logging\.file(?:\.name|\.path)? *[=:]|jdbc:(?:h2:(?:file:|[./~])|hsqldb:file:|sqlite:|derby:)"#;
        let value = r#"(?:\bfile_?name["']?|<file>|["']?path["']?|\bargs|logging\.file(?:\.name|\.path)?|\bjdbc:\w+(?::file)?) *[=:]? *[("']*([\w./@-]*\w)"#;
        let compile = |text: &str| Regex::new(&format!("(?-u:(?im){text})")).ok();
        Some((compile(mark)?, compile(value)?))
    });
    let Some((mark, value)) = signs.as_ref() else {
        return Vec::new();
    };
    let Some(mark) = mark.find(text) else {
        return Vec::new();
    };
    let found = |at: usize, all: &[u8]| Found {
        line: memchr::memchr_iter(b'\n', &text[..at]).count() + 1,
        code: String::from_utf8_lossy(all).trim().to_owned(),
    };
    let named: Vec<_> = value
        .captures_iter(text)
        .filter_map(|captures| {
            let (all, path) = (captures.get(0)?, captures.get(1)?);
            let path = String::from_utf8_lossy(path.as_bytes()).into_owned();
            Some((found(all.start(), all.as_bytes()), Some(path)))
        })
        .collect();
    if named.is_empty() {
        return vec![(found(mark.start(), mark.as_bytes()), None)];
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_name_what_is_written() {
        let of = |text: &str| -> Vec<String> {
            written(text.as_bytes())
                .into_iter()
                .map(|(_, path)| path)
                .collect()
        };
        assert_eq!(
            of("[x]\npidfile = /var/run/x.pid\nlogfile=/var/log/x.log\n"),
            ["/var/run/x.pid", "/var/log/x.log"]
        );
        assert_eq!(
            of("logging.file.name=/var/log/app/app.log\n"),
            ["/var/log/app/app.log"]
        );
        assert_eq!(of("  \"dataDir\": \"/data\",\n"), ["/data"]);
        assert_eq!(
            of("database:\n  path: /srv/x\n  db_path: /srv/y\n"),
            ["/srv/x", "/srv/y"]
        );
        assert_eq!(of("<file>/var/log/x.log</file>\n"), ["/var/log/x.log"]);
        assert_eq!(of("access_log /var/log/a.log main;\n"), ["/var/log/a.log"]);
        assert_eq!(
            of("  CustomLog /var/log/site.log combined\n"),
            ["/var/log/site.log"]
        );
        assert_eq!(of("      location: /incoming\n"), ["/incoming"]);
        assert_eq!(of("{\"store\": {\"dir\": \"/blobs\"}}"), ["/blobs"]);
        assert_eq!(of("static_dir = /usr/share/x\n"), [""; 0]);
        assert_eq!(of("static = /app/static\nhost = db\nlog = info\n"), [""; 0]);
    }
}
