//! `unroot.toml`: the schema and the documentation say what the program takes.

use std::fs;
use std::path::Path;

use serde_json::Value;
use unroot::config::Config;

/// Each is taken by both, or by none.
const VALID: &[&str] = &[
    "",
    "strategy = \"twin\"\nports = \"move\"\nown = \"none\"",
    "strategy = \"step-down\"",
    "ignore_comments = \"own\"\nexclude = [\"vendor/\", \"!keep\"]",
    "[user]\nname = \"svc\"\nuid = 1\ngid = 0\nnamed = true",
    "[user]\nuid_range = [10001, 19999]",
    "[rules]\nruns-as-root = \"warning\"\nsteps-down = \"error\"\nunused-suppression = \"off\"",
    "[[base]]\nimage = \"registry.example.com/*\"\nuser = \"1001\"",
    "[[base]]\nrepo = \"docker.io/library/x\"\ntag_re = '^2'\ndefault_user = \"root\"\nis_root = true",
    "[[base]]\nimage = \"x\"\nstart = { entrypoint = [\"/start\"], cmd = [\"serve\"] }",
    "[[base]]\nimage = \"x\"\nusers = [{ name = \"app\", uid = 5, gid = 0, home = \"/\" }]\nports = [80]",
];

const INVALID: &[&str] = &[
    "strategy = \"twins\"",
    "ports = \"unsaid\"",
    "ports = 8080",
    "own = true",
    "ignore_comments = false",
    "exclude = \"vendor\"",
    "exclude = [1]",
    "stratgy = \"twin\"",
    "user = \"svc\"",
    "[user]\nname = \"root\"",
    "[user]\nname = \"Svc\"",
    "[user]\nname = \"\"",
    "[user]\nuid = 0",
    "[user]\nuid = -1",
    "[user]\nuid = 2147483648",
    "[user]\nuid = \"10\"",
    "[user]\ngid = 2147483648",
    "[user]\nuid_range = [10]",
    "[user]\nuid_range = [0, 10]",
    "[user]\nnamed = \"yes\"",
    "[user]\nshell = \"/bin/sh\"",
    "[rules]\nruns-as-root = \"fatal\"",
    "[rules]\nruns-as-root = true",
    "[rules]\nruns_as_root = \"off\"",
    "[rules]\nDL3002 = \"off\"",
    "[base]\nimage = \"x\"",
    "[[base]]\nuser = \"1001\"",
    "[[base]]\nimage = \"x\"\nrepo = \"y\"\nuser = \"1\"",
    "[[base]]\nimage = \"x\"\nuser = \"1\"\ndefault_user = \"1\"",
    "[[base]]\nimage = \"x\"\nfamily = \"solaris\"",
    "[[base]]\nimage = \"x\"\nports = [70000]",
    "[[base]]\nimage = \"x\"\nusers = [{ uid = 5 }]",
    "[[base]]\nimage = \"x\"\nstart = { entrypoint = \"/start\" }",
];

fn schema() -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/unroot.json");
    let text = fs::read_to_string(path).expect("readable");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    assert!(jsonschema::meta::is_valid(&schema), "a schema");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn as_json(text: &str) -> Value {
    let value: toml::Value = toml::from_str(text).expect("TOML");
    serde_json::to_value(value).expect("JSON")
}

#[test]
fn the_schema_takes_what_the_program_takes() {
    let schema = schema();
    for text in VALID {
        Config::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        if let Err(error) = schema.validate(&as_json(text)) {
            panic!("{text}: {error}");
        }
    }
    for text in INVALID {
        assert!(Config::parse(text).is_err(), "the program takes {text}");
        assert!(!schema.is_valid(&as_json(text)), "the schema takes {text}");
    }
}

/// Every key of the schema is one of the program's, and is documented.
#[test]
fn the_documentation_has_every_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("schemas/unroot.json")).expect("readable");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    let docs = fs::read_to_string(root.join("docs/configuration.md")).expect("readable");
    let keys = |pointer: &str| -> Vec<String> {
        let object = schema.pointer(pointer).and_then(Value::as_object);
        object.expect("properties").keys().cloned().collect()
    };
    for pointer in [
        "/properties",
        "/properties/user/properties",
        "/properties/rules/properties",
        "/$defs/base/properties",
    ] {
        for key in keys(pointer) {
            assert!(docs.contains(&format!("`{key}`")), "`{key}` is documented");
        }
    }
    let wrong = Config::parse("nothing = 1").expect_err("unknown");
    let help = wrong.help.expect("the keys");
    for key in keys("/properties") {
        assert!(help.contains(&format!("`{key}`")), "{key}: {help}");
    }
    let wrong = Config::parse("[[base]]\nnothing_like_it = 1").expect_err("unknown");
    let help = wrong.help.expect("the keys");
    for key in keys("/$defs/base/properties") {
        assert!(help.contains(&format!("`{key}`")), "{key}: {help}");
    }
}

/// The examples of the documentation are configurations.
#[test]
fn the_examples_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let schema = schema();
    let mut count = 0;
    for page in ["docs/configuration.md", "docs/suppression.md", "README.md"] {
        let text = fs::read_to_string(root.join(page)).expect("readable");
        for block in text.split("```toml\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            Config::parse(block).unwrap_or_else(|error| panic!("{page}: {block}: {error}"));
            assert!(schema.is_valid(&as_json(block)), "{page}: {block}");
            count += 1;
        }
    }
    assert!(count >= 3);
}
