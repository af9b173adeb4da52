//! Things in the home of root, which has mode 0700.

use crate::bases::is_root_user;
use crate::dockerfile::{Keyword, Lookup};
use crate::finding::Reason;
use crate::fix::Subject;
use crate::fix::folders::under;
use crate::shell::home::root_home_uses;
use crate::survey::shell_variable;

/// Things below /root, which has mode 0700.
pub(super) fn home(subject: &Subject<'_, '_, '_>) -> Option<Reason> {
    const VARIABLES: [&str; 10] = [
        "HOME",
        "PATH",
        "VIRTUAL_ENV",
        "GOPATH",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "NVM_DIR",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
    ];
    let survey = &subject.verdict.survey;
    let below_root = |path: &str| path == "/root" || under(path, "/root");
    let lookup = |name: &str| shell_variable(&survey.state.env, name);
    let used = || {
        let as_root = survey
            .runs
            .iter()
            .filter(|run| is_run_as_root(subject, run.step));
        let mut uses = as_root.filter_map(|run| {
            let named = root_home_uses(&run.script, &lookup)
                .into_iter()
                .next()
                .map(|found| found.what);
            named.or_else(|| model_cache(run.script.text()))
        });
        uses.next()
    };
    let copied = || {
        let copy = survey.copies.iter().find(|copy| below_root(&copy.dest))?;
        Some(format!("a COPY to {}", copy.dest))
    };
    let variable = || {
        let name = VARIABLES.into_iter().find(|name| {
            survey
                .state
                .env
                .get(name)
                .is_some_and(|value| value.split(':').any(below_root))
        })?;
        Some(format!("ENV {name} below /root"))
    };
    let command = || {
        let mut words = subject.verdict.start.argv.iter().flatten();
        words
            .any(|word| word.contains("/root") || word.contains("~/"))
            .then(|| "the start command names the home of root".to_owned())
    };
    let health = || {
        let checks = survey
            .steps
            .iter()
            .filter(|step| step.keyword == Keyword::Healthcheck);
        let mut texts =
            checks.map(|step| subject.stages.document.instructions[step.instruction].args());
        texts
            .any(|text| {
                memchr::memmem::find(text, b"/root").is_some()
                    || memchr::memmem::find(text, b"sudo ").is_some()
            })
            .then(|| "the HEALTHCHECK looks there".to_owned())
    };
    let what = used()
        .or_else(copied)
        .or_else(variable)
        .or_else(command)
        .or_else(health)?;
    Some(Reason::new(
        "home-of-root",
        format!("{what}: what lies in the home of root, only root may enter"),
    ))
}

/// True when the step ran as root.
pub(super) fn is_run_as_root(subject: &Subject<'_, '_, '_>, step: usize) -> bool {
    let user = subject.verdict.survey.steps[step].user.as_ref();
    user.is_none_or(|user| is_root_user(&user.value))
}

/// Downloads that a program keeps below HOME, made while the image is built.
fn model_cache(script: &[u8]) -> Option<String> {
    const SIGNS: [&str; 9] = [
        "nltk.download",
        "from_pretrained",
        "huggingface-cli download",
        "hf download",
        "snapshot_download",
        "torch.hub",
        "SentenceTransformer(",
        "whisper.load_model",
        "spacy.cli.download",
    ];
    let sign = SIGNS
        .iter()
        .find(|sign| memchr::memmem::find(script, sign.as_bytes()).is_some())?;
    Some(format!("a RUN calls `{sign}`, which keeps what it loads"))
}
