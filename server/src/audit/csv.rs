//! The log as a file that a spreadsheet opens.

use openchair_domain::audit::Entry;
use poem::http::HeaderValue;
use poem::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};

const TYPE: &str = "text/csv";

/// A CSV file as an answer.
#[derive(Debug)]
pub(super) struct CsvFile(String);

impl IntoResponse for CsvFile {
    fn into_response(self) -> Response {
        let mut response = Response::builder().body(self.0);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        let disposition = HeaderValue::from_static("attachment; filename=\"audit.csv\"");
        headers.insert(CONTENT_DISPOSITION, disposition);
        response
    }
}

impl ApiResponse for CsvFile {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A line for each entry, the newest first",
                status: Some(200),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: TYPE,
                    schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
                }],
                headers: vec![],
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

pub(super) fn file(entries: &[Entry]) -> CsvFile {
    let mut text = String::from(
        "at,actor_kind,actor_id,actor_name,action,subject_kind,subject_id,subject_name,changes,ip,request_id\r\n",
    );
    for entry in entries {
        let changes = serde_json::to_string(&entry.changes).unwrap_or_default();
        let at = entry.at.to_rfc3339();
        let optional = |value: &Option<String>| value.clone().unwrap_or_default();
        let cells = [
            at,
            entry.actor.kind.clone(),
            optional(&entry.actor.id),
            entry.actor.name.clone(),
            entry.action.clone(),
            entry.subject_kind.clone(),
            optional(&entry.subject_id),
            optional(&entry.subject_name),
            changes,
            optional(&entry.ip),
            optional(&entry.request_id),
        ];
        text.push_str(&cells.map(|value| cell(&value)).join(","));
        text.push_str("\r\n");
    }
    CsvFile(text)
}

/// Quoted where it must be; and what a spreadsheet would take for a formula is kept from running.
fn cell(value: &str) -> String {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let value = if formula { format!("'{value}") } else { value.to_owned() };
    if value.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        let cases = [
            ("Ana", "Ana"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("=1+1", "'=1+1"),
            ("@SUM(A1),", "\"'@SUM(A1),\""),
            ("", ""),
        ];
        for (value, written) in cases {
            assert_eq!(cell(value), written);
        }
    }
}
