//! The page on which a person opens the pull request with one click (docs.github.com, "Using query parameters to
//! create a pull request").

use crate::forge::github::{Endpoints, encoded, encoded_path};

/// The longest address, in bytes: GitHub answers 414 to some above 8,192.
const LONGEST: usize = 7_500;

/// What stands where the text is cut; encoded it has some 80 bytes.
const CUT: &str = "\n\n(cut here: the rest is in the run's summary)";

/// The page that compares `head` with `base` and has title and text filled in; the text is cut where the address would
/// be too long for it.
pub fn compare_link(
    endpoints: &Endpoints,
    base: &str,
    head: &str,
    title: &str,
    text: &str,
) -> String {
    let Endpoints {
        server,
        owner,
        name,
        ..
    } = endpoints;
    let (base, head) = (encoded_path(base), encoded_path(head));
    let start = format!(
        "{server}/{owner}/{name}/compare/{base}...{head}?quick_pull=1&title={}&body=",
        encoded(title)
    );
    let room = LONGEST.saturating_sub(start.len());
    let all = encoded(text);
    if all.len() <= room {
        return format!("{start}{all}");
    }
    let cut = encoded(CUT);
    let mut room = room.saturating_sub(cut.len());
    let mut kept = String::new();
    // Whole lines: a cut within a fence or a link would be worse than a line less.
    for line in text.split_inclusive('\n') {
        let line = encoded(line);
        if line.len() > room {
            break;
        }
        room -= line.len();
        kept.push_str(&line);
    }
    let kept_lines = kept.matches("%0A").count();
    let open = text.lines().take(kept_lines).fold(None, fence_after);
    let close = open.map_or(String::new(), |fence: &str| encoded(&format!("{fence}\n")));
    format!("{start}{kept}{close}{cut}")
}

/// The fence that is open behind a line.
fn fence_after<'a>(open: Option<&'a str>, line: &'a str) -> Option<&'a str> {
    let ticks = line.len() - line.trim_start_matches('`').len();
    match open {
        Some(fence) if line == fence => None,
        Some(fence) => Some(fence),
        None if ticks >= 3 => line.get(..ticks),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints() -> Endpoints {
        Endpoints {
            api: "https://api.github.com".into(),
            graphql: "https://api.github.com/graphql".into(),
            server: "https://github.com".into(),
            owner: "acme".into(),
            name: "shop".into(),
        }
    }

    #[test]
    fn a_short_text_is_whole() {
        assert_eq!(
            compare_link(
                &endpoints(),
                "release/1",
                "unroot/main",
                "Run it & more",
                "a\n#b"
            ),
            "https://github.com/acme/shop/compare/release/1...unroot/main?quick_pull=1&title=Run%20it%20%26%20more&body=a%0A%23b"
        );
    }

    #[test]
    fn a_long_text_is_cut_between_lines_and_its_fence_closed() {
        let text = format!(
            "Intro\n\n````diff\n{}````\nend\n",
            "+ é line of a diff\n".repeat(2000)
        );
        let link = compare_link(&endpoints(), "main", "unroot/main", "T", &text);
        assert!(link.len() <= LONGEST + 20, "{}", link.len());
        assert!(
            link.contains("diff%0A%60%60%60%60%0A%0A%0A%28cut%20here"),
            "{}",
            &link[link.len() - 200..]
        );
    }
}
