//! GitHub's `OpenAPI` description, or the slice of it that `tests/github/slice.mjs` makes.

use std::collections::BTreeMap;

use jsonschema::Validator;
use serde_json::Value;

use super::http::{Request, decoded};

/// All operations that the slice has.
pub(crate) struct Description(Vec<Described>);

struct Described {
    path: String,
    method: String,
    parameters: Vec<Parameter>,
    body: Option<Validator>,
    body_required: bool,
    responses: BTreeMap<String, Validator>,
}

struct Parameter {
    name: String,
    place: String,
    required: bool,
    kind: Option<String>,
    schema: Validator,
}

/// A request that fits, with what its path holds.
pub(crate) struct Operation<'d> {
    pub(crate) path: &'d str,
    pub(crate) method: &'d str,
    pub(crate) values: BTreeMap<String, String>,
    responses: &'d BTreeMap<String, Validator>,
}

impl Description {
    pub(crate) fn read() -> Self {
        let slice: Value = serde_json::from_str(include_str!("../../github/openapi.json"))
            .expect("the slice is JSON");
        let validator = |schema: &Value| jsonschema::validator_for(schema).expect("a schema");
        let mut all = Vec::new();
        for (path, methods) in slice["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let parameters = operation["parameters"]
                    .as_array()
                    .expect("parameters")
                    .iter();
                let responses = operation["responses"]
                    .as_object()
                    .expect("responses")
                    .iter();
                all.push(Described {
                    path: path.clone(),
                    method: method.to_uppercase(),
                    parameters: parameters
                        .map(|parameter| Parameter {
                            name: parameter["name"].as_str().expect("a name").to_owned(),
                            place: parameter["in"].as_str().expect("a place").to_owned(),
                            required: parameter["required"] == true,
                            kind: parameter["schema"]["type"].as_str().map(str::to_owned),
                            schema: validator(&parameter["schema"]),
                        })
                        .collect(),
                    body: operation.get("body").map(validator),
                    body_required: operation["bodyRequired"] == true,
                    responses: responses
                        .map(|(status, schema)| (status.clone(), validator(schema)))
                        .collect(),
                });
            }
        }
        Self(all)
    }

    /// The operation that a request asks for, or what is wrong with it.
    pub(crate) fn check(&self, request: &Request, path: &str) -> Result<Operation<'_>, String> {
        let fitting = self
            .0
            .iter()
            .filter(|described| described.method == request.method);
        let mut fitting =
            fitting.filter_map(|described| Some((described, fit(&described.path, path)?)));
        let (described, values) = fitting.next().ok_or("no such call")?;
        let query = request.pairs();
        for (name, _) in &query {
            if !described
                .parameters
                .iter()
                .any(|known| known.place == "query" && known.name == *name)
            {
                return Err(format!("no parameter is called {name}"));
            }
        }
        for parameter in &described.parameters {
            let value = match parameter.place.as_str() {
                "query" => query
                    .iter()
                    .find(|(name, _)| *name == parameter.name)
                    .map(|(_, value)| value),
                _ => values.get(&parameter.name),
            };
            match value {
                Some(value) => parameter.check(value)?,
                None if parameter.required => return Err(format!("{} is missing", parameter.name)),
                None => {}
            }
        }
        match (&described.body, request.json()) {
            (Some(schema), Some(body)) => {
                if let Err(error) = schema.validate(&body) {
                    return Err(format!("{error} at {}: {body}", error.instance_path()));
                }
            }
            (Some(_), None) if described.body_required => return Err("a body is missing".into()),
            (None, Some(_)) => return Err("a body where none is asked for".into()),
            _ => {}
        }
        Ok(Operation {
            path: &described.path,
            method: &described.method,
            values,
            responses: &described.responses,
        })
    }
}

impl Parameter {
    fn check(&self, text: &str) -> Result<(), String> {
        let value = match self.kind.as_deref() {
            Some("integer") => text
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| format!("{} is no number: {text}", self.name))?,
            _ => Value::from(text),
        };
        let checked = self.schema.validate(&value);
        checked.map_err(|error| format!("{}: {error}", self.name))
    }
}

impl Operation<'_> {
    /// Whether GitHub gives such an answer to this.
    pub(crate) fn check_answer(&self, status: u16, body: &Value) -> Result<(), String> {
        // What every call may be answered, which is described for some only.
        if matches!(status, 401 | 403 | 404) {
            return Ok(());
        }
        let Some(schema) = self.responses.get(&status.to_string()) else {
            return Err(format!("status {status} is not described"));
        };
        schema
            .validate(body)
            .map_err(|error| format!("{error} at {}", error.instance_path()))
    }

    pub(crate) fn number(&self) -> u64 {
        let values = ["pull_number", "issue_number"];
        let mut numbers = values
            .iter()
            .filter_map(|name| self.values.get(*name)?.parse().ok());
        numbers.next().unwrap_or_default()
    }
}

/// What a path holds, when it has the form of the template. A `ref` may hold slashes.
fn fit(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    let mut parts = path.split('/');
    let mut wanted = template.split('/').peekable();
    while let Some(want) = wanted.next() {
        let part = parts.next()?;
        match want
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'))
        {
            Some("ref") if wanted.peek().is_none() => {
                let rest: Vec<&str> = std::iter::once(part).chain(parts.by_ref()).collect();
                values.insert("ref".into(), decoded(&rest.join("/")));
            }
            Some(name) if !part.is_empty() => {
                values.insert(name.into(), decoded(part));
            }
            None if want == part => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(values)
}
