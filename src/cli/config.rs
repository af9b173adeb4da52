//! `unroot config show`

use std::process::ExitCode;

use unroot::fix::{Own, Ports, Strategy};
use unroot::render::escape::line;
use unroot::suppress::Heed;

use super::args::{Color, ConfigArgs, ConfigCommand, Inputs, ShowArgs};
use super::environment::{Arguments, Origin};
use super::settings::{Effective, Settings};
use super::streams::Streams;

pub(super) fn run(args: &ConfigArgs, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let ConfigCommand::Show(args) = &args.command;
    let inputs = Inputs {
        paths: vec![args.path.clone()],
        base_user: args.base_user.clone(),
        config: args.config.clone(),
        exclude: args.exclude.clone(),
        ignore_comments: args.ignore_comments,
        strict: args.strict,
        ..Inputs::default()
    };
    super::files::check_paths(&inputs.paths)?;
    let settings = Settings::new(&inputs, &args.who)?;
    let effective = settings.at(&args.path)?;
    let mut streams = Streams::new(Color::Never);
    streams.out(show(args, &effective, arguments).as_bytes())?;
    streams.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// As a configuration that says all of it; where each value is from stands behind it.
fn show(args: &ShowArgs, effective: &Effective, arguments: &Arguments) -> String {
    let file = effective.file.as_deref();
    let mut text = Shown {
        text: match file {
            Some(file) => format!("# the nearest configuration is {}\n", line(file)),
            None => "# there is no configuration\n".to_owned(),
        },
        file: file.unwrap_or_default(),
        arguments,
    };
    let (config, options) = (&effective.config, &effective.options);
    let (wish, user) = (&options.wish, &config.user);
    text.line(
        "strategy",
        strategy(wish.strategy),
        config.strategy.is_some(),
    );
    match wish.ports {
        Ports::Unsaid => text.unset("ports"),
        Ports::Keep => text.line("ports", "\"keep\"", config.ports.is_some()),
        Ports::Move => text.line("ports", "\"move\"", config.ports.is_some()),
        Ports::Setcap => text.line("ports", "\"setcap\"", config.ports.is_some()),
    }
    let own = match wish.own {
        Own::Auto => "\"auto\"",
        Own::Workdir => "\"workdir\"",
        Own::App => "\"app\"",
        Own::None => "\"none\"",
    };
    text.line("own", own, config.own.is_some());
    let heed = match options.heed {
        Heed::All => "\"all\"",
        Heed::Own => "\"own\"",
        Heed::None => "\"none\"",
    };
    text.line("ignore_comments", heed, config.ignore_comments.is_some());
    // Both count.
    let mut exclude = config.exclude.clone().unwrap_or_default();
    exclude.extend(args.exclude.iter().cloned());
    let list = exclude.iter().map(|pattern| quoted(pattern));
    let list = format!("[{}]", list.collect::<Vec<_>>().join(", "));
    text.line("exclude", &list, config.exclude.is_some());

    text.heading("[user]");
    let name = wish.name.as_deref().map(quoted);
    text.optional("name", name, "user", user.name.is_some());
    text.optional("uid", wish.uid, "uid", user.uid.is_some());
    let range = wish.uid_range;
    let range = range.map(|(first, last)| format!("[{first}, {last}]"));
    text.optional("uid_range", range, "uid_range", user.uid_range.is_some());
    text.optional("gid", wish.gid, "gid", user.gid.is_some());
    text.line("named", &wish.named.to_string(), user.named.is_some());

    text.heading("[rules]");
    if args.strict {
        let origin = arguments.origin("strict").text("--strict");
        text.push("steps-down", "\"error\"", &origin);
    }
    for (rule, level) in options.levels.iter() {
        let level = quoted(level.map_or("off", unroot::finding::Level::id));
        let file = text.file.to_owned();
        text.push(rule.id(), &level, &file);
    }

    for pair in &args.base_user {
        let (image, user) = pair.split_once('=').unwrap_or((pair, ""));
        text.heading("[[base]]");
        let origin = arguments.origin("base_user").text("--base-user");
        text.push("image", &quoted(image), &origin);
        text.push("user", &quoted(user), &origin);
    }
    for base in &config.base_as_written {
        text.heading("[[base]]");
        let file = text.file.to_owned();
        for (key, value) in base {
            text.push(key, value, &file);
        }
    }
    text.text
}

const fn strategy(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::User => "\"user\"",
        Strategy::Twin => "\"twin\"",
        Strategy::StepDown => "\"step-down\"",
    }
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

struct Shown<'a> {
    text: String,
    file: &'a str,
    arguments: &'a Arguments,
}

impl Shown<'_> {
    fn heading(&mut self, heading: &str) {
        self.text.push_str(&format!("\n{heading}\n"));
    }

    fn push(&mut self, key: &str, value: &str, origin: &str) {
        let setting = format!("{key} = {value}");
        let origin = line(origin);
        self.text.push_str(&format!("{setting:<34} # {origin}\n"));
    }

    /// A value that is always there; `in_file` says that the configuration has one.
    fn line(&mut self, key: &str, value: &str, in_file: bool) {
        let origin = self.origin(key, in_file);
        self.push(key, value, &origin);
    }

    fn optional(&mut self, key: &str, value: Option<impl ToString>, id: &str, in_file: bool) {
        match value {
            Some(value) => {
                let origin = self.origin(id, in_file);
                self.push(key, &value.to_string(), &origin);
            }
            None => self.unset(key),
        }
    }

    fn unset(&mut self, key: &str) {
        self.text.push_str(&format!("# {key} is not set\n"));
    }

    fn origin(&self, id: &str, in_file: bool) -> String {
        match self.arguments.origin(id) {
            Origin::Default if in_file => self.file.to_owned(),
            other => other.text(&format!("--{}", id.replace('_', "-"))),
        }
    }
}
