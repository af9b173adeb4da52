//! What is known of a base, how surely and from where, in words.

use super::{
    accounts::system as system_of,
    entry::{FactSource, Facts},
    kinds::{Confidence, Family, PackageManager, StepsDown, UserTool},
    overrides::Overrides,
    reference::ImageRef,
    row::{Account, StartConfig},
    table::lookup,
    twins::twin,
};

/// Columns, the indent included.
const WIDTH: usize = 78;
const INDENT: usize = 4;

/// Tells what is known of `image`, laid out like a section of a manual page; ends with a line end.
pub fn explain(image: &str, overrides: &Overrides) -> String {
    let facts = lookup(image, overrides);
    let mut page = Page(String::new());
    page.section("IMAGE", &[name(image, &facts)]);
    if facts.from == FactSource::Nothing {
        page.section(
            "WHAT IS KNOWN",
            &["Nothing: the embedded table has no entry for it.".to_owned()],
        );
        page.settle(image);
        return page.0;
    }
    page.section("STARTS AS", &[starts_as(&facts)]);
    page.section("SYSTEM", &[system(&facts)]);
    page.section("CREATING A USER", &[creating(&facts)]);
    page.accounts(&facts);
    page.unneeded(&facts);
    if let Some((twin, name)) = twin(image) {
        page.section(
            "TWIN",
            &[format!(
                "{name} is this image made to run as a user: {}. `--strategy twin` takes it. Source: {}",
                twin.differs, twin.source
            )],
        );
    }
    page.section("STEPPING DOWN", &[stepping_down(&facts)]);
    match &facts.start {
        Some(start) => page.starts(start),
        None => page.optional("ENTRYPOINT", facts.entrypoint.as_deref()),
    }
    if !facts.ports.is_empty() {
        let ports: Vec<String> = facts.ports.iter().map(u16::to_string).collect();
        page.section("PORTS", &[ports.join(", ")]);
    }
    page.optional("NOTES", facts.notes.as_deref());
    page.optional("ADVICE", facts.advice.as_deref());
    let mut how_sure = vec![
        sure(facts.confidence).to_owned(),
        format!("Source: {}", facts.source),
    ];
    if let (Some(_), Some(source)) = (&facts.start, facts.start_source) {
        how_sure.push(format!("Source of what it starts: {source}"));
    }
    page.section("HOW SURE", &how_sure);
    if !facts.is_known() {
        page.settle(image);
    }
    page.0
}

struct Page(String);

impl Page {
    fn section(&mut self, title: &str, paragraphs: &[String]) {
        self.title(title);
        for paragraph in paragraphs {
            let mut column = 0;
            for word in paragraph.split_whitespace() {
                let length = word.chars().count();
                if column == 0 || column + 1 + length > WIDTH {
                    if column > 0 {
                        self.0.push('\n');
                    }
                    self.0.push_str(&" ".repeat(INDENT));
                    column = INDENT;
                } else {
                    self.0.push(' ');
                    column += 1;
                }
                self.0.push_str(word);
                column += length;
            }
            self.0.push('\n');
        }
    }

    fn optional(&mut self, title: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.section(title, &[text.to_owned()]);
        }
    }

    /// As the image's own Dockerfile would have it. It is there to be copied, so it is not wrapped.
    fn starts(&mut self, start: &StartConfig) {
        self.title("STARTS");
        let instructions = start.instructions();
        if instructions.is_empty() {
            self.line("nothing by itself: it has no ENTRYPOINT and no CMD");
        }
        for instruction in instructions {
            self.line(&instruction);
        }
    }

    fn accounts(&mut self, facts: &Facts) {
        if facts.accounts.is_empty() {
            return;
        }
        self.title("ACCOUNTS");
        let id = |id: Option<u32>| id.map_or_else(|| "?".to_owned(), |id| id.to_string());
        let width = facts
            .accounts
            .iter()
            .map(|a| a.name.chars().count())
            .max()
            .unwrap_or(0);
        for account in facts.accounts.iter() {
            let Account {
                name,
                uid,
                gid,
                home,
            } = account;
            let ids = format!("{}:{}", id(*uid), id(*gid));
            let mut line = format!(
                "{name:width$}  {ids:11}  {}",
                home.as_deref().unwrap_or("-")
            );
            if facts.run_as.as_ref().is_some_and(|r| r.name == *name) {
                line.push_str("  (there to run the application)");
            }
            self.line(&line);
        }
    }

    /// Accounts of the distribution that nothing in a container needs by itself: CIS 4.1 advises to delete them.
    fn unneeded(&mut self, facts: &Facts) {
        let Some(system) = system_of(facts.family) else {
            return;
        };
        let names = |kept: bool| -> Vec<&str> {
            let all = system.accounts.iter();
            let own = all.filter(|row| row.keep.is_some() == kept);
            let free = own.filter(|row| {
                let used = facts.run_as.as_ref();
                used.is_none_or(|used| used.name != row.account.name)
            });
            free.map(|row| row.account.name.as_ref()).collect()
        };
        let kept = system.accounts.iter().filter_map(|row| {
            let why = row.keep?;
            Some(format!("{} ({why})", row.account.name))
        });
        let kept: Vec<String> = kept.collect();
        self.section(
            "UNNEEDED ACCOUNTS",
            &[
                format!(
                    "CIS Docker Benchmark 4.1 advises to delete accounts that nothing needs. The distribution has these from the start, and no program of a container needs them unless the image's own do: {}. unroot deletes none.",
                    names(false).join(", ")
                ),
                format!("Better kept: {}.", kept.join(", ")),
                format!("Source: {}", system.source),
            ],
        );
    }

    fn settle(&mut self, image: &str) {
        const TITLE: &str = "WHAT WOULD SETTLE IT";
        if let Err(reason) = ImageRef::parse(image) {
            let text = format!("`{image}` is no image that can be pulled: {reason}.");
            return self.section(TITLE, &[text]);
        }
        // Commands are to be copied, so they are not wrapped.
        self.title(TITLE);
        for line in [
            "Docker knows the user of an image; an empty answer means root:",
            &format!("  docker image inspect --format '{{{{.Config.User}}}}' {image}"),
            "Then tell unroot, on the command line or in the configuration:",
            &format!("  --base-user {image}=USER"),
            "  [[base]]",
            &format!("  image = \"{image}\""),
            "  user = \"USER\"",
        ] {
            self.line(line);
        }
    }

    fn line(&mut self, text: &str) {
        self.0.push_str(&" ".repeat(INDENT));
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn title(&mut self, title: &str) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(title);
        self.0.push('\n');
    }
}

fn name(image: &str, facts: &Facts) -> String {
    let entry = match (facts.repo, facts.tag_pattern) {
        (Some(repo), Some(".*")) => format!(": entry {repo}, tags that no other entry takes"),
        (Some(repo), Some(pattern)) => format!(": entry {repo}, tags like {pattern}"),
        (Some(repo), None) => format!(": what the entries of {repo} agree on"),
        (None, _) => String::new(),
    };
    image.to_owned() + &entry
}

fn starts_as(facts: &Facts) -> String {
    match (facts.default_user.as_deref(), facts.is_root) {
        (Some(""), Some(true)) => "root: no user is set".to_owned(),
        (Some("root"), _) => "root".to_owned(),
        (Some(user), Some(true)) => format!("root (USER {user})"),
        (Some(user), _)
            if user
                .split(':')
                .next()
                .unwrap_or_default()
                .parse::<u32>()
                .is_ok() =>
        {
            format!("not root (USER {user})")
        }
        (Some(user), _) => format!(
            "not root (USER {user}): a name, which Kubernetes' runAsNonRoot cannot check; a number would do"
        ),
        (None, Some(true)) => "root".to_owned(),
        (None, Some(false)) => "not root".to_owned(),
        (None, None) => "not known".to_owned(),
    }
}

fn system(facts: &Facts) -> String {
    let family = match facts.family {
        Family::Debian => "Debian",
        Family::Ubuntu => "Ubuntu",
        Family::Alpine => "Alpine",
        Family::Busybox => "busybox",
        Family::Fedora => "Fedora",
        Family::Rhel => "RHEL or a rebuild of it",
        Family::Amazon => "Amazon Linux",
        Family::Azure => "Azure Linux",
        Family::Suse => "SUSE",
        Family::Arch => "Arch",
        Family::Photon => "Photon",
        Family::Wolfi => "Wolfi",
        Family::Distroless => "distroless",
        Family::Chiseled => "Ubuntu chiseled",
        Family::Scratch => "nothing but the program",
        Family::Windows => "Windows",
        Family::Other => "another distribution",
        Family::Unknown => "not known which",
    };
    let pkg = match facts.pkg {
        PackageManager::Apt => "apt-get",
        PackageManager::Apk => "apk",
        PackageManager::Dnf => "dnf",
        PackageManager::Microdnf => "microdnf",
        PackageManager::Yum => "yum",
        PackageManager::Tdnf => "tdnf",
        PackageManager::Zypper => "zypper",
        PackageManager::Pacman => "pacman",
        PackageManager::None => "no package manager",
        PackageManager::Unknown => "package manager not known",
    };
    let shell = match facts.shell {
        Some(true) => "a shell",
        Some(false) => "no shell",
        None => "shell not known",
    };
    format!("{family}; {pkg}; {shell}")
}

fn creating(facts: &Facts) -> String {
    match (facts.user_tool, &facts.install) {
        (UserTool::Useradd, _) => "groupadd and useradd".to_owned(),
        (UserTool::AdduserBusybox, _) => "addgroup and adduser of busybox".to_owned(),
        (UserTool::UseraddMissing, Some(install)) => {
            format!("groupadd and useradd, which may be missing: {install}")
        }
        (UserTool::UseraddMissing, None) => "groupadd and useradd, which may be missing".to_owned(),
        (UserTool::NetUser, _) => "net user (Windows)".to_owned(),
        (UserTool::None, _) => {
            "no tool: USER must be a number, or a line goes into /etc/passwd".to_owned()
        }
        (UserTool::Unknown, _) => "not known".to_owned(),
    }
}

fn stepping_down(facts: &Facts) -> String {
    let what = match facts.steps_down {
        StepsDown::None => "it stays what it starts as",
        StepsDown::Entrypoint => "its entrypoint drops root before the program runs",
        StepsDown::Daemon => "its daemon keeps a root master and runs the workers as a user",
        StepsDown::Unknown => "not known",
    };
    match &facts.steps_down_by {
        Some(by) => format!("{what}: {by}"),
        None => what.to_owned(),
    }
}

fn sure(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Unknown => "Not at all: treat it as a guess.",
        Confidence::Inferred => "Inferred from related images or from the tag's name, not read.",
        Confidence::Read => {
            "Read in a Dockerfile, an entrypoint, a configuration or documentation."
        }
        Confidence::Measured => "Tried out.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(image: &str) -> String {
        explain(image, &Overrides::default())
    }

    #[test]
    fn a_known_base() {
        let page = page("node:22-alpine");
        for part in [
            "IMAGE\n    node:22-alpine: entry docker.io/library/node, tags like (^|[-.])alpine\n",
            "\nSTARTS AS\n    root\n",
            "\nSYSTEM\n    Alpine; apk; a shell\n",
            "\nACCOUNTS\n    node  1000:1000    /home/node  (there to run the application)\n",
            "\nSTARTS\n    ENTRYPOINT [\"docker-entrypoint.sh\"]\n    CMD [\"node\"]\n",
            "\nHOW SURE\n    Read in ",
            "    Source: nodejs/docker-node ",
        ] {
            assert!(page.contains(part), "{part}\n---\n{page}");
        }
        assert!(!page.contains("SETTLE"));
    }

    #[test]
    fn an_unknown_base_says_what_would_settle_it() {
        let page = page("registry.corp/team/app:7");
        assert!(page.contains("WHAT WOULD SETTLE IT"), "{page}");
        assert!(
            page.contains("--base-user registry.corp/team/app:7=USER"),
            "{page}"
        );
    }

    #[test]
    fn an_invalid_name_is_told_apart() {
        assert!(page("Team/App").contains("invalid reference format"));
        assert!(page("a/B").contains("must be lowercase"));
    }

    #[test]
    fn lines_are_short_and_the_end_is_a_line_end() {
        for image in [
            "nginx",
            "scratch",
            "postgres:17",
            "nowhere/x",
            "ubi9",
            "node@sha256:",
        ] {
            let page = page(image);
            assert!(page.ends_with('\n') && !page.ends_with("\n\n"));
            for line in page.lines().filter(|l| l.trim().contains(' ')) {
                assert!(line.chars().count() <= WIDTH + 20, "{line}");
                assert_eq!(line.trim_end(), line);
            }
        }
    }
}
