//! Which low ports the container binds, and what says so.

use crate::dockerfile::Keyword;
use crate::fix::Subject;
use crate::fix::recipe::Used;
use crate::recipes::{Listen, regex};

/// A port below 1024 that the container binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Low {
    pub(super) number: u16,
    pub(super) binders: Vec<Binder>,
}

/// What says that the program binds a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Binder {
    /// A variable.
    Env(String),
    /// A word of the start command.
    Argument(String),
    /// A configuration that the file brings: the recipe, the configuration, and the place of the number in it.
    Config(usize, usize, std::ops::Range<usize>),
    /// What a RUN or the command itself puts into the configuration of a recipe.
    Edited(usize),
    /// The stock configuration, as a recipe knows it.
    Stock(usize),
    /// .NET's images up to 7, whose `ASPNETCORE_URLS` names port 80.
    Dotnet,
    /// EXPOSE, or what the base exposes: not what binds it.
    Exposed,
    /// A run of the original bound it.
    Seen,
}

/// The low ports that were seen, or that EXPOSE, ENV, the start command, configurations or the base name.
pub(super) fn low(subject: &Subject<'_, '_, '_>) -> Vec<Low> {
    let mut found: Vec<Low> = Vec::new();
    let mut add = |number: u16, binder: Binder| {
        if !(1..1024).contains(&number) {
            return;
        }
        match found.iter_mut().find(|low| low.number == number) {
            Some(low) if !low.binders.contains(&binder) => low.binders.push(binder),
            Some(_) => {}
            None => found.push(Low {
                number,
                binders: vec![binder],
            }),
        }
    };
    recipes(subject, &mut add);
    env(subject, &mut add);
    arguments(subject, &mut add);
    if is_all_known(subject) {
        // EXPOSE is a remark where the configuration says what is bound.
    } else {
        exposed(subject, &mut add);
    }
    if let Some(learned) = subject.learned {
        found.retain(|low| learned.ports.contains(&low.number));
        for port in learned.ports.iter().filter(|port| **port < 1024) {
            if found.iter().all(|low| low.number != *port) {
                found.push(Low {
                    number: *port,
                    binders: vec![Binder::Seen],
                });
            }
        }
    }
    found.sort_by_key(|low| low.number);
    found
}

/// All that stays is covered by recipes whose configuration was read and names ports.
fn is_all_known(subject: &Subject<'_, '_, '_>) -> bool {
    let read = |used: &Used| used.unread.is_none() && !used.recipe.listen.is_empty();
    let mut calls = subject.calls.of_the_user().filter(|call| call.stays);
    !subject.recipes.is_empty()
        && subject.recipes.iter().all(read)
        && calls.all(|call| subject.recipe_of(call).is_some())
}

fn recipes(subject: &Subject<'_, '_, '_>, add: &mut impl FnMut(u16, Binder)) {
    for (at, used) in subject.recipes.iter().enumerate() {
        for listen in used.recipe.listen {
            let named = named(at, used, listen, add);
            if let Some(default) = listen.default.filter(|_| !named && used.unread.is_none()) {
                add(default, Binder::Stock(at));
            }
        }
    }
}

/// Adds the ports that configurations name; whether there are any.
fn named(at: usize, used: &Used, listen: &Listen, add: &mut impl FnMut(u16, Binder)) -> bool {
    // Most files bring no configuration, for which nothing need be compiled.
    if used.configs.is_empty() && used.texts.is_empty() {
        return false;
    }
    let Some(regex) = regex(listen.setting) else {
        return false;
    };
    let number = |bytes: &[u8]| std::str::from_utf8(bytes).ok()?.parse().ok();
    let mut named = false;
    for (place, (_, config)) in used.configs.iter().enumerate() {
        let groups = regex.captures_iter(&config.text);
        for group in groups.filter_map(|found| found.get(1)) {
            if let Some(number) = number(group.as_bytes()) {
                named = true;
                add(number, Binder::Config(at, place, group.range()));
            }
        }
    }
    for text in &used.texts {
        let groups = regex.captures_iter(text);
        for group in groups.filter_map(|found| found.get(1)) {
            if let Some(number) = number(group.as_bytes()) {
                named = true;
                add(number, Binder::Edited(at));
            }
        }
    }
    named
}

fn env(subject: &Subject<'_, '_, '_>, add: &mut impl FnMut(u16, Binder)) {
    for (name, value) in subject.verdict.survey.state.env.iter() {
        let names = name.contains("PORT")
            || name.ends_with("URLS")
            || name.ends_with("LISTEN")
            || name.ends_with("BIND");
        if let Some(port) = port_in(value).filter(|_| names) {
            add(port, Binder::Env(name.to_owned()));
        }
    }
}

fn arguments(subject: &Subject<'_, '_, '_>, add: &mut impl FnMut(u16, Binder)) {
    const FLAGS: [&str; 10] = [
        "-p",
        "-P",
        "--port",
        "--bind",
        "-b",
        "--listen",
        "-l",
        "--http-port",
        "http.server",
        "-port",
    ];
    let mut before = "";
    let words = subject.verdict.start.argv.iter().flatten();
    for word in words.flat_map(|word| word.split_whitespace()) {
        let named = word.split_once('=').filter(|(name, _)| {
            name.contains("port") || name.contains("listen") || name.contains("bind")
        });
        let port = match named {
            Some((_, value)) => port_in(value),
            None if FLAGS.contains(&before) || word.contains(':') => port_in(word),
            None => None,
        };
        if let Some(port) = port {
            add(port, Binder::Argument(word.to_owned()));
        }
        before = word;
    }
}

fn exposed(subject: &Subject<'_, '_, '_>, add: &mut impl FnMut(u16, Binder)) {
    let verdict = subject.verdict;
    for port in &verdict.survey.ports {
        add(port.number, Binder::Exposed);
    }
    let program = verdict.start.program();
    let dotnet = program.is_some_and(|first| {
        let argv = verdict.start.argv.as_ref();
        argv.and_then(|argv| argv.get(first.index))
            .is_some_and(|program| program == "dotnet")
    });
    if verdict.start.argv.is_some() && !dotnet {
        return;
    }
    for port in verdict.base.iter().flat_map(|facts| facts.ports.iter()) {
        let set = |name: &str| verdict.survey.state.env.var(name).is_some();
        if !dotnet {
            add(*port, Binder::Exposed);
        } else if !set("ASPNETCORE_URLS") && !set("ASPNETCORE_HTTP_PORTS") && !set("URLS") {
            add(*port, Binder::Dotnet);
        }
    }
}

/// The low port that a value like `80`, `:443`, `0.0.0.0:80` or `http://+:80/` holds.
pub(super) fn port_in(value: &str) -> Option<u16> {
    let value = value.trim_end_matches('/');
    let number = value.rsplit(':').next().unwrap_or(value);
    number.parse().ok().filter(|port| (1..1024).contains(port))
}

/// The EXPOSE instructions of the target's own body.
pub(super) fn exposes(subject: &Subject<'_, '_, '_>) -> Vec<usize> {
    subject
        .body()
        .filter(|at| subject.keyword(*at) == Keyword::Expose)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::port_in;

    #[test]
    fn ports_in_values() {
        for (value, port) in [
            ("80", Some(80)),
            (":443", Some(443)),
            ("0.0.0.0:80", Some(80)),
            ("http://+:80/", Some(80)),
            ("8080", None),
            ("app:server", None),
            ("0", None),
        ] {
            assert_eq!(port_in(value), port, "{value}");
        }
    }
}
