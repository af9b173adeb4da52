//! Creating a user the distribution's own way.

use crate::bases::UserTool;
use crate::deployments::SaidId;
use crate::finding::Reason;
use crate::shell::files::FileChange;
use crate::stages::BaseRef;

use super::Subject;

/// A user to be created.
pub(super) struct Creation {
    pub(super) name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// What `chown` gets.
    pub(super) owner: String,
    pub(super) home: Option<String>,
    /// The commands do not make the home: it must be made and handed over.
    pub(super) makes_no_home: bool,
    /// Shell commands joined by `&&`, or none where there is no shell.
    pub(super) commands: Option<String>,
    /// Where its numbers are from, for people, when files around the Dockerfile say them.
    pub(super) numbers_of: Vec<String>,
    pub(super) doubts: Vec<Reason>,
}

/// First uid and gid that are tried: above the ids of hosts' accounts (checkov's `CKV_K8S_40`, trivy's KSV-0020).
const FIRST_ID: u32 = 10_001;
/// The number that distroless and Chainguard call `nonroot`.
const NONROOT: u32 = 65_532;

/// How the new user of this target is made.
pub(super) fn creation(subject: &Subject<'_, '_, '_>) -> Result<Creation, Reason> {
    let verdict = subject.verdict;
    let facts = verdict.base.as_ref();
    let scratch = matches!(
        subject.stages.root_base(verdict.survey.target),
        BaseRef::Scratch
    );
    let has_runs = !verdict.survey.runs.is_empty();
    let shell = match facts {
        Some(facts) => facts.shell,
        // A RUN on scratch means that a file system with a shell was put there.
        None if scratch => Some(has_runs),
        None => None,
    };
    let name = free_name(subject);
    if shell == Some(false) && !has_runs {
        let first = subject.wish.uid_range.map_or(NONROOT, |(first, _)| first);
        let said = Said::of(subject);
        let uid = subject.wish.uid.or(said.uid()).unwrap_or(first);
        let gid = subject.wish.gid.or(said.gid()).unwrap_or(uid);
        return Ok(Creation {
            numbers_of: said.told(),
            owner: format!("{uid}:{gid}"),
            home: None,
            makes_no_home: false,
            commands: None,
            doubts: Vec::new(),
            name,
            uid,
            gid,
        });
    }
    require_posix_shell(subject)?;
    let said = Said::of(subject);
    let (uid, gid) = free_ids(subject, &said);
    let home = format!("/home/{name}");
    let mut doubts = Vec::new();
    let tool = facts.map_or(UserTool::Unknown, |facts| facts.user_tool);
    let installs = |package: &str| {
        verdict.survey.runs.iter().any(|run| {
            crate::shell::packages::installs(&run.script)
                .iter()
                .any(|install| {
                    install
                        .packages
                        .iter()
                        .any(|name| name.starts_with(package))
                })
        })
    };
    let mut makes_no_home = false;
    // The tools refuse a group that exists, and busybox a number above 60000: rows never do.
    let rows =
        (gid != 0 && gid < 1000) || (tool == UserTool::AdduserBusybox && uid.max(gid) > 60_000);
    let commands = match tool {
        UserTool::Useradd | UserTool::AdduserBusybox if rows => {
            makes_no_home = true;
            passwd(&name, uid, gid, &home)
        }
        UserTool::Useradd => useradd(&name, uid, gid),
        UserTool::AdduserBusybox => adduser(&name, uid, gid),
        UserTool::UseraddMissing if installs("shadow") => useradd(&name, uid, gid),
        UserTool::UseraddMissing | UserTool::None => {
            makes_no_home = true;
            passwd(&name, uid, gid, &home)
        }
        UserTool::NetUser => {
            return Err(Reason::new("windows", "a Windows image has no Linux users"));
        }
        UserTool::Unknown => {
            doubts.push(Reason::new(
                "base-unknown",
                "nothing is known of the base, so the user is created by whichever tool it has",
            ));
            guarded(subject, &name, uid, gid, &home)
        }
    };
    // On Debian and its kin `app:` gives the login group, but numbers say the same everywhere.
    Ok(Creation {
        owner: format!("{uid}:{gid}"),
        home: Some(home),
        makes_no_home,
        commands: Some(commands),
        numbers_of: said.told(),
        doubts,
        name,
        uid,
        gid,
    })
}

/// A RUN of ours is written for a POSIX shell.
pub(super) fn require_posix_shell(subject: &Subject<'_, '_, '_>) -> Result<(), Reason> {
    let acts = || subject.verdict.survey.file_acts();
    let removed = acts().any(|act| match &act.what {
        FileChange::Removes { paths } => paths.iter().any(|path| {
            matches!(
                path.text.as_str(),
                "/bin/sh" | "/bin" | "/bin/busybox" | "/bin/*" | "/usr/bin" | "/usr/bin/*"
            )
        }),
        _ => false,
    });
    // `rm /bin/sh && ln -s /bin/bash /bin/sh` changes the shell.
    let linked = acts()
        .any(|act| matches!(&act.what, FileChange::Links { path, .. } if path.text == "/bin/sh"));
    if removed && !linked {
        return Err(Reason::new(
            "shell-removed",
            "a RUN removes the shell, which a RUN of ours would need",
        ));
    }
    let words = subject.verdict.survey.state.shell.iter().flatten();
    let mut programs = words.skip_while(|word| word.ends_with("/env") || *word == "env");
    let Some(first) = programs.next() else {
        return Ok(());
    };
    let name = first.rsplit('/').next().unwrap_or(first);
    if matches!(
        name,
        "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh" | "busybox"
    ) {
        Ok(())
    } else {
        Err(Reason::new(
            "shell-not-posix",
            format!("SHELL is `{first}`, and a RUN of ours needs a POSIX shell"),
        ))
    }
}

/// shadow's tools: Debian, Ubuntu, Fedora, RHEL, SUSE, Arch. `-l` keeps lastlog small (DL3046), `-m`
/// makes the home, which Debian does not do by itself; a group of its own is made first, because
/// `useradd -r -u 10001` would give it another gid.
fn useradd(name: &str, uid: u32, gid: u32) -> String {
    if gid == 0 {
        return format!("useradd -l -m -u {uid} -g 0 {name}");
    }
    format!("groupadd -g {gid} {name} && useradd -l -m -u {uid} -g {name} {name}")
}

/// busybox: Alpine, Wolfi.
fn adduser(name: &str, uid: u32, gid: u32) -> String {
    if gid == 0 {
        return format!("adduser -D -u {uid} -G root {name}");
    }
    format!("addgroup -g {gid} {name} && adduser -D -u {uid} -G {name} {name}")
}

/// No tool at hand (UBI minimal and micro, Amazon Linux 2023, Azure Linux): two rows, which
/// need no package and no network.
fn passwd(name: &str, uid: u32, gid: u32, home: &str) -> String {
    let group = if gid < 1000 {
        String::new()
    } else {
        format!("echo '{name}:x:{gid}:' >> /etc/group && ")
    };
    format!("{group}echo '{name}:x:{uid}:{gid}::{home}:/sbin/nologin' >> /etc/passwd")
}

/// Nothing is known of the base: take the tool that is there.
fn guarded(subject: &Subject<'_, '_, '_>, name: &str, uid: u32, gid: u32, home: &str) -> String {
    let document = subject.stages.document;
    let escape = char::from(document.directives.escape);
    let next = format!(
        " {escape}{}    ",
        crate::source::LineEnd::of(document.bytes).as_str()
    );
    format!(
        "if command -v useradd >/dev/null; then {}; elif command -v adduser >/dev/null; then {}; else {} && mkdir -p {home} && chown {uid}:{gid} {home}; fi",
        useradd(name, uid, gid),
        adduser(name, uid, gid),
        passwd(name, uid, gid, home),
    )
    .replace("; elif", &format!(";{next}elif"))
    .replace("; else", &format!(";{next}else"))
}

/// Users and groups that most distributions have from the start (base-passwd of Debian, Alpine's passwd).
pub(super) fn is_system_name(name: &str) -> bool {
    const NAMES: [&str; 52] = [
        "daemon",
        "bin",
        "sys",
        "sync",
        "games",
        "man",
        "lp",
        "mail",
        "news",
        "uucp",
        "proxy",
        "www-data",
        "backup",
        "list",
        "irc",
        "gnats",
        "nobody",
        "nogroup",
        "adm",
        "tty",
        "disk",
        "dialout",
        "fax",
        "voice",
        "cdrom",
        "floppy",
        "tape",
        "sudo",
        "audio",
        "dip",
        "operator",
        "src",
        "shadow",
        "utmp",
        "video",
        "sasl",
        "plugdev",
        "staff",
        "users",
        "wheel",
        "kvm",
        "input",
        "render",
        "ftp",
        "squid",
        "guest",
        "ntp",
        "halt",
        "shutdown",
        "at",
        "cron",
        "postmaster",
    ];
    NAMES.contains(&name)
}

/// The wished name, or the first that nobody has.
fn free_name(subject: &Subject<'_, '_, '_>) -> String {
    if let Some(name) = &subject.wish.name {
        return name.clone();
    }
    let accounts = &subject.verdict.survey.accounts;
    let taken = |name: &str| {
        accounts.user(name).is_some()
            || accounts.group(name).is_some()
            || subject
                .verdict
                .base
                .as_ref()
                .is_some_and(|facts| facts.account(name).is_some())
    };
    ["app", "appuser", "runner"]
        .into_iter()
        .find(|name| !taken(name))
        .unwrap_or("nonroot")
        .to_owned()
}

/// The numbers that compose files, manifests and charts agree on, where they are free for sure.
struct Said<'a> {
    user: Option<&'a SaidId>,
    group: Option<&'a SaidId>,
}

/// Distributions number their own accounts below it, when packages come (`SYS_UID_MAX` of login.defs(5)).
pub(super) const FIRST_OF_PEOPLE: u32 = 1000;
/// The largest number that every tool takes.
const LAST_ID: u32 = 2_147_483_647;

impl<'a> Said<'a> {
    fn of(subject: &'a Subject<'_, '_, '_>) -> Self {
        let known = match subject.verdict.base.as_ref() {
            Some(facts) => facts.is_known(),
            None => true,
        };
        let fits = |said: &&SaidId| {
            known && (FIRST_OF_PEOPLE..=LAST_ID).contains(&said.id) && !is_taken(subject, said.id)
        };
        let wish = subject.wish;
        let ids = &subject.deployments.ids;
        let uid_is_open = wish.uid.is_none() && wish.uid_range.is_none();
        Self {
            user: ids.uid().filter(fits).filter(|_| uid_is_open),
            group: ids.gid().filter(fits).filter(|_| wish.gid.is_none()),
        }
    }

    fn uid(&self) -> Option<u32> {
        self.user.map(|said| said.id)
    }

    fn gid(&self) -> Option<u32> {
        self.group.map(|said| said.id)
    }

    fn told(&self) -> Vec<String> {
        let mut told: Vec<String> = Vec::new();
        for said in self.user.iter().chain(&self.group) {
            let text = format!("{} (`{}`)", said.place, said.text);
            if !told.contains(&text) {
                told.push(text);
            }
        }
        told
    }
}

/// A user or group of the file or the base has the number.
fn is_taken(subject: &Subject<'_, '_, '_>, id: u32) -> bool {
    let accounts = &subject.verdict.survey.accounts;
    let mut users = accounts.users().iter();
    let mut groups = accounts.groups().iter();
    let mut of_base = subject
        .verdict
        .base
        .iter()
        .flat_map(|facts| facts.accounts.iter());
    users.any(|user| user.uid == Some(id) || user.gid == Some(id))
        || groups.any(|group| group.gid == Some(id))
        || of_base.any(|account| account.uid == Some(id) || account.gid == Some(id))
}

/// The wished ids, or those that are said, or the first pair of the wished range, else from 10001 on, that nobody has.
fn free_ids(subject: &Subject<'_, '_, '_>, said: &Said<'_>) -> (u32, u32) {
    let range = subject.wish.uid_range;
    let (first, last) = range.unwrap_or((FIRST_ID, FIRST_ID + 999));
    // A range in which a thousand numbers are taken was wanted all the same.
    let free = (first..=last).take(1000).find(|id| !is_taken(subject, *id));
    let free = free.unwrap_or(range.map_or(NONROOT, |(first, _)| first));
    let uid = subject.wish.uid.or(said.uid()).unwrap_or(free);
    (uid, subject.wish.gid.or(said.gid()).unwrap_or(uid))
}
