//! A folder in which the built binary runs as people run it.

use std::fs;
use std::path::Path;

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

/// A folder with files, in which the binary runs with nothing of this machine's environment.
pub(crate) struct Workspace {
    folder: TempDir,
}

/// What a run of it came to.
pub(crate) struct Run {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Workspace {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let workspace = Self { folder };
        for (name, text) in files {
            workspace.write(name, text);
        }
        workspace
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("writable");
        fs::write(path, text).expect("writable");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect("readable")
    }

    pub(crate) fn command(&self) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(cargo_bin("unroot"));
        command.current_dir(self.path()).env_clear();
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.finish(self.command().args(args))
    }

    pub(crate) fn pipe(&self, args: &[&str], stdin: &str) -> Run {
        self.finish(self.command().args(args).write_stdin(stdin))
    }

    pub(crate) fn finish(&self, command: &mut assert_cmd::Command) -> Run {
        let output = command.output().expect("the binary runs");
        let folder = self.path().to_string_lossy().into_owned();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&folder, "[DIR]");
        Run {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code().unwrap_or(-1),
        }
    }
}

impl Run {
    pub(crate) fn snapshot(&self, name: &str) {
        let text = format!(
            "exit code {}\n--- stdout\n{}--- stderr\n{}",
            self.code, self.stdout, self.stderr
        );
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../snapshots/cli");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, text));
    }
}
