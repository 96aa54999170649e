//! A body that may be missing.

use poem::{Request, RequestBody};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::ParseFromJSON;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::{Input, is_json, parse, read};
use crate::problem::ApiError;

/// A JSON request body as [`Input`] has it; none, if nothing at all was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Perhaps<T>(pub Option<T>);

impl<'a, T: ParseFromJSON + 'static> ApiExtractor<'a> for Perhaps<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <Input<T> as Payload>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: <Input<T> as Payload>::CONTENT_TYPE,
                schema: <Input<T> as Payload>::schema_ref(),
            }],
            required: false,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        let bytes = read(body).await?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        if !request.content_type().is_some_and(is_json) {
            return Err(ApiError::unsupported_media_type().into());
        }
        Ok(Self(Some(parse(&bytes)?)))
    }
}
