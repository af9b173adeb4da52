//! Everything that a run of the Action tells, gathered in one pass over the files.

use std::collections::BTreeSet;
use std::path::Path;

use clap::ValueEnum as _;
use unroot::action::summary::{Section, section};
use unroot::action::{InputError, Inputs};
use unroot::config::user_name;
use unroot::finding::{Applicability, Level};
use unroot::render::github::{Annotation, annotation};
use unroot::render::sarif;
use unroot::render::text::TextRenderer;
use unroot::render::{Found, Report as _};

use crate::cli::args::{self, Ports, Wanted, Who};
use crate::cli::check::findings;
use crate::cli::diff::{held_back, patch_of, patch_path};
use crate::cli::files::{each, patch_input};
use crate::cli::settings::Settings;
use crate::cli::summary::Summary;

/// What was found, in every form that a workflow asks for.
pub(super) struct Collected {
    pub(super) summary: Summary,
    /// Findings that weigh more than a note.
    pub(super) findings: usize,
    /// Those that the wanted fixes repair.
    pub(super) fixable: usize,
    /// The weight of the weightiest finding.
    pub(super) worst: Option<Level>,
    /// For people, file by file.
    pub(super) text: String,
    pub(super) annotations: Vec<Annotation>,
    pub(super) sections: Vec<Section>,
    /// All fixes as one patch.
    pub(super) patch: Vec<u8>,
    /// A log; none when nobody wants one.
    pub(super) sarif: Option<Vec<u8>>,
    /// Why files could not be read or judged.
    pub(super) errors: Vec<String>,
}

/// Looks at all files and plans the fixes that are wanted. Nothing is written.
pub(super) fn collect(inputs: &Inputs, color: bool) -> anyhow::Result<Collected> {
    let wanted = arguments(inputs)?;
    let files = &wanted.inputs;
    let settings = Settings::new(files, &wanted.who)?;
    let renderer = TextRenderer::new(color);
    let mut collected = Collected {
        summary: Summary::default(),
        findings: 0,
        fixable: 0,
        worst: None,
        text: String::new(),
        annotations: Vec::new(),
        sections: Vec::new(),
        patch: Vec::new(),
        sarif: inputs.sarif_file.is_some().then(Vec::new),
        errors: Vec::new(),
    };
    let mut printed = BTreeSet::new();
    let mut log = sarif::Report::default();
    if let Some(out) = &mut collected.sarif {
        log.start(out)?;
    }
    each(
        files,
        &settings,
        |input| patch_input(input, files, &settings, wanted.unsafe_fixes),
        |input, result| {
            let planned = match result {
                Ok(planned) => planned,
                Err(message) => {
                    collected.summary.failed = true;
                    if let Some(out) = &mut collected.sarif {
                        log.fail(out, &message)?;
                    }
                    collected.errors.push(message);
                    return Ok(());
                }
            };
            let name = patch_path(Path::new(&input.name()));
            let bytes = &planned.bytes;
            let analysis = &planned.patched.analysis;
            collected.summary.add(analysis);
            for finding in &analysis.findings {
                collected.findings += usize::from(finding.level > Level::Note);
                collected.worst = collected.worst.max(Some(finding.level));
                collected
                    .annotations
                    .push(annotation(&name, bytes, finding));
            }
            collected.fixable += planned.patched.applied.len();
            let text = findings(&renderer, &name, bytes, analysis);
            collected.text.push_str(&text);
            collected.text.push_str(&held_back(&name, &planned.patched));
            let patch = patch_of(&planned, &name, &mut printed, false)?;
            if let Some(out) = &mut collected.sarif {
                let found = Found {
                    name: &name,
                    path: &name,
                    bytes,
                    analysis,
                    patch: &patch,
                };
                log.add(out, &found)?;
            }
            let shown = String::from_utf8_lossy(&patch);
            collected
                .sections
                .extend(section(&name, &planned.patched, &shown));
            collected.patch.extend_from_slice(&patch);
            Ok(())
        },
    )?;
    if let Some(out) = &mut collected.sarif {
        log.finish(out)?;
    }
    Ok(collected)
}

/// The inputs as the arguments that the other commands take.
pub(super) fn arguments(inputs: &Inputs) -> Result<Wanted, InputError> {
    let files = args::Inputs {
        paths: inputs.paths.clone(),
        target: inputs.target.clone(),
        all_targets: inputs.all_targets,
        last_stage: inputs.last_stage,
        build_arg: inputs.build_args.clone(),
        config: inputs.config.clone(),
        strict: inputs.strict,
        ..args::Inputs::default()
    };
    let user = inputs.user.as_deref().map(user_name).transpose();
    let ports = inputs.ports.as_deref().map(|ports| {
        let message = || format!("`{ports}` is not one of `keep`, `move`, `setcap`");
        Ports::from_str(ports, false).map_err(|_| message())
    });
    let who = Who {
        user: user.map_err(|message| InputError::new("user", message))?,
        ports: ports
            .transpose()
            .map_err(|message| InputError::new("ports", message))?,
        ..Who::default()
    };
    Ok(Wanted {
        inputs: files,
        who,
        unsafe_fixes: inputs.fix <= Applicability::Unsafe,
    })
}
