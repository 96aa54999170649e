use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// What a server answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// `POST /v1/api-keys`, for messages.
    pub to: String,
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null if there is none.
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{} answered no JSON ({error}): {self}", self.to))
    }

    /// The body, of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        self.json()
    }

    /// The problem, of an answer that must be this refusal.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let problem = self.is_problem();
        assert_eq!((self.status, problem["code"].as_str()), (status, Some(code)), "{self}");
        problem
    }

    /// The problem, of an answer that must be some well-formed refusal.
    #[track_caller]
    pub fn is_problem(&self) -> Value {
        assert!((400..500).contains(&self.status), "a refusal was expected: {self}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{self}");
        let problem = self.json();
        for field in ["type", "title", "code", "detail", "request_id"] {
            assert!(
                problem[field].as_str().is_some_and(|text| !text.is_empty()),
                "{field}: {self}"
            );
        }
        assert_eq!(problem["status"], self.status, "{self}");
        problem
    }

    /// The faults of fields, as `(pointer, code)`.
    #[track_caller]
    pub fn faults(&self) -> Vec<(String, String)> {
        let problem = self.problem(422, "validation_failed");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let faults = problem["fields"].as_array().cloned().unwrap_or_default();
        faults.iter().map(|fault| (text(&fault["field"]), text(&fault["code"]))).collect()
    }

    /// The body but for the request's id, which no two answers share.
    pub fn without_request_id(&self) -> String {
        let text = self.text();
        match self.headers.get("x-request-id").and_then(|id| id.to_str().ok()) {
            Some(id) => text.replace(id, "…"),
            None => text,
        }
    }

    /// The `ETag`'s number.
    #[track_caller]
    pub fn version(&self) -> i64 {
        self.header("etag").trim_matches('"').parse().unwrap_or_else(|_| panic!("no ETag: {self}"))
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.text().chars().take(2000).collect();
        write!(f, "{} answered {}: {text}", self.to, self.status)
    }
}
