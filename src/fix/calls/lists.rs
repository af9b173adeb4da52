//! Programs that start others by a list: supervisors, schedulers, Procfiles, folders of scripts.

use crate::context::matches_glob;
use crate::shell::lex::Script;
use crate::shell::word::Expanded;
use crate::stages::join;

use super::{Reader, crontab, known, supervisor};

impl Reader<'_, '_, '_, '_> {
    /// Takes in what a supervisor's configuration starts.
    pub(super) fn supervised(&mut self, words: &[Expanded], depth: u8) {
        match supervisor::programs(words, self.subject) {
            Ok(programs) => {
                for program in programs {
                    let from = self.calls.all.len();
                    self.command(&program.words, true, depth);
                    for call in self.calls.all.iter_mut().skip(from) {
                        call.user.clone_from(&program.user);
                    }
                }
            }
            Err(unread) => self.calls.unsupervised = Some(unread),
        }
    }

    /// Takes in the scripts that a pattern stands for: `for f in /init.d/*.sh; do . "$f"; done`.
    pub(super) fn each(&mut self, pattern: &str, place: (usize, usize), depth: u8) {
        let (folder, names) = pattern.rsplit_once('/').unwrap_or(("", pattern));
        let mut found = self.subject.bringer().straight_in(folder);
        found.retain(|(path, _)| matches_glob(names, path.rsplit('/').next().unwrap_or(path)));
        if found.is_empty() {
            self.calls.unread = Some(pattern.to_owned());
        }
        for (path, _) in found {
            self.program(vec![known(&path)], false, true, Some(place), depth);
        }
    }

    /// Takes in what a Procfile starts, a line each: `web: python server.py`.
    pub(super) fn procfile(&mut self, depth: u8) {
        let workdir = self.subject.verdict.survey.state.working_folder();
        let Some(found) = self.subject.bringer().find(&join(workdir, "Procfile")) else {
            self.calls.unread = Some("Procfile".to_owned());
            return;
        };
        let text = String::from_utf8_lossy(&found.text);
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
        {
            if let Some((_, command)) = line.split_once(':') {
                let script = Script::parse(command.trim().as_bytes());
                self.script(found.shown.clone(), script, None, &[], true, depth);
            }
        }
    }

    /// Takes in the jobs of a crontab.
    pub(super) fn scheduled(&mut self, words: &[Expanded], depth: u8) {
        let bringer = self.subject.bringer();
        let path = words
            .iter()
            .skip(1)
            .rev()
            .find(|word| !word.text.starts_with('-'));
        let workdir = self.subject.verdict.survey.state.working_folder();
        match path.and_then(|path| bringer.find(&join(workdir, &path.text))) {
            Some(crontab) => {
                let script = Script::parse(&crontab::commands(&crontab.text));
                self.script(crontab.shown, script, None, &[], false, depth);
            }
            None => self.calls.unread = path.map(|path| path.text.clone()),
        }
    }
}
