// Makes openapi.json and schema.graphql, the parts of GitHub's own descriptions against which the double in
// tests/common/github checks what it is asked and what it answers. Run by hand when a call is added:
//
//     npm install --no-save @octokit/openapi@23.0.2 @octokit/graphql-schema@15.26.1
//     node tests/github/slice.mjs node_modules
//
// Both packages are MIT; see NOTICE.md.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = process.argv[2] ?? "node_modules";
const here = dirname(fileURLToPath(import.meta.url));
const api = JSON.parse(readFileSync(join(modules, "@octokit/openapi/generated/api.github.com.json"), "utf8"));

const CALLS = {
  "/repos/{owner}/{repo}": ["get"],
  "/repos/{owner}/{repo}/pulls": ["get", "post"],
  "/repos/{owner}/{repo}/pulls/{pull_number}": ["patch"],
  "/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers": ["post"],
  "/repos/{owner}/{repo}/issues/{issue_number}/labels": ["post"],
  "/repos/{owner}/{repo}/issues/{issue_number}/assignees": ["post"],
  "/repos/{owner}/{repo}/issues/{issue_number}/comments": ["post"],
  "/repos/{owner}/{repo}/git/ref/{ref}": ["get"],
  "/repos/{owner}/{repo}/git/refs": ["post"],
  "/repos/{owner}/{repo}/git/refs/{ref}": ["patch", "delete"],
};

// Of answers, the properties that unroot reads; the rest would be megabytes.
const READ = new Set([
  "number", "html_url", "state", "title", "body", "draft", "merged_at", "labels", "name", "head", "base", "ref",
  "sha", "repo", "full_name", "default_branch", "permissions", "push", "archived", "object",
]);

const resolve = (node) => {
  while (node.$ref) node = node.$ref.slice(2).split("/").reduce((at, key) => at[key], api);
  return node;
};

// A schema of OpenAPI 3.0 as JSON Schema, with its references put in their place.
const schema = (node, { only, strict }) => {
  node = resolve(node);
  const out = {};
  for (const key of ["type", "enum", "pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"]) {
    if (key in node) out[key] = node[key];
  }
  if (node.nullable && out.type) out.type = [out.type, "null"];
  if (node.nullable && out.enum) out.enum = [...out.enum, null];
  if (node.items) out.items = schema(node.items, { only, strict });
  for (const key of ["oneOf", "anyOf", "allOf"]) {
    if (node[key]) out[key] = node[key].map((one) => schema(one, { only, strict }));
  }
  if (node.properties) {
    out.properties = {};
    for (const [name, value] of Object.entries(node.properties)) {
      if (!only || only.has(name)) out.properties[name] = schema(value, { only, strict });
    }
    // What GitHub passes over in silence is a mistake of ours.
    if (strict) out.additionalProperties = false;
  }
  if (node.required) {
    const required = node.required.filter((name) => !only || only.has(name));
    if (required.length) out.required = required;
  }
  return out;
};

const slice = { source: `@octokit/openapi, api.github.com, version ${api.info.version}`, paths: {} };
for (const [path, methods] of Object.entries(CALLS)) {
  slice.paths[path] = {};
  for (const method of methods) {
    const operation = api.paths[path][method];
    const parameters = (operation.parameters ?? []).map(resolve).map((parameter) => ({
      name: parameter.name,
      in: parameter.in,
      ...(parameter.required ? { required: true } : {}),
      schema: schema(parameter.schema, {}),
    }));
    const body = operation.requestBody && resolve(operation.requestBody).content["application/json"].schema;
    const responses = {};
    for (const [status, response] of Object.entries(operation.responses)) {
      const answer = resolve(response).content?.["application/json"]?.schema;
      responses[status] = answer && status.startsWith("2") ? schema(answer, { only: READ }) : {};
    }
    slice.paths[path][method] = {
      parameters,
      ...(body ? { body: schema(body, { strict: true }), bodyRequired: !!operation.requestBody.required } : {}),
      responses,
    };
  }
}
writeFileSync(join(here, "openapi.json"), JSON.stringify(slice) + "\n");

// GraphQL: the types that the mutation reaches, with the fields that it may name.
const sdl = readFileSync(join(modules, "@octokit/graphql-schema/schema.graphql"), "utf8").replace(/[ \t]*"""[\s\S]*?"""\n?/g, "");
const block = (kind, name) => {
  const found = new RegExp(`^${kind} ${name}\\b[^{\\n]*\\{\\n[\\s\\S]*?\\n\\}`, "m").exec(sdl);
  if (!found) throw new Error(`no ${kind} ${name}`);
  return found[0].replace(/\n\s*\n/g, "\n");
};
const fields = (text, names) => {
  const [head, ...lines] = text.split("\n");
  const kept = names.map((name) => {
    const at = lines.findIndex((line) => new RegExp(`^  ${name}\\b`).test(line));
    if (at < 0) throw new Error(`no field ${name} in ${head}`);
    if (!lines[at].trimEnd().endsWith("(")) return lines[at];
    const end = lines.findIndex((line, index) => index > at && /^ {2}\)/.test(line));
    return lines.slice(at, end + 1).join("\n");
  });
  return [head.replace(/ implements [^{]*/, " "), ...kept, "}"].join("\n");
};
const types = [
  "schema {\n  mutation: Mutation\n}",
  ...["Base64String", "GitObjectID"].map((name) => `scalar ${name}`),
  fields(block("type", "Mutation"), ["createCommitOnBranch"]),
  fields(block("type", "CreateCommitOnBranchPayload"), ["clientMutationId", "commit"]),
  fields(block("type", "Commit"), ["oid", "signature"]),
  fields(block("interface", "GitSignature"), ["isValid", "state", "wasSignedByGitHub"]),
  ...["CommitMessage", "CommittableBranch", "CreateCommitOnBranchInput", "FileAddition", "FileChanges", "FileDeletion"]
    .map((name) => block("input", name)),
];
writeFileSync(join(here, "schema.graphql"), types.join("\n\n") + "\n");
