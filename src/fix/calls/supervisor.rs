//! What supervisord starts: the `[program:x]` sections of the configurations that the file brings.

use crate::fix::Subject;
use crate::shell::lex::Script;
use crate::shell::word::Expanded;
use crate::stages::join;

/// A program that is supervised.
pub(super) struct Supervised {
    pub(super) words: Vec<String>,
    /// Whom it is run as.
    pub(super) user: Option<String>,
}

/// Where supervisord looks, in this order (supervisor docs, configuration: "Configuration File").
const PLACES: [&str; 6] = [
    "supervisord.conf",
    "etc/supervisord.conf",
    "/etc/supervisord.conf",
    "/etc/supervisor/supervisord.conf",
    "/etc/supervisor.conf",
    "/usr/etc/supervisord.conf",
];
/// What Debian's own configuration includes.
const FOLDERS: [&str; 2] = ["/etc/supervisor/conf.d", "/etc/supervisord.d"];

/// The programs, or the configuration that could not be read.
pub(super) fn programs(
    words: &[Expanded],
    subject: &Subject<'_, '_, '_>,
) -> Result<Vec<Supervised>, String> {
    let bringer = subject.bringer();
    let workdir = subject.verdict.survey.state.working_folder();
    let named = configuration(words).map(|path| join(workdir, &path));
    let mut texts: Vec<Vec<u8>> = Vec::new();
    let main = match &named {
        Some(path) => bringer.find(path),
        None => PLACES
            .iter()
            .find_map(|path| bringer.find(&join(workdir, path))),
    };
    let includes = main
        .as_ref()
        .is_none_or(|main| memchr::memmem::find(&main.text, b"[include]").is_some());
    texts.extend(main.map(|main| main.text));
    if includes {
        for folder in FOLDERS {
            texts.extend(
                bringer
                    .straight_in(folder)
                    .into_iter()
                    .map(|(_, found)| found.text),
            );
        }
    }
    let all: Vec<Supervised> = texts.iter().flat_map(|text| read(text)).collect();
    if all.is_empty() {
        return Err(named.unwrap_or_else(|| PLACES[3].to_owned()));
    }
    Ok(all)
}

/// The file behind `-c` or `--configuration`.
fn configuration(words: &[Expanded]) -> Option<String> {
    let mut before = "";
    for word in words.iter().skip(1).filter(|word| word.complete) {
        let text = word.text.as_str();
        if matches!(before, "-c" | "--configuration") {
            return Some(text.to_owned());
        }
        if let Some(path) = text.strip_prefix("--configuration=") {
            return Some(path.to_owned());
        }
        if let Some(path) = text.strip_prefix("-c").filter(|path| path.starts_with('/')) {
            return Some(path.to_owned());
        }
        before = text;
    }
    None
}

/// The `[program:x]` sections of a configuration.
fn read(text: &[u8]) -> Vec<Supervised> {
    let text = String::from_utf8_lossy(text);
    let mut all: Vec<Supervised> = Vec::new();
    let mut inside = false;
    let mut key_before = "";
    for raw in text.lines() {
        let line = raw.trim();
        // A value goes on in lines that are indented (Python's configparser).
        let goes_on = raw.starts_with([' ', '\t']) && !line.is_empty();
        if goes_on && inside && !line.starts_with([';', '#']) {
            if let Some(program) = all.last_mut().filter(|_| key_before == "command") {
                program.words.extend(split(line));
            }
            continue;
        }
        if line.starts_with('[') {
            inside = line.starts_with("[program:") || line.starts_with("[fcgi-program:");
            if inside {
                all.push(Supervised {
                    words: Vec::new(),
                    user: None,
                });
            }
            continue;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| inside) else {
            continue;
        };
        let value = value.split(" ;").next().unwrap_or(value).trim();
        let Some(program) = all.last_mut() else {
            continue;
        };
        key_before = key.trim();
        match key_before {
            "command" => program.words = split(value),
            "user" => program.user = Some(value.to_owned()),
            _ => {}
        }
    }
    all.retain(|program| !program.words.is_empty());
    all
}

/// Words as Python's shlex splits them; `%(ENV_X)s` stays.
fn split(command: &str) -> Vec<String> {
    let script = Script::parse(command.as_bytes());
    let words = script.commands.iter().take(1);
    words
        .flat_map(|command| &command.words)
        .map(|word| word.literal().unwrap_or_default())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_a_configuration() {
        let all = read(
            b"[supervisord]\nnodaemon=true\nuser=root\n\n[program:web]\ncommand = nginx -g \"daemon off;\" ; front\nuser=www-data\n[program:app]\ncommand=python /srv/app.py\n[group:x]\nprograms=web\n",
        );
        let shown: Vec<String> = all
            .iter()
            .map(|program| format!("{:?} as {:?}", program.words, program.user))
            .collect();
        assert_eq!(
            shown,
            [
                r#"["nginx", "-g", "daemon off;"] as Some("www-data")"#,
                r#"["python", "/srv/app.py"] as None"#,
            ]
        );
    }

    #[test]
    fn the_configuration_that_a_command_names() {
        let of = |text: &str| {
            let words: Vec<Expanded> = text
                .split(' ')
                .map(|word| Expanded {
                    text: word.to_owned(),
                    complete: true,
                    vars: Vec::new(),
                })
                .collect();
            configuration(&words)
        };
        assert_eq!(of("supervisord -n -c /x.conf").as_deref(), Some("/x.conf"));
        assert_eq!(of("supervisord --configuration=/x").as_deref(), Some("/x"));
        assert_eq!(of("supervisord -n"), None);
    }
}
