//! Programs that leave files behind: compressors, archivers, makers of keys and databases.

use super::files::FileChange;
use super::paths::{Path, join};
use super::scope::Scope;
use super::word::{Expanded, Word};

pub(super) fn act(
    program: &str,
    args: &[Word],
    scope: &Scope<'_>,
    here: &Path,
    add: &mut impl FnMut(FileChange),
) {
    let words: Vec<Expanded> = args.iter().map(|word| scope.one(word)).collect();
    let has = |options: &[&str]| {
        words
            .iter()
            .any(|word| options.contains(&word.text.as_str()))
    };
    let operands = || words.iter().filter(|word| !word.text.starts_with('-'));
    let mut writes = |word: &Expanded, closed: bool| {
        let path = join(here, word);
        add(FileChange::Writes {
            path: path.clone(),
            append: false,
        });
        if closed {
            add(FileChange::ChangesMode {
                paths: vec![path],
                mode: "600".into(),
                recursive: false,
                excludes_others: true,
            });
        }
    };
    match program {
        "gzip" | "gunzip" | "bzip2" | "bunzip2" | "xz" | "unxz" | "zstd" | "unzstd" | "lzma"
            if !has(&["-c", "--stdout", "-t", "-l", "-dc", "-cd", "-kc", "-ck"]) =>
        {
            // The result stands beside the file, which goes.
            for word in operands() {
                add(FileChange::Edits {
                    path: join(here, word),
                });
            }
        }
        "tar" | "bsdtar" => {
            if let Some(archive) = created(&words).filter(|archive| archive.text != "-") {
                writes(archive, false);
            }
        }
        "zip" => {
            if let Some(archive) = operands().next() {
                writes(archive, false);
            }
        }
        "sqlite3" => {
            // The database, and its journal beside it.
            if let Some(database) = operands().next().filter(|word| !word.text.starts_with(':')) {
                add(FileChange::Edits {
                    path: join(here, database),
                });
            }
        }
        "openssl" => {
            let subcommand = words.first().map(|word| word.text.as_str());
            // Keys are made for their owner alone (openssl-req(1), openssl-genpkey(1)); run in the lab.
            let makes_key = matches!(
                subcommand,
                Some("genrsa" | "genpkey" | "ecparam" | "gendsa")
            );
            for pair in words.windows(2) {
                match pair[0].text.as_str() {
                    "-keyout" => writes(&pair[1], true),
                    "-out" => writes(&pair[1], makes_key),
                    _ => {}
                }
            }
        }
        "ssh-keygen" | "mkcert" | "keytool" | "htpasswd" | "step" => {
            let closed = program != "htpasswd" && program != "keytool";
            for pair in words.windows(2) {
                if matches!(
                    pair[0].text.as_str(),
                    "-f" | "-key-file" | "-keystore" | "-cb" | "-bc" | "-c"
                ) {
                    writes(&pair[1], closed);
                }
            }
        }
        "mkfifo" | "mknod" | "split" => {
            if let Some(made) = operands().next() {
                writes(made, false);
            }
        }
        "find" if has(&["-delete"]) => {
            for root in words
                .iter()
                .take_while(|word| !word.text.starts_with(['-', '(', '!']))
            {
                // What goes lies in the folder, or in one below it.
                add(FileChange::Unpacks {
                    to: join(here, root),
                });
            }
        }
        _ => {}
    }
}

/// The archive that `tar c` makes.
fn created(words: &[Expanded]) -> Option<&Expanded> {
    let mut creates = false;
    for (at, word) in words.iter().enumerate() {
        let text = word.text.as_str();
        if let Some(file) = text.strip_prefix("--file") {
            return creates.then(|| words.get(at + usize::from(!file.starts_with('='))))?;
        }
        let letters = match text.strip_prefix('-') {
            Some(rest) if rest.starts_with('-') => {
                creates |= rest == "-create";
                continue;
            }
            Some(rest) => rest,
            // The old style: `tar czf x.tgz /srv`.
            None if at == 0 => text,
            None => continue,
        };
        creates |= letters.contains(['c', 'r', 'u']);
        if letters.ends_with('f') {
            return creates.then(|| words.get(at + 1))?;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::files::{FileChange, file_acts};
    use super::super::lex::Script;

    fn of(text: &str) -> Vec<String> {
        let script = Script::parse(text.as_bytes());
        let acts = file_acts(&script, &|_| None, "/srv");
        let shown = acts.iter().filter_map(|act| match &act.what {
            FileChange::Writes { path, .. } => Some(format!("writes {}", path.text)),
            FileChange::Edits { path } => Some(format!("edits {}", path.text)),
            FileChange::ChangesMode { paths, .. } => Some(format!("closes {}", paths[0].text)),
            FileChange::Unpacks { to } => Some(format!("unpacks {}", to.text)),
            _ => None,
        });
        shown.collect()
    }

    #[test]
    fn what_is_left_behind() {
        for (text, left) in [
            ("gunzip -k /opt/geo.gz", &["edits /opt/geo.gz"][..]),
            ("gzip -c /opt/geo", &[]),
            (
                "tar -czf /var/backups/a.tgz /srv",
                &["writes /var/backups/a.tgz"],
            ),
            ("tar cf a.tar /srv", &["writes /srv/a.tar"]),
            ("sqlite3 app.db .dump", &["edits /srv/app.db"]),
            (
                "openssl genrsa -out k.pem 2048",
                &["writes /srv/k.pem", "closes /srv/k.pem"],
            ),
            (
                "openssl req -x509 -keyout /k.pem -out /c.pem",
                &["writes /k.pem", "closes /k.pem", "writes /c.pem"],
            ),
            ("ssh-keygen -A", &[]),
            ("find /srv/c -name x -delete", &["unpacks /srv/c"]),
        ] {
            assert_eq!(of(text), left, "{text}");
        }
    }
}
