//! The GraphQL API: checks a document and its variables against the slice of GitHub's schema, and makes the commit.

use graphql_parser::query::{
    Definition, OperationDefinition, Selection, SelectionSet, Value as Written,
};
use graphql_parser::schema::{self, Type, TypeDefinition};
use serde_json::{Value, json};

use super::http::{Request, Response};
use super::state::State;

type Schema<'s> = schema::Document<'s, String>;

/// Does what is asked.
pub(crate) fn answer(request: &Request, state: &mut State) -> Response {
    let body = request.json().unwrap_or_default();
    if let Err(violation) = check(&body) {
        state.violations.push(format!("GraphQL: {violation}"));
        return refused("BAD_REQUEST", &violation);
    }
    if state.read_only {
        return refused("FORBIDDEN", "Resource not accessible by integration");
    }
    let input = &body["variables"]["input"];
    let branch = input["branch"]["branchName"].as_str().unwrap_or_default();
    let Some(at) = state.branches.get(branch) else {
        return refused("NOT_FOUND", "A branch was not found");
    };
    if Some(at.as_str()) != input["expectedHeadOid"].as_str() {
        return refused(
            "STALE_DATA",
            &format!(
                "Expected branch to point to \"{}\" but it did not.",
                input["expectedHeadOid"]
            ),
        );
    }
    let commit = format!("{:0>40}", format!("5{:x}", state.signed.len()));
    state.branches.insert(branch.to_owned(), commit.clone());
    state.signed.insert(commit.clone(), input.clone());
    let made = json!({ "oid": commit, "signature": { "isValid": true } });
    Response::new(
        200,
        json!({ "data": { "createCommitOnBranch": { "commit": made } } }),
    )
}

fn refused(kind: &str, said: &str) -> Response {
    Response::new(
        200,
        json!({ "data": null, "errors": [{ "type": kind, "message": said }] }),
    )
}

/// What is wrong with a request, as far as a schema can tell.
fn check(body: &Value) -> Result<(), String> {
    let keys: Vec<&String> = body.as_object().ok_or("no object")?.keys().collect();
    if keys
        .iter()
        .any(|key| !["query", "variables", "operationName"].contains(&key.as_str()))
    {
        return Err(format!("unknown keys among {keys:?}"));
    }
    let schema: Schema<'_> =
        graphql_parser::parse_schema(include_str!("../../github/schema.graphql"))
            .map_err(|error| error.to_string())?
            .into_static();
    let text = body["query"].as_str().ok_or("no query")?;
    let document =
        graphql_parser::parse_query::<String>(text).map_err(|error| error.to_string())?;
    let [Definition::Operation(OperationDefinition::Mutation(mutation))] =
        document.definitions.as_slice()
    else {
        return Err("not one mutation".into());
    };
    for variable in &mutation.variable_definitions {
        let value = body["variables"]
            .get(&variable.name)
            .unwrap_or(&Value::Null);
        check_value(&schema, &variable.var_type, value, &variable.name)?;
    }
    let known: Vec<&String> = mutation
        .variable_definitions
        .iter()
        .map(|variable| &variable.name)
        .collect();
    for name in body["variables"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
    {
        if !known.contains(&name) {
            return Err(format!("the document has no variable {name}"));
        }
    }
    let types = |name: &str| {
        let mut variables = mutation.variable_definitions.iter();
        variables
            .find(|variable| variable.name == name)
            .map(|variable| variable.var_type.to_string())
    };
    check_selection(&schema, "Mutation", &mutation.selection_set, &types)
}

fn check_selection(
    schema: &Schema<'_>,
    of: &str,
    selection: &SelectionSet<'_, String>,
    variables: &dyn Fn(&str) -> Option<String>,
) -> Result<(), String> {
    for item in &selection.items {
        let Selection::Field(asked) = item else {
            return Err("fragments are not looked at".into());
        };
        let fields = fields(schema, of).ok_or_else(|| format!("{of} has no fields"))?;
        let field = fields.iter().find(|field| field.name == asked.name);
        let field = field.ok_or_else(|| format!("{of} has no field {}", asked.name))?;
        for (name, value) in &asked.arguments {
            let argument = field
                .arguments
                .iter()
                .find(|argument| argument.name == *name);
            let argument = argument.ok_or_else(|| format!("{} takes no {name}", asked.name))?;
            let Written::Variable(variable) = value else {
                return Err(format!("{name} is no variable"));
            };
            if variables(variable) != Some(argument.value_type.to_string()) {
                return Err(format!("${variable} is no {}", argument.value_type));
            }
        }
        let missing = field.arguments.iter().find(|argument| {
            matches!(argument.value_type, Type::NonNullType(_))
                && !asked
                    .arguments
                    .iter()
                    .any(|(name, _)| *name == argument.name)
        });
        if let Some(missing) = missing {
            return Err(format!("{} needs {}", asked.name, missing.name));
        }
        let inner = named(&field.field_type);
        match (
            fields_of(schema, inner),
            asked.selection_set.items.is_empty(),
        ) {
            (true, true) => return Err(format!("{} needs a selection", asked.name)),
            (false, false) => return Err(format!("{} has no fields", asked.name)),
            (true, false) => check_selection(schema, inner, &asked.selection_set, variables)?,
            (false, true) => {}
        }
    }
    Ok(())
}

fn check_value(
    schema: &Schema<'_>,
    kind: &Type<'_, String>,
    value: &Value,
    place: &str,
) -> Result<(), String> {
    match kind {
        Type::NonNullType(_) if value.is_null() => Err(format!("{place} is missing")),
        Type::NonNullType(inner) => check_value(schema, inner, value, place),
        _ if value.is_null() => Ok(()),
        Type::ListType(inner) => {
            let values = value
                .as_array()
                .ok_or_else(|| format!("{place} is no list"))?;
            let mut values = values.iter().enumerate();
            values.try_for_each(|(at, value)| {
                check_value(schema, inner, value, &format!("{place}[{at}]"))
            })
        }
        Type::NamedType(name) => check_named(schema, name, value, place),
    }
}

fn check_named(schema: &Schema<'_>, name: &str, value: &Value, place: &str) -> Result<(), String> {
    let found = types(schema)
        .find(|known| matches!(known, TypeDefinition::InputObject(input) if input.name == name));
    let Some(TypeDefinition::InputObject(input)) = found else {
        return match (name, value) {
            ("Boolean", Value::Bool(_)) | ("Int", Value::Number(_)) => Ok(()),
            ("GitObjectID", Value::String(oid)) => {
                let is_oid = oid.len() == 40 && oid.bytes().all(|byte| byte.is_ascii_hexdigit());
                if is_oid {
                    Ok(())
                } else {
                    Err(format!("{place} is no commit: {oid}"))
                }
            }
            ("String" | "ID" | "Base64String", Value::String(_)) => Ok(()),
            _ => Err(format!("{place} is no {name}: {value}")),
        };
    };
    let object = value
        .as_object()
        .ok_or_else(|| format!("{place} is no object"))?;
    if let Some(unknown) = object
        .keys()
        .find(|key| !input.fields.iter().any(|field| field.name == **key))
    {
        return Err(format!("{name} has no {unknown}"));
    }
    let mut fields = input.fields.iter();
    fields.try_for_each(|field| {
        let value = object.get(&field.name).unwrap_or(&Value::Null);
        check_value(
            schema,
            &field.value_type,
            value,
            &format!("{place}.{}", field.name),
        )
    })
}

fn types<'a, 's>(schema: &'a Schema<'s>) -> impl Iterator<Item = &'a TypeDefinition<'s, String>> {
    schema
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            schema::Definition::TypeDefinition(found) => Some(found),
            _ => None,
        })
}

fn fields<'a, 's>(schema: &'a Schema<'s>, of: &str) -> Option<&'a [schema::Field<'s, String>]> {
    types(schema).find_map(|found| match found {
        TypeDefinition::Object(object) if object.name == of => Some(object.fields.as_slice()),
        TypeDefinition::Interface(object) if object.name == of => Some(object.fields.as_slice()),
        _ => None,
    })
}

fn fields_of(schema: &Schema<'_>, of: &str) -> bool {
    fields(schema, of).is_some()
}

fn named<'a>(kind: &'a Type<'_, String>) -> &'a str {
    match kind {
        Type::NamedType(name) => name,
        Type::ListType(inner) | Type::NonNullType(inner) => named(inner),
    }
}
