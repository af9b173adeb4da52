//! Files of the image whose bytes are at hand: those that COPY brings from the build context, heredocs, and
//! what a RUN writes word by word.

use crate::context::{BuildContext, matches_glob, matching};
use crate::shell::lex::RedirectOp;
use crate::shell::users::Dialect;
use crate::source::Span;
use crate::stages::{Lookup, Stages, join};
use crate::survey::{Copied, Survey};

/// A file of the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// Where it was found, for people.
    pub shown: String,
    /// Its bytes.
    pub text: Vec<u8>,
    /// Found by its whole path, not by its name alone.
    pub exact: bool,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where a file of the image comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file of the build context, by its path there.
    Context(String),
    /// A heredoc of a COPY: its body in the Dockerfile.
    Heredoc(Span),
    /// A RUN writes it.
    Run {
        /// What was there before stays: `>>` alone.
        adds: bool,
    },
}

/// What a stage brings, and from where.
#[derive(Clone, Copy)]
pub struct Bringer<'a> {
    /// What the stage does.
    pub survey: &'a Survey,
    /// All stages of the file: a COPY may take from another one.
    pub stages: &'a Stages<'a, 'a>,
    /// The build context.
    pub context: &'a dyn BuildContext,
}

/// How many stages a file is followed through.
const MAX_STAGES: u8 = 4;

impl Bringer<'_> {
    /// The file at `path` (absolute) of the image, if its bytes are at hand. The last one that is brought wins.
    pub fn find(&self, path: &str) -> Option<Brought> {
        self.follow(path, MAX_STAGES)
            .or_else(|| self.written(&[path]))
    }

    /// A file of the context with that name that a COPY names: where it lands was not understood.
    pub fn by_name(&self, name: &str) -> Option<Brought> {
        let copies = self.survey.copies.iter().rev();
        let mut copies = copies.filter(|copy| copy.from.is_none());
        copies.find_map(|copy| {
            let source = copy
                .sources
                .iter()
                .find(|source| source.rsplit('/').next() == Some(name))?;
            Some(Brought {
                shown: source.clone(),
                text: self.context.read(source)?,
                exact: false,
                origin: Origin::Context(source.clone()),
            })
        })
    }

    /// What a RUN writes to one of `paths`: `cat > /x <<EOF`, `echo '...' > /x`, `printf ... >> /x`.
    pub fn written(&self, paths: &[&str]) -> Option<Brought> {
        let mut text = Vec::new();
        let mut adds = true;
        for run in &self.survey.runs {
            for command in &run.script.commands {
                let to_path = command.redirects.iter().any(|redirect| {
                    matches!(redirect.op, RedirectOp::Write | RedirectOp::Append)
                        && redirect
                            .target
                            .literal()
                            .is_some_and(|target| paths.contains(&target.as_str()))
                });
                if !to_path {
                    continue;
                }
                let mut redirects = command.redirects.iter();
                adds &= !redirects.any(|redirect| matches!(redirect.op, RedirectOp::Write));
                if let Some(heredoc) = run.script.heredoc_of(command) {
                    text.extend_from_slice(heredoc.text.as_bytes());
                } else {
                    for word in command.args().iter().skip(1) {
                        let literal = word.literal().unwrap_or_default();
                        text.extend_from_slice(literal.replace("\\n", "\n").as_bytes());
                        text.push(b'\n');
                    }
                }
            }
        }
        (!text.is_empty()).then(|| Brought {
            shown: "a RUN".into(),
            text,
            exact: false,
            origin: Origin::Run { adds },
        })
    }

    /// The files straight in the folder `folder` of the image that come from the context or a heredoc, by their path in
    /// the image.
    pub fn straight_in(&self, folder: &str) -> Vec<(String, Brought)> {
        let mut found: Vec<(String, Brought)> = Vec::new();
        for name in self.names_in(folder) {
            let path = join(folder, &name);
            if found.iter().any(|(known, _)| *known == path) {
                continue;
            }
            if let Some(brought) = self.find(&path) {
                found.push((path, brought));
            }
        }
        found
    }

    /// A COPY or ADD that brings `path` or something below it, and whose bytes may not be at hand.
    pub fn copy_of(&self, path: &str) -> Option<&Copied> {
        let copies = self.survey.copies.iter().rev();
        let mut copies = copies.filter(|copy| {
            let named = |source: &String| {
                let name = source.trim_end_matches('/').rsplit('/').next();
                join(&copy.dest, name.unwrap_or_default()) == path
            };
            copy.dest == path || copy.sources.iter().any(named)
        });
        copies.next()
    }

    fn names_in(&self, folder: &str) -> Vec<String> {
        let mut names = Vec::new();
        for copy in &self.survey.copies {
            if let Some(rest) = copy.dest.strip_prefix(folder)
                && let Some(name) = rest.strip_prefix('/').filter(|name| !name.contains('/'))
                && !copy.into_folder
            {
                names.push(name.to_owned());
            }
            let Some(inner) = below(folder, &copy.dest) else {
                continue;
            };
            names.extend(copy.heredocs.iter().map(|(name, _)| name.clone()));
            if copy.from.is_some() {
                continue;
            }
            for source in &copy.sources {
                let start = match inner {
                    "" => source.trim_end_matches('/').to_owned(),
                    inner => format!("{}/{inner}", source.trim_end_matches('/')),
                };
                let files = self.context.files(&start);
                // The source is the file itself, or a folder around it.
                let prefix = format!("{}/", start.trim_start_matches("./").trim_matches('/'));
                let prefix = if matches!(start.as_str(), "" | "." | "./") {
                    ""
                } else {
                    prefix.as_str()
                };
                for file in files {
                    let name = match file.strip_prefix(prefix) {
                        Some(rest) => rest,
                        None => file.rsplit('/').next().unwrap_or(&file),
                    };
                    if !name.contains('/') {
                        names.push(name.to_owned());
                    }
                }
                if source.contains('*') {
                    let files = matching(self.context, source);
                    let name = |file: &String| file.rsplit('/').next().map(str::to_owned);
                    names.extend(files.iter().filter_map(name));
                }
            }
        }
        names.sort();
        names.dedup();
        names
    }

    fn follow(&self, path: &str, depth: u8) -> Option<Brought> {
        let mut copies = self.survey.copies.iter().rev();
        copies.find_map(|copy| self.copied(copy, path, depth))
    }

    /// The file at `path`, if this COPY brings it.
    fn copied(&self, copy: &Copied, path: &str, depth: u8) -> Option<Brought> {
        let inner = below(path, &copy.dest).filter(|inner| !inner.is_empty());
        for (name, body) in &copy.heredocs {
            if path == copy.dest || inner == Some(name.as_str()) {
                return Some(Brought {
                    shown: format!("the heredoc {name}"),
                    text: body.of(self.stages.document.bytes).to_vec(),
                    exact: true,
                    origin: Origin::Heredoc(*body),
                });
            }
        }
        for source in &copy.sources {
            let plain = source.trim_start_matches("./").trim_end_matches('/');
            let name = plain.rsplit('/').next().unwrap_or(plain);
            let folder = &plain[..plain.len() - name.len()];
            let candidates = match inner {
                None if path == copy.dest && !copy.into_folder => vec![plain.to_owned()],
                None => continue,
                Some(rest) if matches!(plain, "" | ".") => vec![rest.to_owned()],
                Some(rest)
                    if name.contains('*') && !rest.contains('/') && matches_glob(name, rest) =>
                {
                    vec![format!("{folder}{rest}")]
                }
                // A file lands under its name, a folder with what is in it.
                Some(rest) if rest == name => vec![plain.to_owned(), format!("{plain}/{rest}")],
                Some(rest) => vec![format!("{plain}/{rest}")],
            };
            for candidate in candidates {
                let found = match &copy.from {
                    Some(from) => self.in_stage(from, &candidate, depth),
                    None => self.context.read(&candidate).map(|text| Brought {
                        shown: candidate.clone(),
                        text,
                        exact: true,
                        origin: Origin::Context(candidate),
                    }),
                };
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    /// The file at `path` of another stage.
    fn in_stage(&self, stage: &str, path: &str, depth: u8) -> Option<Brought> {
        let depth = depth.checked_sub(1)?;
        let stage = self.stages.find(stage)?;
        // It stands above this one, so that no circle can be closed.
        if stage >= self.survey.target {
            return None;
        }
        let survey = Survey::read(self.stages, stage, Dialect::Unknown);
        let other = Bringer {
            survey: &survey,
            ..*self
        };
        other.follow(&join("/", path), depth)
    }
}

/// The absolute paths that a program's name can mean: itself, or in each folder of PATH.
pub(crate) fn places(program: &str, survey: &Survey) -> Vec<String> {
    let workdir = survey.state.working_folder();
    if program.contains('/') {
        return vec![join(workdir, program)];
    }
    let path = survey.state.env.get("PATH").unwrap_or_default();
    path.split(':')
        .filter(|folder| folder.starts_with('/'))
        .chain([
            "/usr/local/sbin",
            "/usr/local/bin",
            "/usr/sbin",
            "/usr/bin",
            "/sbin",
            "/bin",
        ])
        .map(|folder| join(folder, program))
        .collect()
}

/// What of `path` lies below `folder`; empty when it is the folder itself.
fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    if rest.is_empty() {
        return Some("");
    }
    rest.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::Folder;
    use crate::dockerfile::Document;
    use crate::stages::BuildArgs;

    /// Where `path` of the image comes from, with a context that has these files.
    fn origin(dockerfile: &str, files: &[&str], path: &str) -> Option<String> {
        with(dockerfile, files, |bringer| {
            bringer.find(path).map(|found| found.shown)
        })
    }

    fn with<T>(dockerfile: &str, files: &[&str], ask: impl Fn(Bringer<'_>) -> T) -> T {
        let folder = tempfile::tempdir().expect("a folder");
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().expect("below")).expect("writable");
            std::fs::write(path, file).expect("writable");
        }
        let document = Document::lex(dockerfile.as_bytes());
        let stages = Stages::read(&document, &BuildArgs::default());
        let survey = Survey::read(&stages, stages.all.len() - 1, Dialect::Unknown);
        let context = Folder::exactly(folder.path());
        ask(Bringer {
            survey: &survey,
            stages: &stages,
            context: &context,
        })
    }

    #[test]
    fn a_path_is_followed_to_the_context() {
        let files = ["a.sh", "conf/site.conf", "web/package.json"];
        let found = |dockerfile: &str, path: &str| origin(dockerfile, &files, path);
        let is = |name: &str| Some(name.to_owned());
        assert_eq!(found("FROM a\nCOPY a.sh /b.sh", "/b.sh"), is("a.sh"));
        assert_eq!(found("FROM a\nCOPY a.sh /bin/", "/bin/a.sh"), is("a.sh"));
        assert_eq!(
            found("FROM a\nCOPY conf /etc/x", "/etc/x/site.conf"),
            is("conf/site.conf")
        );
        assert_eq!(
            found("FROM a\nCOPY . /src", "/src/conf/site.conf"),
            is("conf/site.conf")
        );
        assert_eq!(
            found("FROM a\nCOPY conf/*.conf /e/", "/e/site.conf"),
            is("conf/site.conf")
        );
        assert_eq!(found("FROM a\nCOPY a.sh /bin/", "/bin/b.sh"), None);
        assert_eq!(found("FROM a\nCOPY b.sh /b.sh", "/b.sh"), None);
    }

    #[test]
    fn a_path_is_followed_through_stages() {
        let text =
            "FROM a AS build\nWORKDIR /src\nCOPY web .\nFROM b\nCOPY --from=build /src /app\n";
        let files = ["web/package.json"];
        let found = origin(text, &files, "/app/package.json");
        assert_eq!(found.as_deref(), Some("web/package.json"));
        let single = text.replace("/src /app", "/src/package.json /app/");
        assert!(origin(&single, &files, "/app/package.json").is_some());
        // No circle, and no stage that is not there.
        assert_eq!(
            origin("FROM a AS x\nCOPY --from=x / /\n", &files, "/y"),
            None
        );
        assert_eq!(
            origin("FROM a\nCOPY --from=nginx / /\n", &files, "/y"),
            None
        );
    }

    #[test]
    fn files_straight_in_a_folder() {
        let files = ["conf.d/a.conf", "conf.d/sub/b.conf", "c.conf", "d.conf"];
        let names = |dockerfile: &str| {
            with(dockerfile, &files, |bringer| {
                let found = bringer.straight_in("/etc/x/conf.d").into_iter();
                found.map(|(path, _)| path).collect::<Vec<_>>()
            })
        };
        assert_eq!(
            names("FROM a\nCOPY conf.d /etc/x/conf.d"),
            ["/etc/x/conf.d/a.conf"]
        );
        assert_eq!(names("FROM a\nCOPY . /etc/x"), ["/etc/x/conf.d/a.conf"]);
        assert_eq!(
            names("FROM a\nCOPY c.conf d.conf /etc/x/conf.d/"),
            ["/etc/x/conf.d/c.conf", "/etc/x/conf.d/d.conf"]
        );
        assert_eq!(
            names("FROM a\nCOPY c.conf /etc/x/conf.d/z.conf"),
            ["/etc/x/conf.d/z.conf"]
        );
        assert_eq!(
            names("FROM a\nCOPY *.conf /etc/x/conf.d/"),
            ["/etc/x/conf.d/c.conf", "/etc/x/conf.d/d.conf"]
        );
    }
}
