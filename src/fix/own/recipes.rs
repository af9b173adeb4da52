//! What recipes ask for: they know better than any rule about paths.

use crate::fix::Subject;
use crate::fix::folders::is_system;
use crate::fix::recipe::Used;
use crate::fix::root_home::is_run_as_root;
use crate::fix::writes::{What, Write, is_free};
use crate::recipes::Stock;

use super::written::{Planner, parent};

impl Planner<'_, '_, '_, '_> {
    /// What the recipes name: they know better than any rule about paths.
    pub(super) fn recipes(&mut self) {
        for used in &self.subject.recipes {
            let recipe = used.recipe;
            let theirs = recipe.user.is_none_or(|user| !self.who.owns_as(user))
                || was_run_as_root(self.subject, used);
            let stock = used.stock();
            let further = |list: fn(&'static Stock) -> &'static [&'static str]| {
                stock.map(list).unwrap_or_default()
            };
            for path in recipe.make.iter().chain(further(|stock| stock.make)) {
                self.owned.add(path, true);
            }
            let there = |path: &&&str| !used.is_gone(self.subject, path);
            let own = recipe.own.iter().chain(further(|stock| stock.own));
            for path in own.filter(there) {
                self.owned.add(path, false);
            }
            for path in recipe.own_all.iter().filter(there) {
                self.owned.add_all(path);
            }
            for path in used.reads(self.subject) {
                self.owned.add(&path, false);
            }
            for path in recipe.touch.iter().chain(further(|stock| stock.touch)) {
                if !self.touch(path) {
                    let why = format!(
                        "a start script removes {path}, which {} makes",
                        recipe.programs[0]
                    );
                    self.owned.unmet.push(Write::sure(path, What::File, why));
                }
            }
            for path in recipe.theirs.iter().filter(|_| theirs) {
                self.owned.add_all(path);
            }
            // What `nginx -t` in a RUN opened is root's now, whoever owns the folder.
            let left = used.writes(self.subject);
            let left = left.iter().filter(|_| was_run_as_root(self.subject, used));
            for write in left.filter(|write| !is_free(&write.path)) {
                match write.what {
                    What::File if !self.exists(&write.path) => {
                        let folder = parent(&write.path);
                        if !is_system(folder) && !self.exists(folder) && !self.has(folder) {
                            self.owned.make.push(folder.to_owned());
                        }
                        self.touch(&write.path);
                    }
                    What::Folder if !is_system(&write.path) => {
                        if !self.exists(&write.path) {
                            self.owned.make.push(write.path.clone());
                        }
                        self.owned.add_all(&write.path);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// A RUN starts the program as root, and what it leaves is root's: `influxd &` to make a database.
fn was_run_as_root(subject: &Subject<'_, '_, '_>, used: &Used) -> bool {
    let runs = subject.verdict.survey.runs.iter();
    runs.filter(|run| is_run_as_root(subject, run.step))
        .any(|run| {
            run.script.commands.iter().any(|command| {
                let program = command.program().unwrap_or_default();
                let program = program.rsplit('/').next().unwrap_or(program);
                let service = command
                    .args()
                    .first()
                    .and_then(crate::shell::word::Word::literal);
                let service = service.filter(|_| program == "service");
                let service = service.map(|name| format!("service {name}"));
                let switch = used.recipe.switch.as_ref();
                let switches = switch.is_some_and(|switch| {
                    command.args().iter().any(|word| {
                        switch
                            .flags
                            .iter()
                            .any(|flag| word.prefix().starts_with(flag))
                    })
                });
                let asks = command.args().iter().any(|word| {
                    ["-v", "-V", "--version", "--help", "-h"]
                        .iter()
                        .any(|flag| word.is(flag))
                });
                let mut programs = used.recipe.programs.iter().chain(used.recipe.tools);
                let ours =
                    programs.any(|name| *name == program || service.as_deref() == Some(name));
                ours && !switches && !asks
            })
        })
}
