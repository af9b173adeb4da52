//! The title of a pull request.

/// GitHub's limit, in characters.
const LONGEST: usize = 256;

/// The title for changes of these Dockerfiles, as they are called in the repository.
pub fn title(paths: &[&str]) -> String {
    match paths {
        [path] if path.contains('/') => {
            let title = format!("Run the container of {} as a non-root user", clean(path));
            if title.chars().count() <= LONGEST {
                title
            } else {
                "Run a container as a non-root user".to_owned()
            }
        }
        [_] | [] => "Run the container as a non-root user".to_owned(),
        many => format!("Run {} containers as non-root users", many.len()),
    }
}

/// A title is no Markdown, but GitHub links what looks like an issue in it, and passes mentions on by mail.
fn clean(path: &str) -> String {
    path.chars()
        .map(|ch| {
            if ch.is_alphanumeric() || " /._-+".contains(ch) {
                ch
            } else {
                '_'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        for (paths, expected) in [
            (&["Dockerfile"][..], "Run the container as a non-root user"),
            (
                &["api/Dockerfile"],
                "Run the container of api/Dockerfile as a non-root user",
            ),
            (
                &["a#1/@me\u{202E}/Dockerfile"],
                "Run the container of a_1/_me_/Dockerfile as a non-root user",
            ),
            (&["a", "b", "c"], "Run 3 containers as non-root users"),
        ] {
            assert_eq!(title(paths), expected);
        }
        let long = format!("{}/Dockerfile", "d/".repeat(200));
        assert_eq!(title(&[&long]), "Run a container as a non-root user");
    }
}
