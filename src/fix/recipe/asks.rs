//! What a recipe asks for: files, commands, instructions.

use crate::context::matches_glob;
use crate::fix::Subject;
use crate::fix::folders::under;
use crate::fix::writes::{What, Write};
use crate::recipes::{Kind, Setting, regex};
use crate::shell::files::FileChange;

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
                Kind::Made => What::Socket,
            };
            all.push(Write::sure(path, what, why));
        };
        for setting in self.recipe.writes {
            let values = self.values(setting.pattern);
            if values.is_empty() {
                if let Some(path) = self.default(subject, setting)
                    && !self.is_kept_from(subject, setting, &path)
                {
                    let why = format!("{name} writes {path}");
                    add(&path, setting.kind, why);
                }
                continue;
            }
            let in_place = setting.file_if.is_some_and(|text| self.says(text));
            let kind = if in_place { Kind::File } else { setting.kind };
            for value in values {
                if let Some(path) = self.absolute(&value) {
                    let why = format!("the configuration of {name} names {path}");
                    add(&path, kind, why);
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
                add(path, Kind::Made, why);
            }
        }
        let call = self.call(subject);
        let settings = self.recipe.writes.iter();
        let of_settings = settings.flat_map(|row| row.flags.iter().map(|flag| (*flag, row.kind)));
        let flags = self.recipe.flags.iter().map(|row| (row.flag, row.kind));
        for (flag, kind) in of_settings.chain(flags) {
            let value = call.and_then(|call| flag_value(call, flag));
            if let Some(path) = value.and_then(|value| self.absolute(&value)) {
                let why = format!("{flag} names {path}");
                add(&path, kind, why);
            }
        }
        all
    }

    /// Where the program writes when its configuration is silent.
    pub(super) fn default(
        &self,
        subject: &Subject<'_, '_, '_>,
        setting: &Setting,
    ) -> Option<String> {
        let unknown =
            self.stock().is_some() || self.recipe.stock.is_some() && self.unread.is_some();
        let call = self.call(subject);
        let mut flags = setting.flags.iter();
        let told = flags.any(|flag| call.is_some_and(|call| flag_value(call, flag).is_some()));
        let default = setting.default.filter(|_| !unknown && !told)?;
        self.absolute(default)
    }

    /// Arguments of ours keep the program from writing a default into `/`.
    pub(super) fn is_kept_from(
        &self,
        subject: &Subject<'_, '_, '_>,
        setting: &Setting,
        path: &str,
    ) -> bool {
        let direct = self.call(subject).is_some_and(|call| call.place.is_none());
        direct && !setting.arguments.is_empty() && path.rfind('/') == Some(0)
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
        let by_setting = workdir.unless.is_some_and(|setting| self.says(setting));
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
                let same = gone.text == path || under(path, &gone.text);
                let parts = gone.text.rsplit_once('/').zip(path.rsplit_once('/'));
                same || parts.is_some_and(|((folder, pattern), (own, name))| {
                    (folder == own && matches_glob(pattern, name))
                        || (pattern == "*" && under(path, folder))
                })
            }),
            _ => false,
        });
        removed && !self.configs.iter().any(|(own, _)| own == path)
    }
}
