//! What pull requests would say of real files: three to be read, and all of `apps` for what must hold of any.

use std::fs;
use std::path::Path;

use unroot::analysis::Options;
use unroot::context::NoContext;
use unroot::finding::{Applicability, Finding, Fix};
use unroot::plan::{Patched, patch};
use unroot::pr::body::{Body, FileNote, LONGEST};
use unroot::pr::describe::{Changed, changed, left_alone};

use crate::corpus;

/// A Python service, a Node.js service and one in Go, of three repositories.
const READ: [(&str, &str); 3] = [
    (
        "python",
        "apps/GoogleCloudPlatform__microservices-demo/src__emailservice__Dockerfile",
    ),
    (
        "node",
        "apps/Azure-Samples__aks-store-demo/src__order-service__Dockerfile",
    ),
    (
        "subscriber",
        "apps/dapr__quickstarts/tutorials__pub-sub__python-subscriber__Dockerfile",
    ),
];

#[test]
fn three_that_a_maintainer_may_read() {
    let Some(corpus) = corpus() else { return };
    for (name, file) in READ {
        let bytes = fs::read(corpus.root.join(file)).expect("the file is there");
        let body = body("Dockerfile", &bytes).expect("there is a fix").render();
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/pr"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(format!("corpus-{name}"), body));
    }
}

#[test]
fn every_body_is_short_enough_and_names_its_file() {
    let Some(corpus) = corpus() else { return };
    let mut bodies = 0;
    for row in &corpus.rows {
        let file = row["file"].as_str().expect("file");
        if !file.starts_with("apps/") {
            continue;
        }
        let bytes = fs::read(corpus.root.join(file)).expect("the file is there");
        if let Some(body) = body(file, &bytes) {
            let text = body.render();
            assert!(
                text.chars().count() <= LONGEST && text.contains(file),
                "{file}"
            );
            bodies += 1;
        }
    }
    assert!(bodies > 300, "{bodies} bodies");
}

/// The text for a file that is judged alone; none where nothing changes.
fn body(path: &str, bytes: &[u8]) -> Option<Body> {
    let options = Options::default();
    let patched = patch(bytes, &NoContext, &options, Applicability::Unsafe).ok()?;
    Some(Body {
        files: vec![note(path, bytes, &patched)?],
        left: left_alone(path, &patched),
    })
}

fn note(path: &str, bytes: &[u8], patched: &Patched) -> Option<FileNote> {
    let findings = patched.applied();
    let fixes: Vec<(&Finding, &Fix)> = findings
        .filter_map(|finding| Some((finding, finding.fix.as_ref().ok()?)))
        .collect();
    Some(changed(&Changed {
        path,
        before: bytes,
        after: patched.after.as_deref()?,
        fixes: &fixes,
        files: &[],
        proofs: &[],
        verify: &format!("unroot verify {path}"),
    }))
}
