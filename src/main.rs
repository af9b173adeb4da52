//! The `unroot` command. Reads arguments, calls the library, owns the streams and the exit code.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = cli::Arguments::read();
    match cli::run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            cli::report_error(&error, &arguments);
            ExitCode::from(2)
        }
    }
}
