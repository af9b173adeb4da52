//! How a commit is known as ours: by two trailers that hold only while nobody touched it.
//!
//! `Unroot-Tree` names the commit's tree, `Unroot-Seal` is the name that git would give to a blob with the
//! parent's name in the first line and, below, the message without that trailer. A commit that was amended,
//! reworded, or put on another parent does not fit any more, and is the one's who did it.

use git2::{Commit, ObjectType, Oid};

use super::RepoError;

/// The trailer that names the tree of the commit.
pub const TREE: &str = "Unroot-Tree";
/// The trailer that seals it.
pub const SEAL: &str = "Unroot-Seal";

/// `message` with its trailers. `signed_off_by` is `NAME <EMAIL>`. The result ends in a newline.
pub fn message(
    message: &str,
    parent: Oid,
    tree: Oid,
    signed_off_by: Option<&str>,
) -> Result<String, RepoError> {
    let mut text = git2::message_prettify(message, None)?.trim_end().to_owned();
    text.push_str(if ends_in_trailers(&text) {
        "\n"
    } else {
        "\n\n"
    });
    let sign = signed_off_by.map(|who| format!("Signed-off-by: {who}"));
    if let Some(line) = sign.filter(|line| !text.lines().any(|known| known == line)) {
        text.push_str(&line);
        text.push('\n');
    }
    text.push_str(&format!("{TREE}: {tree}"));
    let seal = seal(&text, parent)?;
    Ok(format!("{text}\n{SEAL}: {seal}\n"))
}

/// The parent of a commit as we made it; none for one that is not ours.
pub fn parent_of_ours(commit: &Commit<'_>) -> Option<Oid> {
    // As it is written: where a shallow clone ends, the parsed commit has no parents.
    let header = commit.raw_header().ok()?;
    let mut parents = header
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("parent "));
    let (parent, None) = (parents.next()?, parents.next()) else {
        return None;
    };
    let parent = Oid::from_str(parent).ok()?;
    holds(commit.message().ok()?, parent, commit.tree_id()).then_some(parent)
}

/// True when `message` is the one of a commit of ours with this parent and this tree.
pub fn holds(message: &str, parent: Oid, tree: Oid) -> bool {
    let text = message.replace("\r\n", "\n");
    let Some((above, seal_line)) = text.trim_end().rsplit_once('\n') else {
        return false;
    };
    let above = above.trim_end();
    let named = above.rsplit_once('\n').map(|(_, line)| line.to_owned());
    named == Some(format!("{TREE}: {tree}"))
        && seal(above, parent).is_ok_and(|seal| seal_line == format!("{SEAL}: {seal}"))
}

fn seal(text: &str, parent: Oid) -> Result<Oid, RepoError> {
    let sealed = format!("{parent}\n{text}");
    Ok(Oid::hash_object(ObjectType::Blob, sealed.as_bytes())?)
}

/// True when the last paragraph, which is not the first, has only lines like `Name: text`.
fn ends_in_trailers(text: &str) -> bool {
    let Some((_, last)) = text.rsplit_once("\n\n") else {
        return false;
    };
    last.lines().all(|line| {
        line.split_once(": ").is_some_and(|(name, _)| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|ch| ch.is_ascii_alphanumeric() || ch == '-')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oid(digit: char) -> Oid {
        let text: String = std::iter::repeat_n(digit, 40).collect();
        Oid::from_str(&text).expect("forty digits")
    }

    #[test]
    fn only_the_untouched_message_holds() {
        let text = message(
            "Subject\n\nBody.",
            oid('1'),
            oid('2'),
            Some("A <a@b.example>"),
        )
        .expect("made");
        assert_eq!(
            text.lines().take(5).collect::<Vec<_>>(),
            ["Subject", "", "Body.", "", "Signed-off-by: A <a@b.example>"]
        );
        assert!(holds(&text, oid('1'), oid('2')));
        assert!(
            holds(text.trim_end(), oid('1'), oid('2')),
            "a forge may trim"
        );
        assert!(!holds(&text, oid('3'), oid('2')), "put on another parent");
        assert!(!holds(&text, oid('1'), oid('3')), "other files");
        assert!(!holds(&text.replace("Body", "Words"), oid('1'), oid('2')));
        assert!(!holds("Subject\n", oid('1'), oid('2')));
        assert!(!holds("", oid('1'), oid('2')));
    }

    #[test]
    fn trailers_that_are_there_are_joined() {
        let text = message("Subject\n\nRefs: #7\n", oid('1'), oid('2'), None).expect("made");
        assert!(
            text.starts_with("Subject\n\nRefs: #7\nUnroot-Tree: 2222"),
            "{text}"
        );
        let text = message("Fix: it\n", oid('1'), oid('2'), None).expect("made");
        assert!(text.starts_with("Fix: it\n\nUnroot-Tree: 2222"), "{text}");
    }
}
