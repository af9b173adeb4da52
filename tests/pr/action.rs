//! Mode `pr` of the Action: the same with a runner around it.

use crate::double::TOKEN;
use crate::setting::{BRANCH, Setting};

/// The step's environment: inputs as `action.yml` passes them, and the runner's files.
fn step(setting: &mut Setting, inputs: &[(&str, &str)]) {
    setting.sandbox.unset("UNROOT_TOKEN");
    setting.sandbox.write("runner/output", "");
    setting.sandbox.write("runner/summary", "");
    let path = |name: &str| setting.sandbox.path(name).to_string_lossy().into_owned();
    let (output, summary) = (path("runner/output"), path("runner/summary"));
    setting.sandbox.set("GITHUB_OUTPUT", &output);
    setting.sandbox.set("GITHUB_STEP_SUMMARY", &summary);
    setting.sandbox.set("GITHUB_REPOSITORY", "acme/shop");
    setting.sandbox.set("GITHUB_EVENT_NAME", "schedule");
    setting.sandbox.set("UNROOT_INPUT_MODE", "pr");
    setting.sandbox.set("UNROOT_INPUT_TOKEN", TOKEN);
    for (name, value) in inputs {
        setting.sandbox.set(name, value);
    }
}

#[test]
fn a_scheduled_run_opens_a_pull_request() {
    let Some(mut setting) = Setting::new() else {
        return;
    };
    step(&mut setting, &[("UNROOT_INPUT_LABELS", "security")]);
    // A runner's git knows nobody.
    setting.sandbox.write("home/.gitconfig", "");
    let run = setting.sandbox.unroot_beside("repo", &["action"]).expect(0);
    assert!(!run.all().contains(TOKEN));
    assert_eq!(
        setting.github.take_writes(),
        ["POST /pulls", "POST /issues/1/labels"]
    );
    let output = setting.sandbox.read("runner/output");
    for part in ["created", "/acme/shop/pull/1", BRANCH] {
        assert!(output.contains(part), "{part}: {output}");
    }
    let summary = setting.sandbox.read("runner/summary");
    assert!(summary.contains("Pull request created: <http"), "{summary}");
    let author = setting.sandbox.git(
        "acme/shop.git",
        &["log", "-1", "--format=%an <%ae>", BRANCH],
    );
    assert_eq!(
        author,
        "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>"
    );
}

#[test]
fn a_refused_pull_request_leaves_a_link_in_the_summary_and_does_not_fail() {
    let Some(mut setting) = Setting::new() else {
        return;
    };
    step(&mut setting, &[]);
    setting.github.state().pulls_allowed = false;
    let run = setting.sandbox.unroot_beside("repo", &["action"]).expect(0);
    assert!(
        run.stdout
            .contains("::warning title=unroot::the branch is pushed"),
        "{}",
        run.stdout
    );
    let summary = setting.sandbox.read("runner/summary");
    assert!(
        summary.contains("[Open the pull request by hand](http"),
        "{summary}"
    );
}

#[test]
fn a_fork_s_pull_request_ends_in_summary_and_annotations() {
    let Some(mut setting) = Setting::new() else {
        return;
    };
    let event = r#"{"pull_request": {"head": {"repo": {"full_name": "somebody/shop"}}}}"#;
    setting.sandbox.write("runner/event.json", event);
    let path = setting
        .sandbox
        .path("runner/event.json")
        .to_string_lossy()
        .into_owned();
    step(&mut setting, &[("GITHUB_EVENT_PATH", &path)]);
    setting.sandbox.unset("GITHUB_EVENT_NAME");
    setting.sandbox.set("GITHUB_EVENT_NAME", "pull_request");
    let run = setting.sandbox.unroot_beside("repo", &["action"]).expect(0);
    assert!(
        run.stdout.contains("::error ") || run.stdout.contains("::warning "),
        "{}",
        run.stdout
    );
    assert!(setting.sandbox.read("runner/summary").contains("fork"));
    assert_eq!(setting.github.take_calls(), [""; 0]);
    assert_eq!(setting.tip(), "");
}
