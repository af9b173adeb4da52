//! `unroot lsp` as an editor meets it: frames in, frames out.

#[allow(dead_code, reason = "shared with tests that use the rest")]
#[path = "../common/workspace.rs"]
mod workspace;

mod protocol;
mod session;

use serde_json::{Value, json};

use session::{Session, edited, uri};
use workspace::Workspace;

const PYTHON: &str =
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"app.py\"]\n";
const FINE: &str = "FROM alpine:3.22\nRUN adduser -D app\nUSER app\nCMD [\"sleep\", \"1\"]\n";
const VOLUME: &str = "FROM alpine:3.22\nVOLUME /data\nCMD [\"sleep\", \"9\"]\n";
const NGINX: &[(&str, &str)] = &[
    (
        "Dockerfile",
        "FROM nginx:1.29\nCOPY site.conf /etc/nginx/conf.d/default.conf\nEXPOSE 80\n",
    ),
    (
        "site.conf",
        "server {\n    listen 80;\n    root /usr/share/nginx/html;\n}\n",
    ),
];

/// What `unroot fix` makes of the files in the folder.
fn fixed(workspace: &Workspace, arguments: &[&str], name: &str) -> String {
    let arguments = [&["fix", "Dockerfile"], arguments].concat();
    let run = workspace.run(&arguments);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    workspace.read(name)
}

/// The edits of the only file that an action changes.
fn edits_of(action: &Value) -> Value {
    let changes = action["edit"]["documentChanges"]
        .as_array()
        .expect("changes");
    assert_eq!(changes.len(), 1, "{action}");
    changes[0]["edits"].clone()
}

#[test]
fn what_is_found_is_told_and_taken_back() {
    let workspace = Workspace::new(&[("Dockerfile", PYTHON)]);
    let uri = uri(&workspace.path().join("Dockerfile"));
    let mut session = Session::open(workspace.path(), &[]);
    let told = session.show(&uri, PYTHON);
    assert_eq!((&told["uri"], &told["version"]), (&json!(uri), &json!(1)));
    let found = &told["diagnostics"][0];
    assert_eq!(found["code"], "runs-as-root");
    assert_eq!(
        (&found["severity"], &found["source"]),
        (&json!(1), &json!("unroot"))
    );
    let range =
        json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 21 } });
    assert_eq!(found["range"], range);
    let message = found["message"].as_str().expect("a message");
    assert!(
        message.contains("fix: run as app (10001:10001) (safe)"),
        "{message}"
    );
    let href = found["codeDescription"]["href"]
        .as_str()
        .expect("an address");
    assert!(href.ends_with("docs/rules.md#runs-as-root"));
    assert_eq!(
        found["relatedInformation"][0]["location"]["range"]["start"]["line"],
        3
    );

    // Somebody types a USER, a piece at a time.
    let insert = |line: u32, column: u32, text: &str| {
        let place = json!({ "line": line, "character": column });
        json!({ "range": { "start": place, "end": place }, "text": text })
    };
    let told = session.change(&uri, 2, &json!([insert(3, 0, "USER \n")]));
    assert_eq!(told["diagnostics"][0]["code"], "not-a-dockerfile");
    let told = session.change(&uri, 3, &json!([insert(3, 5, "70"), insert(3, 7, "00")]));
    assert_eq!(
        (&told["version"], &told["diagnostics"]),
        (&json!(3), &json!([]))
    );
    let told = session.change(&uri, 4, &json!([{ "text": PYTHON }]));
    assert_eq!(told["diagnostics"][0]["code"], "runs-as-root");
    session.tell(
        "textDocument/didClose",
        &json!({ "textDocument": { "uri": uri } }),
    );
    assert_eq!(session.diagnostics()["diagnostics"], json!([]));
    session.close();
}

#[test]
fn the_action_makes_what_fix_writes() {
    let crlf = PYTHON.replace('\n', "\r\n");
    let wide = format!("# é 𝄞\n{PYTHON}").replace("WORKDIR /app", "ENV NAME=\"𝄞é\"\nWORKDIR /app");
    let marked = format!("\u{feff}{PYTHON}");
    let last = PYTHON.trim_end().to_owned();
    let root = "FROM node:22\nUSER root\nRUN npm ci # 𝄞\nCMD [\"node\", \"x.js\"]\n".to_owned();
    for text in [PYTHON.to_owned(), crlf, wide, marked, last, root] {
        let workspace = Workspace::new(&[("Dockerfile", &text)]);
        let uri = uri(&workspace.path().join("Dockerfile"));
        let mut session = Session::open(workspace.path(), &[]);
        session.show(&uri, &text);
        let actions = session.actions(&uri, Some("quickfix"));
        let all = session.actions(&uri, Some("source.fixAll"));
        let made = actions
            .iter()
            .chain(&all)
            .map(|action| edited(&text, &edits_of(action)));
        let made: Vec<String> = made.collect();
        let arguments: &[&str] = if actions[0]["isPreferred"] == true {
            &[]
        } else {
            &["--unsafe"]
        };
        let expected = fixed(&workspace, arguments, "Dockerfile");
        assert!(!made.is_empty() && expected != text);
        for made in made {
            assert_eq!(made, expected);
        }
        session.close();
    }
}

#[test]
fn safe_and_unsafe_are_told_apart() {
    let workspace = Workspace::new(&[
        ("Dockerfile", VOLUME),
        ("b/Dockerfile", PYTHON),
        ("c/Dockerfile", FINE),
    ]);
    let mut session = Session::open(workspace.path(), &[]);
    let of = |name: &str| uri(&workspace.path().join(name));
    session.show(&of("Dockerfile"), VOLUME);
    session.show(&of("b/Dockerfile"), PYTHON);
    session.show(&of("c/Dockerfile"), FINE);

    let actions = session.actions(&of("Dockerfile"), None);
    assert_eq!(
        actions.len(),
        1,
        "nothing safe to make at once: {actions:?}"
    );
    let title = actions[0]["title"].as_str().expect("a title");
    assert!(
        title.contains("(unsafe: ") && title.contains("volume"),
        "{title}"
    );
    assert_eq!(
        (&actions[0]["kind"], &actions[0]["isPreferred"]),
        (&json!("quickfix"), &json!(false))
    );

    let actions = session.actions(&of("b/Dockerfile"), None);
    assert_eq!(actions[0]["title"], "unroot: run as app (10001:10001)");
    assert_eq!(actions[0]["isPreferred"], true);
    assert_eq!(actions[0]["diagnostics"][0]["code"], "runs-as-root");
    assert_eq!(actions[1]["kind"], "source.fixAll.unroot");
    for (only, count) in [
        ("source", 1),
        ("source.fixAll.unroot", 1),
        ("source.organizeImports", 0),
        ("refactor", 0),
        ("quick", 0),
    ] {
        assert_eq!(
            session.actions(&of("b/Dockerfile"), Some(only)).len(),
            count,
            "{only}"
        );
    }
    assert!(session.actions(&of("c/Dockerfile"), None).is_empty());

    // Away from the finding nothing is offered but what is about the file.
    let place = json!({ "line": 2, "character": 0 });
    let params = json!({
        "textDocument": { "uri": of("b/Dockerfile") },
        "range": { "start": place, "end": place },
        "context": { "diagnostics": [] },
    });
    let answer = session.ask("textDocument/codeAction", &params);
    assert_eq!(answer["result"].as_array().map(Vec::len), Some(1));
    session.close();
}

#[test]
fn files_of_the_build_context_change_with_it() {
    let workspace = Workspace::new(NGINX);
    let dockerfile = NGINX[0].1;
    let (here, site) = (
        uri(&workspace.path().join("Dockerfile")),
        workspace.path().join("site.conf"),
    );
    let mut session = Session::open(workspace.path(), &["--ports", "move"]);
    session.show(&here, dockerfile);
    let action = session.actions(&here, Some("quickfix")).remove(0);
    let changes = action["edit"]["documentChanges"]
        .as_array()
        .expect("changes")
        .clone();
    assert_eq!(changes.len(), 2, "{action}");
    assert_eq!(
        changes[0]["textDocument"],
        json!({ "uri": here, "version": 1 })
    );
    assert_eq!(
        changes[1]["textDocument"]["version"],
        Value::Null,
        "it is not open"
    );

    // What is open counts as the editor has it, and not as it lies on the disk.
    let typed = NGINX[1].1.replace("server {", "# 𝄞\nserver {");
    session.tell(
        "textDocument/didOpen",
        &json!({ "textDocument": { "uri": uri(&site), "languageId": "nginx", "version": 7, "text": typed } }),
    );
    let action = session.actions(&here, Some("quickfix")).remove(0);
    let change = &action["edit"]["documentChanges"][1];
    assert_eq!(
        change["textDocument"],
        json!({ "uri": uri(&site), "version": 7 })
    );
    assert_eq!(
        edited(&typed, &change["edits"]),
        typed.replace("listen 80", "listen 8080")
    );

    let arguments = ["--unsafe", "--ports", "move"];
    let expected = fixed(&workspace, &arguments, "Dockerfile");
    assert_eq!(edited(dockerfile, &changes[0]["edits"]), expected);
    assert_eq!(
        edited(NGINX[1].1, &changes[1]["edits"]),
        workspace.read("site.conf")
    );
    session.close();

    // An editor without versions gets the same by name.
    let workspace = Workspace::new(NGINX);
    let here = uri(&workspace.path().join("Dockerfile"));
    let mut session = Session::with(workspace.path(), &["--ports", "move"], &json!({}));
    session.show(&here, dockerfile);
    let action = session.actions(&here, Some("quickfix")).remove(0);
    let changes = action["edit"]["changes"].as_object().expect("changes");
    assert_eq!(changes.len(), 2);
    assert_eq!(edited(dockerfile, &changes[&here]), expected);
    session.close();
}

#[test]
fn a_new_file_is_made_where_the_editor_can() {
    let files = [
        ("Dockerfile", VOLUME),
        ("unroot.toml", "strategy = \"step-down\"\n"),
    ];
    let workspace = Workspace::new(&files);
    let here = uri(&workspace.path().join("Dockerfile"));
    let mut session = Session::with(
        workspace.path(),
        &[],
        &json!({ "workspace": { "workspaceEdit": { "documentChanges": true } } }),
    );
    session.show(&here, VOLUME);
    assert!(
        session.actions(&here, None).is_empty(),
        "a fix is made whole or not at all"
    );
    session.close();

    let mut session = Session::open(workspace.path(), &[]);
    session.show(&here, VOLUME);
    let action = session.actions(&here, None).remove(0);
    let changes = &action["edit"]["documentChanges"];
    let made = uri(&workspace.path().join("step-down.sh"));
    assert_eq!(
        (&changes[1]["kind"], &changes[1]["uri"]),
        (&json!("create"), &json!(made))
    );
    assert_eq!(changes[2]["textDocument"]["uri"], json!(made));
    let expected = fixed(&workspace, &["--unsafe"], "Dockerfile");
    assert_eq!(edited(VOLUME, &changes[0]["edits"]), expected);
    assert_eq!(
        edited("", &changes[2]["edits"]),
        workspace.read("step-down.sh")
    );
    session.close();
}

#[test]
fn configurations_and_comments_count() {
    let workspace = Workspace::new(&[
        (
            "unroot.toml",
            "exclude = [\"old/\"]\n[rules]\nruns-as-root = \"warning\"\n",
        ),
        ("sub/unroot.toml", "[user]\nname = \"svc\"\n"),
        ("bad/unroot.toml", "\nstratgy = \"user\"\n"),
    ]);
    let of = |name: &str| uri(&workspace.path().join(name));
    let mut session = Session::open(workspace.path(), &[]);
    assert_eq!(
        session.show(&of("Dockerfile"), PYTHON)["diagnostics"][0]["severity"],
        2
    );
    assert_eq!(
        session.show(&of("old/Dockerfile"), PYTHON)["diagnostics"],
        json!([])
    );
    let ignored = PYTHON.replace("CMD", "# unroot: ignore it must\nCMD");
    assert_eq!(
        session.show(&of("x.Dockerfile"), &ignored)["diagnostics"],
        json!([])
    );
    session.show(&of("sub/Dockerfile"), PYTHON);
    let action = session
        .actions(&of("sub/Dockerfile"), Some("quickfix"))
        .remove(0);
    assert_eq!(action["title"], "unroot: run as svc (10001:10001)");
    let told = session.show(&of("bad/Dockerfile"), PYTHON);
    let message = told["diagnostics"][0]["message"]
        .as_str()
        .expect("a message");
    assert!(
        message.contains("unroot.toml:2: unknown key `stratgy`"),
        "{message}"
    );
    assert!(session.actions(&of("bad/Dockerfile"), None).is_empty());

    // A configuration that is saved counts at once.
    workspace.write("unroot.toml", "[rules]\nruns-as-root = \"off\"\n");
    session.tell(
        "textDocument/didSave",
        &json!({ "textDocument": { "uri": of("Dockerfile") } }),
    );
    let told: Vec<Value> = (0..5).map(|_| session.diagnostics()).collect();
    let here = told.iter().find(|told| told["uri"] == of("Dockerfile"));
    assert_eq!(here.expect("told")["diagnostics"], json!([]));
    session.close();
}
