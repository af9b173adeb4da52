//! Reports are what their schemas say: this project's own, and that of SARIF.

use jsonschema::Validator;
use serde_json::Value;

use super::hostile::hostile;
use super::{FILES, Run, again, examples, run};

/// Reports on many files: examples, cases of every kind, and one that cannot be judged.
fn reports(format: &str) -> Vec<Run> {
    let args = |rest: &[&'static str]| [&["check", "--format", format], rest].concat();
    let mut all = vec![
        examples(&args(&["examples"])),
        examples(&args(&["--all-targets", "--strict", "tests/cases"])),
        examples(&args(&["--target", "web", "examples"])),
        run(&FILES, &args(&[])).1,
        run(&[], &args(&[])).1,
        again(&hostile(), &args(&[])),
    ];
    all.push(examples(&["diff", "--format", format, "tests/cases"]));
    all
}

fn validator(schema: &Value) -> Validator {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(schema).expect("a schema")
}

fn hold(validator: &Validator, report: &str) -> Value {
    let report: Value = serde_json::from_str(report).expect("JSON");
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    report
}

/// What is written is described, all of it. Readers get the schema without that last bit: new fields may come.
#[test]
fn json_is_what_its_schema_says() {
    let text = include_str!("../../docs/report.schema.json");
    let schema: Value = serde_json::from_str(text).expect("JSON");
    let mut strict = schema.clone();
    close(&mut strict);
    let (open, closed) = (validator(&schema), validator(&strict));
    for run in reports("json") {
        let mut report = hold(&closed, &run.stdout);
        report["files_of_the_future"] = Value::Null;
        assert!(open.is_valid(&report) && !closed.is_valid(&report));
        report["version"] = 2.into();
        assert!(!open.is_valid(&report), "another version is another form");
    }
    let version = &schema["properties"]["version"]["const"];
    assert_eq!(version, unroot::render::json::VERSION);
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.insert("additionalProperties".into(), false.into());
            }
            object.values_mut().for_each(close);
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn the_schema_has_every_rule() {
    let text = include_str!("../../docs/report.schema.json");
    let schema: Value = serde_json::from_str(text).expect("JSON");
    let rules = &schema["$defs"]["finding"]["properties"]["rule"]["enum"];
    let known: Vec<&str> = unroot::finding::Rule::ALL
        .iter()
        .map(|rule| rule.id())
        .collect();
    assert_eq!(rules, &serde_json::json!(known));
}

#[test]
fn sarif_is_what_its_schema_says_and_github_asks_for() {
    let schema = serde_json::from_str(include_str!("sarif-2.1.0.json")).expect("JSON");
    let validator = validator(&schema);
    let (mut fixes, mut results) = (0, 0);
    for run in reports("sarif") {
        let log = hold(&validator, &run.stdout);
        let rules = log["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .expect("rules");
        for rule in rules {
            for text in [
                "/shortDescription/text",
                "/fullDescription/text",
                "/help/text",
                "/help/markdown",
            ] {
                let text = rule.pointer(text).and_then(Value::as_str);
                assert!(
                    text.is_some_and(|text| !text.is_empty() && text.len() < 1024),
                    "{rule}"
                );
            }
        }
        for result in log["runs"][0]["results"].as_array().expect("results") {
            results += 1;
            let print = result["partialFingerprints"]["unrootFinding/v1"].as_str();
            assert_eq!(print.map(str::len), Some(16), "{result}");
            let rule = &rules
                [usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small")];
            assert_eq!(rule["id"], result["ruleId"]);
            fixes += result["fixes"].as_array().map_or(0, Vec::len);
        }
    }
    assert!(
        results > 500 && fixes > 200,
        "{results} results, {fixes} fixes"
    );
}

/// What GitLab and reviewdog read, as their documentation has it: no field is missing, and none is made up.
#[test]
fn gitlab_and_reviewdog_get_their_fields() {
    for (format, schema) in [
        ("gitlab", include_str!("gitlab.schema.json")),
        ("rdjsonl", include_str!("rdjsonl.schema.json")),
    ] {
        let validator = validator(&serde_json::from_str(schema).expect("JSON"));
        let runs = reports(format);
        let texts = runs.iter().flat_map(|run| {
            let lines = format == "rdjsonl";
            let split = if lines { '\n' } else { '\0' };
            run.stdout.split(split).filter(|text| !text.is_empty())
        });
        let mut held = 0;
        for text in texts {
            hold(&validator, text);
            held += 1;
        }
        assert!(held >= 2, "{format}: {held}");
    }
}

/// Rules about root have the tags that auditors look for; the others do not.
#[test]
fn sarif_names_the_weakness_and_the_benchmark() {
    let (_folder, run) = run(&FILES, &["check", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&run.stdout).expect("JSON");
    for rule in log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules")
    {
        let tags = rule["properties"]["tags"].as_array().expect("tags");
        let id = rule["id"].as_str().expect("an identifier");
        let about_root = matches!(
            id,
            "runs-as-root" | "user-undetermined" | "steps-down" | "user-inferred"
        );
        for tag in ["security", "external/cwe/cwe-250", "cis-4.1"] {
            assert_eq!(tags.contains(&tag.into()), about_root, "{id}: {tag}");
        }
    }
}
