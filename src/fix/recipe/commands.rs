//! What a recipe asks the RUN to do, and which settings of configurations cannot stay.

use crate::fix::Subject;
use crate::fix::who::Who;
use crate::recipes::{Stock, Strip};

use super::Used;

impl Used {
    /// Commands that the RUN gets: those of the recipe, and one for each setting of the stock configuration that cannot
    /// stay.
    pub(in crate::fix) fn commands(&self, subject: &Subject<'_, '_, '_>, who: &Who) -> Vec<String> {
        let recipe = self.recipe;
        let own = recipe.run.iter();
        let stock = self.stock().map(|stock| stock.run).unwrap_or_default();
        let user = who.label.split(' ').next().unwrap_or_default();
        let config = self.main.as_deref().unwrap_or_default();
        let run = own.chain(stock).map(|command| {
            let command = command.replace("{user}", user).replace("{group}", user);
            command.replace("{config}", config)
        });
        let stripped = self.strips(subject, who).filter_map(|strip| {
            let file = strip.file?;
            // The file's own configuration is edited where it lies.
            let replaced = self.configs.iter().any(|(path, _)| path == file);
            let main = self.main.as_deref();
            let read = main.is_none_or(|main| self.places.iter().any(|path| path == main));
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

    /// What the stock configuration asks for, where it is the one that is read.
    pub(in crate::fix) fn stock(&self) -> Option<&'static Stock> {
        self.recipe.stock.as_ref().filter(|_| self.is_stock())
    }

    /// The file brings no configuration of its own.
    pub(in crate::fix) fn is_stock(&self) -> bool {
        let Some(main) = self.main.as_deref() else {
            return true;
        };
        let replaced = self.configs.iter().any(|(path, _)| path == main);
        self.places.iter().any(|path| path == main) && !replaced && self.unread.is_none()
    }
}

/// A regular expression of a recipe as `sed -E` takes it.
fn sed_pattern(setting: &str) -> String {
    let pattern = setting.trim_start_matches("(?m)").replace("(?:", "(");
    let pattern = pattern.replace("[ \\t]", "[[:space:]]");
    pattern.replace("\\s", "[[:space:]]").replace('/', "\\/")
}
