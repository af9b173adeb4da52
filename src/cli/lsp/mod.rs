//! `unroot lsp`: a server of the Language Server Protocol 3.17 over standard input and output. One thread: a file is
//! judged in milliseconds. Nothing but the protocol goes to standard output.

mod actions;
mod diagnostics;
mod documents;
mod edits;
mod frames;
mod handlers;
mod opened;
mod place;
mod text;

use std::io::{self, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::args::{Inputs, LspArgs};
use super::settings::Settings;
use frames::Frame;
use handlers::Server;

/// JSON-RPC's and the protocol's numbers for what is wrong.
mod code {
    pub(super) const PARSE_ERROR: i64 = -32700;
    pub(super) const INVALID_REQUEST: i64 = -32600;
    pub(super) const METHOD_NOT_FOUND: i64 = -32601;
    pub(super) const INVALID_PARAMS: i64 = -32602;
    pub(super) const INTERNAL_ERROR: i64 = -32603;
    pub(super) const SERVER_NOT_INITIALIZED: i64 = -32002;
}

pub(super) fn run(args: &LspArgs) -> anyhow::Result<ExitCode> {
    let inputs = Inputs {
        base_user: args.base_user.clone(),
        context: args.context.clone(),
        config: args.config.clone(),
        ignore_comments: args.ignore_comments,
        strict: args.strict,
        ..Inputs::default()
    };
    // What is wrong with the arguments is said before an editor waits for an answer.
    Settings::new(&inputs, &args.who)?;
    let mut server = Server::new(inputs, &args.who, std::env::current_dir()?);
    let mut reader = BufReader::new(io::stdin().lock());
    let mut stdout = io::stdout().lock();
    let mut life = Life::Waiting;
    while let Some(frame) = frames::read(&mut reader)? {
        let answer = match frame {
            Frame::Message(message) => take(&mut server, &mut life, &message),
            Frame::Unreadable(why) => Some(error(&Value::Null, code::PARSE_ERROR, &why)),
        };
        if let Some(answer) = answer {
            frames::write(&mut stdout, &answer)?;
        }
        if let Life::Over { in_order } = life {
            return Ok(if in_order {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(1)
            });
        }
        // More is on its way: what somebody types is judged once it is there.
        if reader.buffer().is_empty() {
            let told = caught(|| server.publish()).unwrap_or_default();
            for notification in server.requests.drain(..).chain(told) {
                frames::write(&mut stdout, &notification)?;
            }
        }
    }
    Ok(match life {
        Life::ShutDown => ExitCode::SUCCESS,
        _ => ExitCode::from(1),
    })
}

/// How far the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Waiting,
    Serving,
    ShutDown,
    Over { in_order: bool },
}

/// Takes a message, and gives the answer where it asks for one.
fn take(server: &mut Server<'_>, life: &mut Life, message: &Value) -> Option<Value> {
    let id = message.get("id");
    let Some(method) = message.get("method").and_then(Value::as_str) else {
        // The answer to a question of ours.
        if message.get("result").is_some() || message.get("error").is_some() {
            return None;
        }
        let id = id.unwrap_or(&Value::Null);
        return Some(error(id, code::INVALID_REQUEST, "this is no message"));
    };
    let none = Value::Null;
    let params = message.get("params").unwrap_or(&none);
    let Some(id) = id else {
        match (method, *life) {
            ("exit", _) => {
                *life = Life::Over {
                    in_order: *life == Life::ShutDown,
                };
            }
            (_, Life::Serving) => {
                // What cannot be understood has nobody to be told.
                let _ = caught(|| server.notified(method, params));
            }
            _ => {}
        }
        return None;
    };
    let result = match (method, *life) {
        ("initialize", Life::Waiting) => {
            *life = Life::Serving;
            Ok(server.initialize(params))
        }
        ("initialize", _) => Err((code::INVALID_REQUEST, "this is running already".to_owned())),
        (_, Life::Waiting) => Err((
            code::SERVER_NOT_INITIALIZED,
            "`initialize` comes first".to_owned(),
        )),
        ("shutdown", _) => {
            *life = Life::ShutDown;
            Ok(Value::Null)
        }
        (_, Life::ShutDown | Life::Over { .. }) => {
            Err((code::INVALID_REQUEST, "this is shut down".to_owned()))
        }
        (_, Life::Serving) => caught(|| server.asked(method, params)).unwrap_or_else(|| {
            let told = "this is a mistake of unroot's; please report it";
            Err((code::INTERNAL_ERROR, told.to_owned()))
        }),
    };
    Some(match result {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err((number, message)) => error(id, number, &message),
    })
}

/// An editor keeps its server where a file shows a mistake of ours. The panic itself is told on standard error.
fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn error(id: &Value, number: i64, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": number, "message": message}})
}

fn notification(method: &str, params: &impl serde::Serialize) -> Value {
    json!({"jsonrpc": "2.0", "method": method, "params": params})
}
