//! What a recipe asks for: files, commands, instructions.

use crate::finding::Edit;
use crate::fix::Subject;
use crate::fix::who::Who;
use crate::fix::writes::{What, Write};
use crate::recipes::{Kind, Strip, regex};
use crate::shell::files::FileChange;
use crate::source::Span;

use super::Used;
use super::config::flag_value;

impl Used {
    /// The user that the program is told to switch to: by the command, else by the configuration.
    pub(in crate::fix) fn switches_to(&self, subject: &Subject<'_, '_, '_>) -> Option<String> {
        let switch = self.recipe.switch.as_ref()?;
        let call = self.call(subject);
        let by_flag = call.and_then(|call| {
            let mut flags = switch.flags.iter();
            flags.find_map(|flag| flag_value(call, flag))
        });
        by_flag.or_else(|| self.values(switch.setting?).into_iter().next_back())
    }

    /// What the program writes, as recipe, configuration and command say.
    pub(in crate::fix) fn writes(&self, subject: &Subject<'_, '_, '_>) -> Vec<Write> {
        let name = self.recipe.programs[0];
        let mut all = Vec::new();
        let mut add = |path: &str, kind: Kind, why: String| {
            let what = match kind {
                Kind::File => What::File,
                Kind::Folder => What::Folder,
                Kind::Socket => What::Socket,
            };
            all.push(Write::sure(path, what, why));
        };
        for setting in self.recipe.writes {
            let values = self.values(setting.setting);
            if values.is_empty() {
                if let Some(path) = setting.default {
                    add(path, setting.kind, format!("{name} writes {path}"));
                }
                continue;
            }
            for value in values {
                if let Some(path) = self.absolute(&value) {
                    let why = format!("the configuration of {name} names {path}");
                    add(&path, setting.kind, why);
                }
            }
        }
        let rewrites = self.recipe.rewrites;
        let rewrites = rewrites.and_then(regex);
        for (path, config) in &self.configs {
            if rewrites
                .as_ref()
                .is_some_and(|text| text.is_match(&config.text))
            {
                let why = format!("{name} replaces its configuration {path} by a new file");
                add(path, Kind::File, why.clone());
                add(path, Kind::Socket, why);
            }
        }
        let call = self.call(subject);
        for flag in self.recipe.flags {
            let value = call.and_then(|call| flag_value(call, flag.flag));
            if let Some(path) = value.and_then(|value| self.absolute(&value)) {
                let why = format!("{} names {path}", flag.flag);
                add(&path, flag.kind, why);
            }
        }
        all
    }

    /// The program writes into the folder in which it is started: nothing tells it otherwise.
    pub(in crate::fix) fn writes_its_workdir(&self, subject: &Subject<'_, '_, '_>) -> bool {
        let Some(workdir) = &self.recipe.workdir else {
            return false;
        };
        let call = self.call(subject);
        let by_flag = call.is_some_and(|call| {
            let mut flags = workdir.flags.iter();
            flags.any(|flag| flag_value(call, flag).is_some())
        });
        let by_variable = workdir
            .variable
            .is_some_and(|name| subject.verdict.survey.state.env.var(name).is_some());
        let by_setting = workdir.unless.is_some_and(|setting| {
            let mut configs = self.configs.iter();
            regex(setting)
                .is_some_and(|regex| configs.any(|(_, config)| regex.is_match(&config.text)))
        });
        !by_flag && !by_variable && !by_setting && !self.stock
    }

    /// Instructions beside USER: variables, and a WORKDIR where the program would start in `/` and write there.
    pub(in crate::fix) fn lines(&self, subject: &Subject<'_, '_, '_>) -> Vec<(String, String)> {
        let name = self.recipe.programs[0];
        let mut lines: Vec<(String, String)> = self
            .recipe
            .env
            .iter()
            .map(|pair| {
                (
                    format!("ENV {pair}"),
                    format!("ENV {pair}: {name} asks for it"),
                )
            })
            .collect();
        let at_root = subject.verdict.survey.state.workdir.is_none();
        let direct = self.call(subject).is_some_and(|call| {
            call.place.is_none()
                && call
                    .program()
                    .is_some_and(|program| !program.starts_with('.'))
        });
        if let Some(workdir) = &self.recipe.workdir
            && at_root
            && direct
            && self.writes_its_workdir(subject)
        {
            let path = workdir.path;
            lines.push((
                format!("WORKDIR {path}"),
                format!("WORKDIR {path}: {name} writes into the folder that it is started in"),
            ));
        }
        lines
    }

    /// Commands that the RUN gets: those of the recipe, and one for each setting of the stock configuration that cannot
    /// stay.
    pub(in crate::fix) fn commands(&self, subject: &Subject<'_, '_, '_>, who: &Who) -> Vec<String> {
        let recipe = self.recipe;
        let own = recipe.run.iter();
        let stock = recipe.run_stock.iter().filter(|_| self.is_stock());
        let run = own.chain(stock).map(|command| (*command).to_owned());
        let stripped = self.strips(subject, who).filter_map(|strip| {
            let file = strip.file?;
            // The file's own configuration is edited where it lies.
            let replaced = self.configs.iter().any(|(path, _)| path == file);
            let main = self.main.as_deref();
            let read = main.is_none_or(|main| self.recipe.configs.contains(&main));
            let kept = read && !replaced && !self.is_gone(subject, file);
            let setting = sed_pattern(strip.setting);
            let script = match strip.section {
                Some((from, to)) => {
                    let (from, to) = (sed_pattern(from), sed_pattern(to));
                    format!("/{from}/,/{to}/{{/{setting}/d}}")
                }
                None => format!("/{setting}/d"),
            };
            kept.then(|| format!("sed -i -E '{script}' {file}"))
        });
        run.chain(stripped).collect()
    }

    /// The settings that cannot stay, the user being who he is.
    pub(in crate::fix) fn strips<'u>(
        &'u self,
        subject: &Subject<'_, '_, '_>,
        who: &Who,
    ) -> impl Iterator<Item = &'static Strip> + use<'u> {
        let told = self.switches_to(subject);
        let told = told.or_else(|| self.recipe.user.map(str::to_owned));
        let same = told.is_none_or(|user| who.owns_as(&user));
        let strips = self.recipe.strip.iter();
        strips.filter(move |strip| !(strip.other_user && same))
    }

    /// The file brings no configuration of its own.
    pub(in crate::fix) fn is_stock(&self) -> bool {
        let Some(main) = self.main.as_deref() else {
            return true;
        };
        let replaced = self.configs.iter().any(|(path, _)| path == main);
        self.recipe.configs.contains(&main) && !replaced && self.unread.is_none()
    }

    /// Files that the program reads and that root could read whatever their mode, as far as a RUN makes them.
    pub(in crate::fix) fn reads(&self, subject: &Subject<'_, '_, '_>) -> Vec<String> {
        let values = self
            .recipe
            .reads
            .iter()
            .flat_map(|setting| self.values(setting));
        let paths = values.filter_map(|value| self.absolute(&value));
        paths
            .filter(|path| {
                let runs = &subject.verdict.survey.runs;
                runs.iter()
                    .any(|run| memchr::memmem::find(run.script.text(), path.as_bytes()).is_some())
            })
            .collect()
    }

    /// A RUN removes the file: it cannot be handed over.
    pub(in crate::fix) fn is_gone(&self, subject: &Subject<'_, '_, '_>, path: &str) -> bool {
        let mut acts = subject.verdict.survey.file_acts();
        let removed = acts.any(|act| match &act.what {
            FileChange::Removes { paths } => paths.iter().any(|gone| {
                let folder = gone.text.strip_suffix("/*");
                gone.text == path
                    || folder.is_some_and(|folder| {
                        path.strip_prefix(folder)
                            .is_some_and(|rest| rest.starts_with('/'))
                    })
            }),
            _ => false,
        });
        removed && !self.configs.iter().any(|(own, _)| own == path)
    }

    /// The arguments of the start command that only root can follow.
    pub(in crate::fix) fn drops(&self, subject: &Subject<'_, '_, '_>) -> Vec<Edit> {
        let call = self.call(subject).filter(|call| call.place.is_none());
        let Some(at) = subject.verdict.start.instruction.filter(|_| call.is_some()) else {
            return Vec::new();
        };
        let document = subject.stages.document;
        let commands = subject.body().filter(|index| {
            use crate::dockerfile::Keyword::{Cmd, Entrypoint};
            *index == at || matches!(subject.keyword(*index), Cmd | Entrypoint)
        });
        let commands: Vec<usize> = commands.collect();
        let mut edits = Vec::new();
        for drop in self.recipe.drop {
            let flag = regex::escape(drop.flag);
            let (exec, shell) = match drop.value {
                true => (
                    format!(r#", *"{flag}"[ \t]*,[ \t]*"(?:[^"\\]|\\.)*""#),
                    format!(r"[ \t]{flag}[ \t=]*[^ \t]+"),
                ),
                false => (format!(r#",[ \t]*"{flag}""#), format!(r"[ \t]{flag}\b")),
            };
            let Some(regex) = regex(&format!("{exec}|{shell}")) else {
                continue;
            };
            for at in &commands {
                let span = document.instructions[*at].args_span();
                for found in regex.find_iter(span.of(document.bytes)) {
                    let place = Span::new(span.start + found.start(), span.start + found.end());
                    edits.push(Edit::deletion(place, drop.why));
                }
            }
        }
        edits
    }
}

/// A regular expression of a recipe as `sed -E` takes it.
fn sed_pattern(setting: &str) -> String {
    let pattern = setting.trim_start_matches("(?m)").replace("(?:", "(");
    let pattern = pattern.replace("[ \\t]", "[[:space:]]");
    pattern.replace("\\s", "[[:space:]]").replace('/', "\\/")
}
