//! `unroot action` as `action.yml` calls it: inputs and `GITHUB_*` in, workflow commands, summary, outputs and
//! exit code out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

const ROOT: &str = "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nCMD [\"node\", \"server.js\"]\n";
const FINE: &str = "FROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"sleep\", \"1\"]\n";
const UNKNOWN: &str = "FROM registry.example.com/team/base\nCMD [\"run\"]\n";
const TOKEN: &str = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";

/// A repository that was checked out by a workflow, and the files of its runner.
struct Job {
    repository: TempDir,
    runner: TempDir,
}

struct Step {
    log: String,
    summary: String,
    outputs: Vec<(String, String)>,
    code: i32,
}

impl Job {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = || TempDir::new().expect("a temporary folder");
        let (repository, runner) = (folder(), folder());
        for (name, text) in files {
            let path = repository.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
            fs::write(path, text).expect("writable");
        }
        Self { repository, runner }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.runner.path().join(name)
    }

    /// A step with these inputs, for a push.
    fn step(&self, inputs: &[(&str, &str)]) -> Step {
        self.event("push", r#"{"ref": "refs/heads/main"}"#, inputs)
    }

    fn event(&self, name: &str, payload: &str, inputs: &[(&str, &str)]) -> Step {
        fs::write(self.at("event.json"), payload).expect("writable");
        for file in ["output", "summary"] {
            let _ = fs::remove_file(self.at(file));
        }
        let mut command = assert_cmd::Command::new(cargo_bin("unroot"));
        command
            .arg("action")
            .current_dir(self.repository.path())
            .env_clear()
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", name)
            .env("GITHUB_EVENT_PATH", self.at("event.json"))
            .env("GITHUB_REPOSITORY", "octo/app")
            .env("GITHUB_OUTPUT", self.at("output"))
            .env("GITHUB_STEP_SUMMARY", self.at("summary"))
            .env("RUNNER_TEMP", self.runner.path())
            .env("UNROOT_INPUT_TOKEN", TOKEN);
        for (input, value) in inputs {
            command.env(unroot::action::inputs::variable_of(input), value);
        }
        let output = command.output().expect("the binary runs");
        let read = |file: &str| fs::read_to_string(self.at(file)).unwrap_or_default();
        let step = Step {
            log: String::from_utf8_lossy(&output.stdout).into_owned(),
            summary: read("summary"),
            outputs: outputs(&read("output")),
            code: output.status.code().unwrap_or(-1),
        };
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(stderr, "", "a runner reads commands there, too");
        for text in [&step.log, &step.summary, &read("output")] {
            assert!(!text.contains(TOKEN), "the token is told: {text}");
        }
        step
    }
}

impl Step {
    fn output(&self, name: &str) -> &str {
        let found = self.outputs.iter().find(|(output, _)| output == name);
        found.map_or("(none)", |(_, value)| value)
    }

    /// The commands of this name that a runner would carry out.
    fn commands(&self, name: &str) -> Vec<&str> {
        let mut stopped: Option<String> = None;
        let mut found = Vec::new();
        for line in self.log.lines() {
            if let Some(token) = &stopped {
                if line == format!("::{token}::") {
                    stopped = None;
                }
                continue;
            }
            if let Some(token) = line.strip_prefix("::stop-commands::") {
                stopped = Some(token.to_owned());
            } else if line.starts_with(&format!("::{name} "))
                || line.starts_with(&format!("::{name}::"))
            {
                found.push(line);
            } else {
                let old = !line.starts_with("::") && line.contains("##[");
                assert!(!old, "an old command: {line}");
            }
        }
        assert_eq!(stopped, None, "commands are on again at the end");
        found
    }
}

/// Reads `GITHUB_OUTPUT` as a runner does.
fn outputs(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let (name, delimiter) = line.split_once("<<").expect("a heredoc");
        let value: Vec<&str> = lines
            .by_ref()
            .take_while(|line| *line != delimiter)
            .collect();
        found.push((name.to_owned(), value.join("\n")));
    }
    found
}

fn pull_request_of(head: &str) -> String {
    format!(r#"{{"number": 7, "pull_request": {{"head": {{"repo": {{"full_name": "{head}"}}}}}}}}"#)
}

#[test]
fn a_check_annotates_summarises_and_fails() {
    let job = Job::new(&[
        ("Dockerfile", ROOT),
        ("ok/Dockerfile", FINE),
        ("x/Dockerfile", UNKNOWN),
    ]);
    let step = job.step(&[]);
    assert_eq!(step.code, 1);
    let errors = step.commands("error");
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0].starts_with("::error file=Dockerfile,line=1,endLine=1,col=1,endColumn=18,title=unroot%3A runs-as-root::the last stage starts as root"),
        "{}", errors[0]
    );
    assert!(errors[0].contains("%0Afix: "), "{}", errors[0]);
    let warnings = step.commands("warning");
    assert!(
        warnings[0].contains("file=x/Dockerfile,"),
        "{}",
        warnings[0]
    );
    assert!(
        step.summary
            .contains("checked 3 files: 1 fine, 1 as root, 1 not known")
    );
    assert!(
        step.summary
            .contains("### `Dockerfile`\n\n- **root**, line 1: ")
    );
    assert!(
        step.summary.contains("\n+USER 1000:1000\n"),
        "{}",
        step.summary
    );
    assert!(!step.summary.contains("ok/Dockerfile"));
    assert_eq!(
        (step.output("findings"), step.output("fixable")),
        ("2", "1")
    );
    assert_eq!(
        (step.output("changed"), step.output("diff-file")),
        ("false", "")
    );
    let text = fs::read_to_string(job.repository.path().join("Dockerfile"));
    assert_eq!(
        text.expect("readable"),
        ROOT,
        "nothing is written into the repository"
    );
}

#[test]
fn fail_on_decides_what_fails() {
    let root = Job::new(&[("Dockerfile", ROOT)]);
    let unknown = Job::new(&[("Dockerfile", UNKNOWN)]);
    let fine = Job::new(&[("Dockerfile", FINE)]);
    for (fail_on, codes) in [
        ("", [1, 0, 0]),
        ("root", [1, 0, 0]),
        ("unknown", [1, 1, 0]),
        ("never", [0, 0, 0]),
    ] {
        let found = [&root, &unknown, &fine].map(|job| job.step(&[("fail-on", fail_on)]).code);
        assert_eq!(found, codes, "fail-on: {fail_on}");
    }
}

#[test]
fn a_diff_is_a_file_that_git_applies_and_stands_folded_in_the_log() {
    let job = Job::new(&[("Dockerfile", ROOT), ("my app/Dockerfile", ROOT)]);
    let step = job.step(&[("mode", "diff"), ("fail-on", "never")]);
    assert_eq!(step.code, 0);
    assert_eq!(step.output("changed"), "true");
    assert_eq!(step.commands("group"), ["::group::Patch"]);
    assert_eq!(step.commands("endgroup").len(), 1);
    let patch = PathBuf::from(step.output("diff-file"));
    assert_eq!(patch, job.at("unroot.patch"));
    let git = |args: &[&str]| {
        let mut command = Command::new("git");
        let status = command
            .args(args)
            .current_dir(job.repository.path())
            .status();
        assert!(status.expect("git runs").success(), "git {args:?}");
    };
    git(&["init", "-q"]);
    git(&["apply", &patch.to_string_lossy()]);
    let again = job.step(&[("mode", "diff"), ("diff-file", "out/fix.patch")]);
    assert_eq!((again.code, again.output("changed")), (0, "false"));
    let empty = fs::read(job.repository.path().join("out/fix.patch"));
    assert_eq!(empty.expect("written"), b"");
}

#[test]
fn unsafe_fixes_are_made_when_asked_for() {
    // Not every runtime lets any user bind port 80.
    let doubtful =
        "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nCMD [\"node\", \"server.js\"]\n";
    let job = Job::new(&[("Dockerfile", doubtful)]);
    let safe = job.step(&[("mode", "diff")]);
    assert_eq!(
        (safe.output("fixable"), safe.output("changed")),
        ("0", "false")
    );
    assert!(
        safe.summary.contains("  - not applied: "),
        "{}",
        safe.summary
    );
    let all = job.step(&[("mode", "diff"), ("fix", "all")]);
    assert_eq!(
        (all.output("fixable"), all.output("changed")),
        ("1", "true")
    );
    assert!(all.summary.contains("  - unsafe: "), "{}", all.summary);
}

#[test]
fn only_ten_of_a_kind_are_annotated_and_the_rest_is_counted() {
    let mut files: Vec<(String, &str)> = Vec::new();
    for at in 0..14 {
        files.push((format!("a{at:02}/Dockerfile"), UNKNOWN));
        files.push((format!("b{at:02}/Dockerfile"), ROOT));
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), *text))
        .collect();
    let step = Job::new(&files).step(&[]);
    let all = ["error", "warning"].map(|name| step.commands(name).len());
    assert_eq!(all, [10, 10]);
    let notices = step.commands("notice");
    assert!(
        notices[0].contains("8 more findings are not shown"),
        "{notices:?}"
    );
    let place = |command: &str| step.log.find(command).expect("it is there");
    assert!(place("::error file=b09") < place("::warning file=a00"));
    assert!(
        step.summary.contains("### `b13/Dockerfile`"),
        "the summary has all"
    );
    let quiet = Job::new(&files).step(&[("format", "text")]);
    assert_eq!((quiet.commands("error").len(), quiet.code), (0, 1));
}

#[test]
fn text_of_a_dockerfile_is_no_command_and_no_markdown() {
    let evil = "FROM node:22-slim AS a\nCOPY <<E /x\n::error::owned\n##[error]owned\n::set-output name=findings::0\n```\n# owned\nE\n\
                FROM registry.example.com/::error::x%0A::warning::y##[error]z`<b>@octo\n";
    let job = Job::new(&[
        ("Dockerfile", evil),
        ("::error::owned/Dockerfile", ROOT),
        ("a\n::error::owned/Dockerfile", ROOT),
    ]);
    let step = job.step(&[("mode", "diff"), ("fix", "all")]);
    for command in ["error", "warning", "notice"] {
        for line in step.commands(command) {
            assert!(line.contains("title=unroot"), "{line}");
        }
    }
    assert_eq!(step.commands("set-output"), [""; 0]);
    let mut fence = None;
    for line in step.summary.lines() {
        match fence {
            Some(length) if line.len() == length && line.chars().all(|ch| ch == '`') => {
                fence = None;
            }
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line.trim_end_matches("diff").len()),
            None => assert!(
                !line.starts_with("# ") && !line.contains("<b>@") || line.contains('`'),
                "{line}"
            ),
        }
    }
    assert_eq!(fence, None);
}

#[test]
fn a_fork_gets_a_summary_and_annotations_and_the_findings_decide() {
    let job = Job::new(&[("Dockerfile", ROOT)]);
    let fork = pull_request_of("eve/app");
    for (fail_on, code) in [("", 0), ("root", 1)] {
        let inputs = [("mode", "pr"), ("fail-on", fail_on)];
        let step = job.event("pull_request", &fork, &inputs);
        assert_eq!(step.code, code, "fail-on: {fail_on}");
        assert_eq!(step.commands("error").len(), 1);
        assert!(step.commands("notice")[0].contains("comes from a fork"));
        assert!(
            step.summary.contains("comes from a fork") && step.summary.contains("+USER 1000:1000")
        );
        assert_eq!(step.output("pull-request-operation"), "none");
        assert_eq!(step.output("changed"), "false");
    }
    let broken = job.event("pull_request", "{", &[("mode", "pr")]);
    assert_eq!(broken.code, 2);
    let check = job.event("pull_request", "{", &[]);
    assert_eq!(check.code, 1, "a check does not look at the event");
}

#[test]
fn a_pull_request_that_cannot_be_opened_leaves_what_was_found() {
    // No git repository at all.
    let step = Job::new(&[("Dockerfile", ROOT)]).step(&[("mode", "pr")]);
    assert_eq!(step.code, 2);
    assert_eq!(step.commands("error").len(), 2, "the finding, and why");
    assert!(step.summary.contains("No pull request could be opened"));
    assert!(
        step.summary.contains("### `Dockerfile`"),
        "{}",
        step.summary
    );
    assert_eq!(
        (step.output("findings"), step.output("changed")),
        ("1", "false")
    );
}

#[test]
fn sarif_is_written_where_it_is_wanted() {
    let job = Job::new(&[("my app/Dockerfile", ROOT), ("ok/Dockerfile", FINE)]);
    let step = job.step(&[("sarif-file", "reports/unroot.sarif"), ("fail-on", "never")]);
    assert_eq!(step.output("sarif-file"), "reports/unroot.sarif");
    let text = fs::read_to_string(job.repository.path().join("reports/unroot.sarif"));
    let log: serde_json::Value = serde_json::from_str(&text.expect("written")).expect("JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "runs-as-root");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "my%20app/Dockerfile");
    assert_eq!(place["region"]["startLine"], 1);
}

#[test]
fn what_cannot_be_done_is_an_annotation_and_exit_code_2() {
    let job = Job::new(&[("Dockerfile", ROOT)]);
    for (inputs, message) in [
        (
            &[("mode", "fix")][..],
            "input `mode`: `fix` is not one of `check`, `diff`, `pr`",
        ),
        (
            &[("ports", "8080")],
            "input `ports`: `8080` is not one of `keep`, `move`, `setcap`",
        ),
        (
            &[("user", "root")],
            "input `user`: root is what this program is here to avoid",
        ),
        (
            &[("path", "nowhere\n::error::x")],
            "cannot find nowhere: No such file or directory",
        ),
        (
            &[("path", "-")],
            "input `path`: a step has no standard input",
        ),
        (&[("config", "none.toml")], "cannot read none.toml"),
        (&[("build-args", "A")], "--build-arg A: a value is missing"),
    ] {
        let step = job.step(inputs);
        assert_eq!(step.code, 2, "{inputs:?}");
        let errors = step.commands("error");
        assert_eq!(errors.len(), 1, "{inputs:?}: {errors:?}");
        assert!(errors[0].contains(&format!("::{message}")), "{}", errors[0]);
    }
    let stage = job.step(&[("target", "web")]);
    assert_eq!(stage.code, 2, "a file without the stage is not passed over");
    assert!(
        stage.summary.contains("checked 0 files"),
        "{}",
        stage.summary
    );
}

#[test]
fn outside_of_a_workflow_it_only_prints() {
    let job = Job::new(&[("Dockerfile", ROOT)]);
    let mut command = Command::new(cargo_bin("unroot"));
    let output = command
        .arg("action")
        .current_dir(job.repository.path())
        .env_clear()
        .output();
    let output = output.expect("the binary runs");
    assert_eq!(output.status.code(), Some(1));
    let help = Command::new(cargo_bin("unroot"))
        .arg("--help")
        .output()
        .expect("it runs");
    assert!(
        !String::from_utf8_lossy(&help.stdout).contains("UNROOT_INPUT"),
        "it is not for people"
    );
}

/// The outputs that `action.yml` hands on are those that are written, and it passes every input.
#[test]
fn the_metadata_and_the_program_know_the_same_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let metadata = fs::read_to_string(root.join("action.yml")).expect("readable");
    let source = fs::read_to_string(root.join("src/action/inputs.rs")).expect("readable");
    let (inputs, rest) = metadata.split_once("\noutputs:\n").expect("outputs");
    let (outputs, steps) = rest.split_once("\nruns:\n").expect("runs");
    let (_, inputs) = inputs.split_once("\ninputs:\n").expect("inputs");
    let names = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        lines
            .filter_map(|line| Some(line.trim().strip_suffix(':')?.to_owned()))
            .collect()
    };
    for input in names(inputs) {
        assert!(
            steps.contains(&format!(": ${{{{ inputs.{input} }}}}\n")),
            "{input} is passed on"
        );
        if input != "version" && input != "download-url" {
            assert!(source.contains(&format!("\"{input}\"")), "{input} is read");
            let line = format!("        {}: ", unroot::action::inputs::variable_of(&input));
            assert!(steps.contains(&line), "{input} has its variable");
        }
    }
    let step = Job::new(&[]).event(
        "pull_request",
        &pull_request_of("eve/app"),
        &[("mode", "pr")],
    );
    let written: Vec<String> = step.outputs.into_iter().map(|(name, _)| name).collect();
    let mut declared = names(outputs);
    let mut all = written;
    declared.sort();
    all.sort();
    assert_eq!(declared, all);
    for run in steps
        .lines()
        .filter(|line| line.trim_start().starts_with("run:"))
    {
        assert!(!run.contains("${{"), "{run}");
    }
}

/// What `docs/at-scale.md` gives to engines that open pull requests themselves.
#[cfg(unix)]
#[test]
fn commands_for_engines_change_files_and_succeed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/at-scale");
    let spec = fs::read_to_string(root.join("batch-spec.yaml")).expect("readable");
    let step = spec
        .lines()
        .find_map(|line| line.trim().strip_prefix("- run: "));
    let script = root.join("unroot-fix").to_string_lossy().into_owned();
    let binary = cargo_bin("unroot");
    let folder = binary
        .parent()
        .expect("a folder")
        .to_string_lossy()
        .into_owned();
    for command in [step.expect("a step"), &script] {
        let job = Job::new(&[("Dockerfile", ROOT), ("x/Dockerfile", UNKNOWN)]);
        let run = |arguments: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", &format!("{command}{arguments}")]);
            shell.current_dir(job.repository.path());
            shell.env("PATH", format!("{folder}:/usr/bin:/bin"));
            shell.output().expect("there is a shell").status.success()
        };
        assert!(run(""), "what is held back is no failure: {command}");
        let fixed = fs::read_to_string(job.repository.path().join("Dockerfile"));
        assert!(
            fixed.expect("readable").contains("\nUSER 1000:1000\n"),
            "{command}"
        );
        assert!(run(""), "nor is nothing to do: {command}");
    }
    let job = Job::new(&[("unroot.toml", "nonsense"), ("Dockerfile", ROOT)]);
    let mut shell = Command::new(&script);
    shell
        .current_dir(job.repository.path())
        .env("PATH", format!("{folder}:/usr/bin:/bin"));
    assert!(
        !shell.output().expect("it runs").status.success(),
        "an error is one"
    );
}

#[test]
fn the_last_stage_alone_is_looked_at_where_that_is_asked_for() {
    let job = Job::new(&[
        (
            "Dockerfile",
            "FROM node:22-slim AS dev\nCMD [\"node\", \"dev.js\"]\n\nFROM dev\nUSER node\n",
        ),
        (
            "compose.yaml",
            "services:\n  web:\n    build: {context: ., target: dev}\n",
        ),
    ]);
    let built = job.step(&[]);
    assert_eq!(built.output("findings"), "1", "{}", built.log);
    let last = job.step(&[("last-stage", "true")]);
    assert_eq!(last.output("findings"), "0", "{}", last.log);
}
