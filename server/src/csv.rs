//! Files that a spreadsheet opens.

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
pub(crate) struct CsvFile {
    text: String,
    disposition: HeaderValue,
}

impl CsvFile {
    /// A file under this name.
    pub(crate) fn new(text: String, name: &'static str) -> Self {
        let disposition = format!("attachment; filename=\"{name}\"");
        let disposition = HeaderValue::from_str(&disposition)
            .unwrap_or_else(|_| HeaderValue::from_static("attachment"));
        Self { text, disposition }
    }
}

impl IntoResponse for CsvFile {
    fn into_response(self) -> Response {
        let mut response = Response::builder().body(self.text);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
        headers.insert(CONTENT_DISPOSITION, self.disposition);
        response
    }
}

impl ApiResponse for CsvFile {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "A header, then a row for each",
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

/// A row of cells, with its end.
pub(crate) fn row(cells: impl IntoIterator<Item = String>) -> String {
    cells.into_iter().collect::<Vec<_>>().join(",") + "\r\n"
}

/// Quoted where it must be; and what a spreadsheet would take for a formula is kept from running.
pub(crate) fn cell(value: &str) -> String {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { quoted(&format!("'{value}")) } else { quoted(value) }
}

/// Quoted where it must be: for what we wrote ourselves, such as numbers in E.164.
pub(crate) fn quoted(value: &str) -> String {
    if value.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
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
