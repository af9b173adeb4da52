//! `unroot check`

use std::process::ExitCode;

use unroot::analysis::{Analysis, Options, analyse};
use unroot::finding::{Applicability, Level, Rule};
use unroot::render::text::TextRenderer;
use unroot::verdict::{Certainty, Outcome};

use super::args::{CheckArgs, Color};
use super::config::options;
use super::files::{Input, each};
use super::streams::Streams;

pub(super) fn run(args: &CheckArgs, color: Color) -> anyhow::Result<ExitCode> {
    let options = options(&args.inputs, &args.who)?;
    let mut streams = Streams::new(color);
    let renderer = TextRenderer::new(streams.color());
    let mut summary = Summary::default();
    each(
        &args.inputs,
        |input| one(input, args, &options, &renderer),
        |_, result| {
            match result {
                Ok((analysis, text)) => {
                    summary.add(&analysis);
                    streams.out(text.as_bytes())?;
                }
                Err(message) => {
                    summary.failed = true;
                    streams.err(format!("error: {message}\n").as_bytes())?;
                }
            }
            Ok(())
        },
    )?;
    streams.flush()?;
    streams.err(format!("{}\n", summary.sentence()).as_bytes())?;
    Ok(summary.exit_code())
}

fn one(
    input: &Input,
    args: &CheckArgs,
    options: &Options,
    renderer: &TextRenderer,
) -> Result<(Analysis, String), String> {
    let bytes = input.read()?;
    let context = input.context(&args.inputs);
    let name = input.name();
    let analysis =
        analyse(&bytes, context.as_ref(), options).map_err(|error| format!("{name}: {error}"))?;
    let mut text = String::new();
    if args.verbose {
        let fine = analysis.targets.iter().filter(|target| {
            target.outcome == Outcome::NonRoot && target.certainty == Certainty::Known
        });
        for target in fine {
            text.push_str(&format!(
                "fine: {name}:{}: {}\n",
                target.line, target.sentence
            ));
        }
    }
    for finding in &analysis.findings {
        text.push_str(&renderer.render(&name, &bytes, finding));
        text.push_str("\n\n");
    }
    Ok((analysis, text))
}

/// What the last line says.
#[derive(Default)]
struct Summary {
    files: usize,
    fine: usize,
    root: usize,
    safe: usize,
    unsafe_fixes: usize,
    undetermined: usize,
    steps_down: usize,
    unreadable: usize,
    windows: usize,
    weighty: bool,
    failed: bool,
}

impl Summary {
    fn add(&mut self, analysis: &Analysis) {
        self.files += 1;
        let fine = |rule| rule == Rule::UserInferred;
        if analysis.findings.iter().all(|finding| fine(finding.rule)) {
            self.fine += 1;
        }
        for finding in &analysis.findings {
            self.weighty |= finding.level > Level::Note;
            match finding.rule {
                Rule::RunsAsRoot => self.root += 1,
                Rule::UserUndetermined => self.undetermined += 1,
                Rule::StepsDown => self.steps_down += 1,
                Rule::NotADockerfile => self.unreadable += 1,
                Rule::WindowsImage => self.windows += 1,
                Rule::UserInferred => {}
            }
            match finding.fix.as_ref().map(|fix| fix.applicability) {
                Ok(Applicability::Safe) => self.safe += 1,
                Ok(Applicability::Unsafe) => self.unsafe_fixes += 1,
                _ => {}
            }
        }
    }

    fn sentence(&self) -> String {
        let mut parts = Vec::new();
        let mut part = |count: usize, text: &str| {
            if count > 0 {
                parts.push(format!("{count} {text}"));
            }
        };
        part(self.fine, "fine");
        part(self.root, "as root");
        part(self.undetermined, "not known");
        part(self.steps_down, "stepping down from root");
        part(self.unreadable, "no Dockerfile");
        part(self.windows, "for Windows");
        let files = if self.files == 1 {
            "1 file".into()
        } else {
            format!("{} files", self.files)
        };
        if parts.is_empty() {
            return format!("checked {files}");
        }
        let fixes = if self.root > 0 {
            format!(
                "; fixes: {} safe, {} unsafe, {} none",
                self.safe,
                self.unsafe_fixes,
                self.root - self.safe - self.unsafe_fixes
            )
        } else {
            String::new()
        };
        format!("checked {files}: {}{fixes}", parts.join(", "))
    }

    fn exit_code(&self) -> ExitCode {
        super::exit_code(self.failed, self.weighty)
    }
}
