//! What each call does, as GitHub does it.

use serde_json::{Value, json};

use super::description::Operation;
use super::http::{Request, Response};
use super::state::{Pull, State, repository};
use super::{NAME, OWNER, error_body};

/// Does what is asked.
pub(crate) fn answer(
    request: &Request,
    operation: &Operation<'_>,
    api: &str,
    state: &mut State,
) -> Response {
    let value = |name: &str| operation.values.get(name).map(String::as_str);
    if (value("owner"), value("repo")) != (Some(OWNER), Some(NAME)) {
        return Response::error(404, "Not Found");
    }
    if operation.method != "GET" && state.read_only {
        return Response::error(403, "Resource not accessible by integration");
    }
    let body = request.json().unwrap_or_default();
    let branch = value("ref")
        .and_then(|name| name.strip_prefix("heads/"))
        .unwrap_or_default();
    match (operation.method, operation.path) {
        ("GET", "/repos/{owner}/{repo}") => Response::new(200, repository(state, OWNER)),
        ("GET", "/repos/{owner}/{repo}/pulls") => list(request, api, state),
        ("POST", "/repos/{owner}/{repo}/pulls") => create(&body, state),
        ("GET", _) => match state.branches.get(branch) {
            Some(commit) => Response::new(200, reference(branch, commit)),
            None => Response::error(404, "Not Found"),
        },
        ("POST", "/repos/{owner}/{repo}/git/refs") => create_branch(&body, state),
        ("PATCH", "/repos/{owner}/{repo}/git/refs/{ref}") => {
            let commit = text(&body, "sha");
            if !state.branches.contains_key(branch) {
                return invalid("Reference does not exist");
            }
            state.branches.insert(branch.to_owned(), commit.clone());
            Response::new(200, reference(branch, &commit))
        }
        ("DELETE", "/repos/{owner}/{repo}/git/refs/{ref}") => {
            if state.delete_branch(branch) {
                Response::new(204, Value::Null)
            } else {
                invalid("Reference does not exist")
            }
        }
        (_, path) => below_a_pull(path, operation.number(), &body, state),
    }
}

fn below_a_pull(path: &str, number: u64, body: &Value, state: &mut State) -> Response {
    let names = |key: &str| -> Vec<String> {
        let names = body[key].as_array().into_iter().flatten();
        names
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect()
    };
    let collaborators = state.collaborators.clone();
    let Some(pull) = state.pull(number) else {
        return Response::error(404, "Not Found");
    };
    match path.rsplit('/').next().unwrap_or_default() {
        "labels" => {
            for name in names("labels") {
                if !pull
                    .labels
                    .iter()
                    .any(|known| known.eq_ignore_ascii_case(&name))
                {
                    pull.labels.push(name);
                }
            }
            let labels = pull.labels.iter().map(|name| json!({ "name": name }));
            Response::new(200, labels.collect())
        }
        "assignees" => {
            // Those who cannot be assigned are passed over.
            let known = names("assignees")
                .into_iter()
                .filter(|name| collaborators.contains(name));
            pull.assignees.extend(known);
            Response::new(201, pull.clone().json(state))
        }
        "requested_reviewers" => {
            let reviewers = names("reviewers");
            if reviewers.iter().any(|name| !collaborators.contains(name)) {
                return Response::error(
                    422,
                    "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the acme/shop repository.",
                );
            }
            pull.reviewers.extend(reviewers);
            pull.teams.extend(names("team_reviewers"));
            Response::new(201, pull.clone().json(state))
        }
        "comments" => {
            state.comments.push((number, text(body, "body")));
            let url = format!(
                "{}/{OWNER}/{NAME}/pull/{number}#issuecomment-1",
                state.server
            );
            Response::new(201, json!({ "body": text(body, "body"), "html_url": url }))
        }
        _ => {
            if let Some(title) = body["title"].as_str() {
                title.clone_into(&mut pull.title);
            }
            if let Some(text) = body["body"].as_str() {
                if text.chars().count() > 65_536 {
                    return invalid("body is too long (maximum is 65536 characters)");
                }
                pull.body = Some(text.to_owned());
            }
            if let Some(state) = body["state"].as_str() {
                pull.open = state == "open";
            }
            Response::new(200, pull.clone().json(state))
        }
    }
}

fn list(request: &Request, api: &str, state: &State) -> Response {
    let wanted = request.value("state").unwrap_or_else(|| "open".into());
    let (head, base) = (request.value("head"), request.value("base"));
    let mut found: Vec<&Pull> = state
        .pulls
        .iter()
        .filter(|pull| wanted == "all" || (wanted == "open") == pull.open)
        // A head without its owner is passed over.
        .filter(
            |pull| match head.as_deref().filter(|head| head.contains(':')) {
                Some(head) => head == format!("{}:{}", pull.head_owner, pull.head),
                None => true,
            },
        )
        .filter(|pull| base.as_ref().is_none_or(|base| *base == pull.base))
        .collect();
    found.sort_by_key(|pull| pull.number);
    if request.value("direction").as_deref() != Some("asc") {
        found.reverse();
    }
    let number = |name: &str, default: usize| {
        request
            .value(name)
            .and_then(|value| value.parse().ok())
            .unwrap_or(default)
    };
    let (size, page) = (
        number("per_page", 30).clamp(1, 100),
        number("page", 1).max(1),
    );
    let pages = found.len().div_ceil(size);
    let shown = found
        .iter()
        .skip((page - 1) * size)
        .take(size)
        .map(|pull| pull.json(state));
    let response = Response::new(200, shown.collect());
    if page >= pages {
        return response;
    }
    let pairs = request.pairs();
    let others = pairs.iter().filter(|(name, _)| name != "page");
    let others: Vec<String> = others
        .map(|(name, value)| format!("{name}={}&", value.replace(':', "%3A").replace('/', "%2F")))
        .collect();
    let others = others.concat();
    let at = |page: usize| format!("<{api}/repos/{OWNER}/{NAME}/pulls?{others}page={page}>");
    let link = format!(
        "{}; rel=\"next\", {}; rel=\"last\"",
        at(page + 1),
        at(pages)
    );
    response.headers(&[("link", link)])
}

fn create(body: &Value, state: &mut State) -> Response {
    if !state.pulls_allowed {
        return Response::error(
            403,
            "GitHub Actions is not permitted to create or approve pull requests.",
        );
    }
    let (head, base) = (text(body, "head"), text(body, "base"));
    for (field, name) in [("head", &head), ("base", &base)] {
        if !state.branches.contains_key(name) {
            let mut answer = error_body("Validation Failed");
            answer["errors"] =
                json!([{ "resource": "PullRequest", "field": field, "code": "invalid" }]);
            return Response::new(422, answer);
        }
    }
    if state.branches[&head] == state.branches[&base] {
        return invalid(&format!("No commits between {base} and {head}"));
    }
    let same = |pull: &&Pull| pull.open && pull.head == head && pull.base == base;
    if state.pulls.iter().any(|pull| same(&pull)) {
        return invalid(&format!(
            "A pull request already exists for {OWNER}:{head}."
        ));
    }
    if text(body, "body").chars().count() > 65_536 {
        return invalid("body is too long (maximum is 65536 characters)");
    }
    let number = state
        .pulls
        .iter()
        .map(|pull| pull.number)
        .max()
        .unwrap_or_default()
        + 1;
    let mut pull = Pull::new(
        number,
        &head,
        &base,
        &text(body, "title"),
        &text(body, "body"),
    );
    pull.draft = body["draft"] == true;
    state.pulls.push(pull.clone());
    Response::new(201, pull.json(state))
}

fn create_branch(body: &Value, state: &mut State) -> Response {
    let name = text(body, "ref");
    let Some(branch) = name.strip_prefix("refs/heads/") else {
        return Response::error(422, "Reference name must start with 'refs/'.");
    };
    if state.branches.contains_key(branch) {
        return Response::error(422, "Reference already exists");
    }
    let commit = text(body, "sha");
    state.branches.insert(branch.to_owned(), commit.clone());
    Response::new(201, reference(branch, &commit))
}

fn reference(branch: &str, commit: &str) -> Value {
    json!({ "ref": format!("refs/heads/{branch}"), "object": { "sha": commit } })
}

/// A 422 with one reason.
fn invalid(said: &str) -> Response {
    let mut body = error_body("Validation Failed");
    body["errors"] = json!([{ "resource": "PullRequest", "code": "custom", "message": said }]);
    Response::new(422, body)
}

fn text(body: &Value, key: &str) -> String {
    body[key].as_str().unwrap_or_default().to_owned()
}
