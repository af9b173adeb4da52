//! What commits say of themselves.

use unroot::repo::Step;

use super::gather::Part;
use crate::cli::args::GitArgs;
use crate::cli::files::shown;

/// The commits to make.
pub(in crate::cli) fn steps(parts: &[Part], args: &GitArgs) -> Vec<Step> {
    let step = |parts: &[Part]| Step {
        changes: parts.iter().flat_map(|part| part.changes.clone()).collect(),
        message: match &args.message {
            Some(message) => message.clone(),
            None => message(parts),
        },
    };
    match parts {
        [] => Vec::new(),
        parts if args.per_file => parts.chunks(1).map(step).collect(),
        parts => vec![step(parts)],
    }
}

/// The longest subject that git's own tools show whole.
const MAX_SUBJECT: usize = 72;

/// The most files that are listed.
const MAX_LISTED: usize = 100;

fn message(parts: &[Part]) -> String {
    let mut text = match parts {
        [part] => {
            let whole = format!("Run {} as a non-root user", shown(&part.path));
            if whole.chars().count() <= MAX_SUBJECT {
                whole
            } else {
                "Run a container as a non-root user".into()
            }
        }
        parts => format!("Run {} containers as non-root users", parts.len()),
    };
    text.push_str("\n\n");
    for part in parts.iter().take(MAX_LISTED) {
        let path = shown(&part.path);
        text.push_str(&format!("- {path}: {}\n", part.titles.join("; ")));
    }
    if parts.len() > MAX_LISTED {
        text.push_str(&format!("- and {} more\n", parts.len() - MAX_LISTED));
    }
    text
}
