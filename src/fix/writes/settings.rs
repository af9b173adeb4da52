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
        let between = r#"["']? *(?:=>|[:=>\s]) *["']?(?:sqlite:///|file:|unix:)?"#;
        let start = r#"^[ \t<{,"'-]*"#;
        let end = r#"(?:["' \t\r\n,<;?)]|\z)"#;
        Regex::new(&format!(
            r"(?-u:(?m){start}{named}{between}{path}{end}|^[^#;\n][^#\n]*?[\s'\x22=:(,>]{written}{end})"
        ))
        .ok()
    });
    let Some(setting) = setting.as_ref() else {
        return Vec::new();
    };
    let found = setting.captures_iter(text).filter_map(|captures| {
        let (all, path) = (captures.get(0)?, captures.get(1).or(captures.get(2))?);
        let line = memchr::memchr_iter(b'\n', &text[..path.start()]).count() + 1;
        let code = String::from_utf8_lossy(all.as_bytes()).trim().to_owned();
        let path = String::from_utf8_lossy(path.as_bytes()).into_owned();
        Some((Found { line, code }, path))
    });
    found.collect()
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
        assert_eq!(of("static = /app/static\nhost = db\nlog = info\n"), [""; 0]);
    }
}
