//! The Action itself, from `uses: ./` to an opened pull request, by `act` on this machine. `.ci/action` installs
//! it, names it in `UNROOT_ACT`, and without it this says so.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use crate::double::TOKEN;
use crate::setting::{BRANCH, Setting};

const WORKFLOW: &str = r"on: [push]
jobs:
  fix:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: unroot
        uses: ./
        with:
          version: path
          mode: pr
          labels: security
          token: ${{ secrets.WRITER }}
      - env:
          RESULT: ${{ steps.unroot.outputs.pull-request-operation }} ${{ steps.unroot.outputs.pull-request-number }}
        run: echo $RESULT > $OUT
";

#[cfg(unix)]
#[test]
fn the_action_opens_a_pull_request() {
    let Some(act) = std::env::var_os("UNROOT_ACT") else {
        // Not by `eprintln`, which the harness keeps to itself.
        let _ = std::io::stderr()
            .write_all(b"\nSKIPPED: UNROOT_ACT names no act, the Action did not run here\n");
        return;
    };
    let Some(setting) = Setting::new() else {
        return;
    };
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["action.yml", "action/install.sh"] {
        let text = std::fs::read(project.join(name)).expect("readable");
        setting.sandbox.write(&format!("repo/{name}"), text);
    }
    let script = setting.sandbox.path("repo/action/install.sh");
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .expect("ours");
    setting.moves_on(".github/workflows/fix.yml", WORKFLOW);
    let run = || {
        let binary = cargo_bin("unroot");
        let folder = binary.parent().expect("a folder").display().to_string();
        let path = std::env::var("PATH").expect("a PATH");
        let out = setting.sandbox.path("out");
        let pair = |name: &str, value: &str| format!("{name}={value}");
        let output = Command::new(&act)
            .current_dir(setting.sandbox.path("repo"))
            .env_clear()
            .env("PATH", format!("{folder}:{path}"))
            .env("HOME", setting.sandbox.path("runner"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .args(["push", "-P", "ubuntu-latest=-self-hosted", "--pull=false"])
            .args(["--env", &pair("GITHUB_API_URL", &setting.github.api_url())])
            .args([
                "--env",
                &pair("GITHUB_SERVER_URL", &setting.github.server_url()),
            ])
            .args(["--env", &pair("OUT", &out.to_string_lossy())])
            .args(["--secret", &pair("WRITER", TOKEN)])
            .args(["--secret", "GITHUB_TOKEN=ghs_another0123456789"])
            .output()
            .expect("act runs");
        let log = [output.stdout, output.stderr].concat();
        let log = String::from_utf8_lossy(&log).into_owned();
        assert!(output.status.success(), "{log}");
        assert!(!log.contains(TOKEN), "{log}");
        (setting.sandbox.read("out"), log)
    };
    let (result, log) = run();
    assert_eq!(result, "created 1\n", "{log}");
    assert_eq!(
        setting.github.take_writes(),
        ["POST /pulls", "POST /issues/1/labels"]
    );
    let fixed = setting.sandbox.show("acme/shop.git", BRANCH, "Dockerfile");
    assert!(fixed.contains("USER 10001:10001"), "{fixed}");
    assert!(log.contains("Pull request created: <http"), "{log}");
    let (result, log) = run();
    assert_eq!(result, "none 1\n", "{log}");
    assert_eq!(setting.github.take_writes(), [""; 0]);
}
