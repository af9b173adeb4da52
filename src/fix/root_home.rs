//! Things in the home of root, which has mode 0700: what the program is likely to need of them is opened for passing
//! through, told by a variable, or moved into the user's home. All of that may change a meaning, so it is never Safe.

use crate::bases::is_root_user;
use crate::dockerfile::{Keyword, Lookup};
use crate::finding::{Edit, Reason};
use crate::shell::home::{HomeHow, root_home_uses};
use crate::shell::home_places::place_of;
use crate::source::Span;
use crate::survey::{Copied, shell_variable};

use super::Subject;
use super::folders::{is_plain, under};
use super::own::has_shell;
use super::who::Who;

/// What is done about the home of root.
#[derive(Debug, Default)]
pub(super) struct RootHome {
    /// What lies there, for people.
    what: Option<String>,
    /// Others must be able to pass through /root.
    pub(super) open: bool,
    /// Variables that tell programs to look there still, each with its value.
    pub(super) variables: Vec<(&'static str, String)>,
    /// COPYs that lead into the user's home instead: their place in [`crate::survey::Survey::copies`], and the edit.
    pub(super) moves: Vec<(usize, Edit)>,
}

impl RootHome {
    /// Why the fix is not Safe.
    pub(super) fn doubt(&self) -> Option<Reason> {
        let what = self.what.as_ref()?;
        let remedy = if self.open {
            "what lies in the home of root can be read by the user now, and not written"
        } else {
            "what lies in the home of root, only root may enter"
        };
        Some(Reason::new("home-of-root", format!("{what}: {remedy}")))
    }
}

/// What lies in the home of root, and what is done about it.
pub(super) fn plan(subject: &Subject<'_, '_, '_>, who: &Who) -> RootHome {
    let mut plan = RootHome::default();
    by_run(subject, &mut plan);
    by_copy(subject, who, &mut plan);
    by_variable(subject, &mut plan);
    by_command(subject, &mut plan);
    by_health_check(subject, &mut plan);
    plan.open |= !plan.variables.is_empty();
    // Nothing can be opened without a shell: the doubt says what that means.
    plan.open &= has_shell(subject);
    plan
}

impl RootHome {
    fn add(&mut self, what: impl Into<String>) {
        self.what.get_or_insert_with(|| what.into());
    }

    /// A program looks below HOME unless this variable says where: let it say what was right for root.
    fn tell(&mut self, subject: &Subject<'_, '_, '_>, variable: &'static str) {
        let set = subject.verdict.survey.state.env.var(variable).is_some();
        let known = self.variables.iter().any(|(name, _)| *name == variable);
        if let Some(place) = place_of(variable).filter(|_| !set && !known) {
            self.variables.push((variable, format!("/root/{place}")));
        }
    }
}

fn below_root(path: &str) -> bool {
    path == "/root" || under(path, "/root")
}

fn by_run(subject: &Subject<'_, '_, '_>, plan: &mut RootHome) {
    let survey = &subject.verdict.survey;
    let lookup = |name: &str| shell_variable(&survey.state.env, name);
    let as_root = survey
        .runs
        .iter()
        .filter(|run| is_run_as_root(subject, run.step));
    for run in as_root {
        for used in root_home_uses(&run.script, &lookup) {
            plan.add(used.what);
            if let HomeHow::Installer {
                moved_by: Some(variable),
            } = used.how
            {
                plan.tell(subject, variable);
            }
        }
        if let Some((sign, variable)) = model_cache(run.script.text()) {
            plan.add(format!("a RUN calls `{sign}`, which keeps what it loads"));
            if let Some(variable) = variable {
                plan.tell(subject, variable);
            }
        }
    }
}

/// Settings and keys that programs look for below HOME, under these names.
const SETTINGS: [&str; 16] = [
    ".ssh",
    ".aws",
    ".netrc",
    ".pgpass",
    ".npmrc",
    ".config",
    ".kube",
    ".docker",
    ".gitconfig",
    ".m2",
    ".gradle",
    ".gnupg",
    ".my.cnf",
    ".pypirc",
    ".azure",
    ".boto",
];

fn by_copy(subject: &Subject<'_, '_, '_>, who: &Who, plan: &mut RootHome) {
    let survey = &subject.verdict.survey;
    for (at, copy) in survey.copies.iter().enumerate() {
        if !below_root(&copy.dest) {
            continue;
        }
        plan.add(format!("a COPY to {}", copy.dest));
        let name = copy.dest.strip_prefix("/root/").unwrap_or_default();
        let name = name.split('/').next().unwrap_or_default();
        if SETTINGS.contains(&name)
            && let Some(edit) = moved(subject, who, copy)
        {
            plan.moves.push((at, edit));
            continue;
        }
        plan.open = true;
        if name == ".local" {
            plan.tell(subject, "PYTHONUSERBASE");
        }
    }
}

/// The COPY's destination in the user's home, where no RUN behind it works with the file as root.
fn moved(subject: &Subject<'_, '_, '_>, who: &Who, copy: &Copied) -> Option<Edit> {
    let survey = &subject.verdict.survey;
    let step = &survey.steps[copy.step];
    let used = survey.runs.iter().any(|run| run.step > copy.step);
    let home = who.home.as_ref().or(who.make_home.as_ref())?;
    if used || step.stage != survey.target || step.triggered || !is_plain(home) {
        return None;
    }
    let document = subject.stages.document;
    let span = document.instructions[step.instruction].args_span();
    let text = span.of(document.bytes);
    let found = memchr::memmem::rfind(text, b"/root")?;
    // It must begin the last word.
    let before = found.checked_sub(1).and_then(|at| text.get(at));
    let starts = before.is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\''));
    let rest = &text[found..];
    let last = !rest.iter().any(|byte| matches!(byte, b' ' | b'\t'))
        || rest
            .iter()
            .all(|byte| !byte.is_ascii_whitespace() || *byte == b'\n');
    if !starts || !last {
        return None;
    }
    let place = Span::new(span.start + found, span.start + found + "/root".len());
    let reason = format!("{home}: programs look for it in the home of the user who runs them");
    Some(Edit::replacement(place, home.clone(), reason))
}

fn by_variable(subject: &Subject<'_, '_, '_>, plan: &mut RootHome) {
    const VARIABLES: [&str; 12] = [
        "HOME",
        "PATH",
        "VIRTUAL_ENV",
        "GOPATH",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "NVM_DIR",
        "PYTHONUSERBASE",
        "PYENV_ROOT",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
    ];
    let env = &subject.verdict.survey.state.env;
    for name in VARIABLES {
        let names_it = env
            .get(name)
            .is_some_and(|value| value.split(':').any(below_root));
        if names_it {
            plan.add(format!("ENV {name} below /root"));
            // HOME itself is set anew.
            plan.open |= name != "HOME";
        }
    }
}

fn by_command(subject: &Subject<'_, '_, '_>, plan: &mut RootHome) {
    let mut words = subject.verdict.start.argv.iter().flatten();
    if words.any(|word| word.contains("/root") || word.contains("~/")) {
        plan.add("the start command names the home of root");
        plan.open = true;
    }
    let workdir = subject.verdict.survey.state.workdir.as_ref();
    if workdir.is_some_and(|workdir| workdir.certain && below_root(&workdir.path)) {
        plan.add("the WORKDIR lies under /root");
        plan.open = true;
    }
}

fn by_health_check(subject: &Subject<'_, '_, '_>, plan: &mut RootHome) {
    let checks = subject
        .verdict
        .survey
        .steps
        .iter()
        .filter(|step| step.keyword == Keyword::Healthcheck);
    let mut texts =
        checks.map(|step| subject.stages.document.instructions[step.instruction].args());
    let looks = texts.any(|text| {
        memchr::memmem::find(text, b"/root").is_some()
            || memchr::memmem::find(text, b"sudo ").is_some()
    });
    if looks {
        plan.add("the HEALTHCHECK looks there");
        plan.open = true;
    }
}

/// True when the step ran as root.
pub(super) fn is_run_as_root(subject: &Subject<'_, '_, '_>, step: usize) -> bool {
    let user = subject.verdict.survey.steps[step].user.as_ref();
    user.is_none_or(|user| is_root_user(&user.value))
}

/// Downloads that a program keeps below HOME, made while the image is built, and the variable that says where.
fn model_cache(script: &[u8]) -> Option<(&'static str, Option<&'static str>)> {
    const SIGNS: [(&str, Option<&str>); 9] = [
        ("nltk.download", Some("NLTK_DATA")),
        ("from_pretrained", Some("HF_HOME")),
        ("huggingface-cli download", Some("HF_HOME")),
        ("hf download", Some("HF_HOME")),
        ("snapshot_download", Some("HF_HOME")),
        ("torch.hub", Some("TORCH_HOME")),
        ("SentenceTransformer(", Some("HF_HOME")),
        ("whisper.load_model", None),
        ("spacy.cli.download", None),
    ];
    SIGNS
        .into_iter()
        .find(|(sign, _)| memchr::memmem::find(script, sign.as_bytes()).is_some())
}
