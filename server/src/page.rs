//! Lists: `{items, next_cursor}`, asked for with `limit` and `cursor`.

use std::borrow::Cow;

use data_encoding::BASE64URL_NOPAD;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{
    IsObjectType, ParseError, ParseFromParameter, ParseResult, ToJSON, Type,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::problem::ApiError;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; nothing after the last.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A list that is never long enough for a second page.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// Turns rows into views.
    pub fn map<U>(self, view: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(view).collect(), next_cursor: self.next_cursor }
    }
}

impl<T: Type> Type for Page<T> {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Self::name().into_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Self::name().into_owned(), |registry| {
            T::register(registry);
            let cursor = MetaSchema {
                description: Some("Send it as `cursor` for the next page; null on the last"),
                nullable: true,
                ..MetaSchema::new("string")
            };
            MetaSchema {
                required: vec!["items", "next_cursor"],
                properties: vec![
                    ("items", Vec::<T>::schema_ref()),
                    ("next_cursor", MetaSchemaRef::Inline(Box::new(cursor))),
                ],
                ..MetaSchema::new("object")
            }
        });
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        Some(self)
    }

    fn raw_element_iter<'a>(
        &'a self,
    ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: Type> IsObjectType for Page<T> {}

impl<T: ToJSON> ToJSON for Page<T> {
    fn to_json(&self) -> Option<Value> {
        Some(json!({ "items": self.items.to_json(), "next_cursor": self.next_cursor }))
    }
}

/// How many entries a page may have, 1 to 100. As a parameter: `limit: Query<Limit>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u8);

impl Limit {
    const MAX: u8 = 100;

    /// How many entries are on a page.
    pub fn rows(self) -> usize {
        self.0.into()
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(25)
    }
}

impl Type for Limit {
    const IS_REQUIRED: bool = false;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "integer(limit)".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            minimum: Some(1.0),
            maximum: Some(Self::MAX.into()),
            default: Some(Self::default().0.into()),
            ..MetaSchema::new_with_format("integer", "int32")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        Some(self)
    }

    fn raw_element_iter<'a>(
        &'a self,
    ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromParameter for Limit {
    fn parse_from_parameter(value: &str) -> ParseResult<Self> {
        let limit = value.parse().ok().filter(|limit| (1..=Self::MAX).contains(limit));
        limit.map(Self).ok_or_else(|| ParseError::custom("It must be a number from 1 to 100."))
    }

    fn parse_from_parameters<I: IntoIterator<Item = A>, A: AsRef<str>>(
        values: I,
    ) -> ParseResult<Self> {
        let first = values.into_iter().next();
        first.map_or_else(|| Ok(Self::default()), |v| Self::parse_from_parameter(v.as_ref()))
    }
}

/// Writes a cursor. It is opaque, not secret: it holds no more than the last entry showed, and
/// what it selects passes the same checks as any other request.
pub fn encode<K: Serialize>(key: &K) -> String {
    // A key is numbers, texts and ids; those can always be written.
    BASE64URL_NOPAD.encode(&serde_json::to_vec(key).unwrap_or_default())
}

/// Reads a cursor back; whatever [`encode`] did not write is 400 `bad_cursor`.
pub fn decode<K: DeserializeOwned>(cursor: &str) -> Result<K, ApiError> {
    let bad = || {
        let detail = "This cursor is not from this list. Start again without it.";
        ApiError::bad_request("bad_cursor", detail)
    };
    if cursor.len() > 512 {
        return Err(bad());
    }
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).map_err(|_| bad())?;
    serde_json::from_slice(&bytes).map_err(|_| bad())
}

/// [`decode`] for the parameter `cursor: Query<Option<String>>`.
pub fn decode_optional<K: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<K>, ApiError> {
    cursor.map(decode).transpose()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unused_async, reason = "poem-openapi wants every operation async")]

    use poem::{EndpointExt, Route};
    use poem_openapi::param::Query;
    use poem_openapi::payload::Json;
    use poem_openapi::{Object, OpenApi, OpenApiService};
    use proptest::prelude::*;

    use super::*;
    use crate::problem::{AllowTable, Normalise};
    use crate::testing::Client;

    #[derive(Debug, Object)]
    struct TestRow {
        n: u32,
    }

    #[derive(Debug, Object)]
    struct OtherRow {
        n: u32,
    }

    struct Api;

    #[OpenApi]
    impl Api {
        #[oai(path = "/rows", method = "get", operation_id = "list_rows")]
        async fn rows(
            &self,
            limit: Query<Limit>,
            cursor: Query<Option<String>>,
        ) -> Result<Json<Page<TestRow>>, ApiError> {
            let after: Option<u32> = decode_optional(cursor.0.as_deref())?;
            let from = after.map_or(0, |n| n + 1);
            let items: Vec<_> = (from..60).take(limit.0.rows()).map(|n| TestRow { n }).collect();
            let last = items.last().map(|row| row.n).filter(|last| *last < 59);
            Ok(Json(Page { items, next_cursor: last.map(|last| encode(&last)) }))
        }

        #[oai(path = "/others", method = "get", operation_id = "list_others")]
        async fn others(&self) -> Json<Page<OtherRow>> {
            Json(Page::whole(vec![OtherRow { n: 1 }]))
        }
    }

    fn app() -> Client<impl poem::Endpoint> {
        let routes = Route::new().nest("/", OpenApiService::new(Api, "t", "1"));
        Client(routes.with(Normalise::new(AllowTable::new())))
    }

    #[tokio::test]
    async fn pages_follow_one_another() {
        let app = app();
        let mut seen = Vec::new();
        let mut next = String::new();
        for pages in 1.. {
            let page = app.get(&format!("/rows?{next}")).send().await.value();
            seen.extend(page["items"].as_array().unwrap().iter().map(|row| row["n"].clone()));
            let Some(cursor) = page["next_cursor"].as_str() else {
                assert_eq!(pages, 3);
                break;
            };
            next = format!("cursor={cursor}");
        }
        assert_eq!(seen, (0..60).map(Value::from).collect::<Vec<_>>());
        // Exactly full, and nothing after it.
        let last = app.get("/rows?limit=60").send().await.value();
        assert_eq!(last["items"].as_array().unwrap().len(), 60);
        assert!(last["next_cursor"].is_null());
    }

    #[tokio::test]
    async fn bad_parameters() {
        let app = app();
        for limit in ["0", "101", "-1", "x", "1e1", ""] {
            let answer = app.get(&format!("/rows?limit={limit}")).send().await;
            assert_eq!(answer.refusal(), (400, "bad_parameter".into()), "{limit}");
            let fault = answer.problem()["fields"][0]["detail"].clone();
            assert_eq!(fault, "It must be a number from 1 to 100.");
        }
        for cursor in ["x", "MQ==", "Im5vdCBhIG51bWJlciI", "LTE", "bnVsbA", &"A".repeat(600)] {
            let answer = app.get(&format!("/rows?cursor={cursor}")).send().await;
            assert_eq!(answer.refusal(), (400, "bad_cursor".into()), "{cursor}");
        }
    }

    #[test]
    fn each_kind_of_row_has_a_page_of_its_own() {
        let spec: Value = serde_json::from_str(&OpenApiService::new(Api, "t", "1").spec()).unwrap();
        let schemas = &spec["components"]["schemas"];
        let items = |page: &str| schemas[page]["properties"]["items"]["items"]["$ref"].clone();
        assert_eq!(items("TestRowPage"), "#/components/schemas/TestRow");
        assert_eq!(items("OtherRowPage"), "#/components/schemas/OtherRow");
        let limit = &spec["paths"]["/rows"]["get"]["parameters"][0];
        assert_eq!(limit["required"], false);
        assert_eq!(limit["schema"]["default"], 25);
    }

    proptest! {
        #[test]
        fn cursors_come_back(at in any::<i64>(), id in any::<[u8; 16]>(), name in ".{0,20}") {
            let key = (at, id, name);
            prop_assert_eq!(decode::<(i64, [u8; 16], String)>(&encode(&key)).unwrap(), key);
        }

        #[test]
        fn garbage_is_refused_in_peace(cursor in "[A-Za-z0-9_=. -]{0,60}") {
            if let Err(error) = decode::<(i64, String)>(&cursor) {
                prop_assert_eq!(&*error.code, "bad_cursor");
            }
        }
    }
}
