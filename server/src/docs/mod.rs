//! `/docs`: the API's document as a page. Written by the server, so that it needs no script and
//! keeps to the strict content policy.

use std::fmt::Write as _;
use std::sync::LazyLock;

use openchair_domain::html::escaped;
use poem::endpoint::make_sync;
use poem::{Response, Route, get};
use serde_json::Value;

use crate::openapi;

/// The paths, for the table of methods.
pub const PATHS: [&str; 3] = ["/openapi.json", "/docs", "/docs/docs.css"];

/// Adds the document and its page.
#[must_use]
pub fn routes(route: Route) -> Route {
    let [json, page, style] = PATHS;
    route
        .at(json, get(make_sync(|_| answer("application/json", openapi::document()))))
        .at(page, get(make_sync(|_| answer("text/html; charset=utf-8", &PAGE))))
        .at(style, get(make_sync(|_| answer("text/css; charset=utf-8", include_str!("docs.css")))))
}

fn answer(content_type: &str, body: &'static str) -> Response {
    Response::builder().content_type(content_type).header("cache-control", "no-cache").body(body)
}

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let document = serde_json::from_str(openapi::document()).unwrap_or_default();
    page(&document)
});

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn page(document: &Value) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} API {version}</title><link rel=\"stylesheet\" href=\"/docs/docs.css\"></head>\
         <body><header><h1>{title} API</h1><p>{description} Version {version}. \
         The same as <a href=\"/openapi.json\">openapi.json</a>.</p></header><main>",
        title = text(&document["info"]["title"]),
        version = text(&document["info"]["version"]),
        description = text(&document["info"]["description"]),
    );
    let mut by_tag: Vec<(String, String, String)> = items(&document["tags"])
        .map(|tag| (text(&tag["name"]), text(&tag["description"]), String::new()))
        .collect();
    for (path, methods) in entries(&document["paths"]) {
        for (method, operation) in entries(methods) {
            let tag = text(&operation["tags"][0]);
            let written = self::operation(path, method, operation);
            match by_tag.iter_mut().find(|(name, ..)| *name == tag) {
                Some((.., section)) => section.push_str(&written),
                None => by_tag.push((tag, String::new(), written)),
            }
        }
    }
    page.push_str("<nav aria-label=\"Sections\"><ul>");
    for (name, ..) in by_tag.iter().filter(|(.., section)| !section.is_empty()) {
        let _infallible = write!(page, "<li><a href=\"#{name}\">{name}</a></li>");
    }
    page.push_str("<li><a href=\"#schemas\">Schemas</a></li></ul></nav>");
    for (name, description, section) in by_tag.iter().filter(|(.., section)| !section.is_empty()) {
        let _infallible = write!(
            page,
            "<section id=\"{name}\"><h2>{name}</h2><p>{description}</p>{section}</section>"
        );
    }
    page.push_str("<section id=\"schemas\"><h2>Schemas</h2>");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        let _infallible = write!(
            page,
            "<details id=\"schema-{name}\"><summary>{name}</summary><p>{}</p>{}</details>",
            text(&schema["description"]),
            properties(schema),
        );
    }
    page.push_str("</section></main></body></html>");
    page
}

fn operation(path: &str, method: &str, operation: &Value) -> String {
    let mut out = format!(
        "<details id=\"{id}\"><summary><code class=\"method {method}\">{verb}</code> \
         <code>{path}</code> <span>{summary}</span></summary>",
        id = text(&operation["operationId"]),
        verb = method.to_uppercase(),
        summary = text(&operation["summary"]),
    );
    if items(&operation["security"]).next().is_none() {
        out.push_str("<p>Needs no sign-in.</p>");
    }
    let parameters: String = items(&operation["parameters"])
        .map(|parameter| {
            format!(
                "<tr><td><code>{}</code></td><td>{}{}</td><td>{}</td><td>{}</td></tr>",
                text(&parameter["name"]),
                text(&parameter["in"]),
                if parameter["required"] == true { ", needed" } else { "" },
                schema_name(&parameter["schema"]),
                text(&parameter["description"]),
            )
        })
        .collect();
    if !parameters.is_empty() {
        let _infallible =
            write!(out, "<h3>Parameters</h3><table><tbody>{parameters}</tbody></table>");
    }
    for (content, body) in entries(&operation["requestBody"]["content"]) {
        let name = schema_name(&body["schema"]);
        let _infallible = write!(out, "<h3>Body</h3><p><code>{content}</code>: {name}</p>");
    }
    out.push_str("<h3>Answers</h3><table><tbody>");
    for (status, response) in entries(&operation["responses"]) {
        let schema = entries(&response["content"])
            .map(|(_, content)| schema_name(&content["schema"]))
            .collect::<Vec<_>>()
            .join(", ");
        let _infallible = write!(
            out,
            "<tr><td><code>{status}</code></td><td>{}</td><td>{schema}</td></tr>",
            text(&response["description"]),
        );
    }
    out.push_str("</tbody></table></details>");
    out
}

fn schema_name(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#schema-{name}\">{name}</a>");
    }
    if let Some(first) = items(&schema["allOf"]).next() {
        return schema_name(first);
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", schema_name(&schema["items"])),
        Some(kind) => match schema["format"].as_str() {
            Some(format) => format!("{kind} ({format})"),
            None => kind.to_owned(),
        },
        None => "anything".to_owned(),
    }
}

fn properties(schema: &Value) -> String {
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<_> =
            values.iter().map(|value| format!("<code>{}</code>", text(value))).collect();
        return format!("<p>One of {}</p>", values.join(", "));
    }
    let needed: Vec<_> = items(&schema["required"]).filter_map(Value::as_str).collect();
    let rows: String = entries(&schema["properties"])
        .map(|(name, property)| {
            format!(
                "<tr><td><code>{name}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                if needed.contains(&name.as_str()) { "needed" } else { "" },
                schema_name(property),
                text(&property["description"]),
            )
        })
        .collect();
    format!("<table><tbody>{rows}</tbody></table>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_and_schema_is_on_the_page() {
        let document: Value = serde_json::from_str(openapi::document()).unwrap();
        for (path, methods) in entries(&document["paths"]) {
            for (_, operation) in entries(methods) {
                let id = operation["operationId"].as_str().unwrap();
                assert!(PAGE.contains(&format!("<details id=\"{id}\">")), "{path} {id}");
            }
        }
        for (name, _) in entries(&document["components"]["schemas"]) {
            assert!(PAGE.contains(&format!("id=\"schema-{name}\"")), "{name}");
        }
    }

    #[test]
    fn nothing_in_the_document_is_markup() {
        assert_eq!(text(&"<b>&\"".into()), "&lt;b&gt;&amp;&quot;");
    }
}
