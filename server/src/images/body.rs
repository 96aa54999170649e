//! The bytes of a picture as a request's body.

use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::input;
use crate::problem::ApiError;

/// What the document names. What a file really is, its bytes say: others are let through, and told why
/// they don't fit.
const NAMED: [&str; 2] = ["image/png", "image/jpeg"];

/// A file that should be a picture.
pub(super) struct Picture(pub(super) Vec<u8>);

fn is_picture(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("image/") || kind == "application/octet-stream"
}

impl<'a> ApiExtractor<'a> for Picture {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_registry: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let schema = || MetaSchema { format: Some("binary"), ..MetaSchema::new("string") };
        let content = |content_type| MetaMediaType {
            content_type,
            schema: MetaSchemaRef::Inline(Box::new(schema())),
        };
        Some(MetaRequest {
            description: Some("The file's bytes"),
            content: NAMED.map(content).into(),
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        if !request.content_type().is_some_and(is_picture) {
            let detail = "The body must be a picture's bytes, sent as Content-Type: image/png or \
                          image/jpeg.";
            return Err(
                ApiError { detail: detail.into(), ..ApiError::unsupported_media_type() }.into()
            );
        }
        Ok(Self(input::read(body).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_that_it_is_a_picture() {
        for (kind, is) in [
            ("image/png", true),
            ("IMAGE/JPEG; x=y", true),
            ("image/svg+xml", true),
            ("application/octet-stream", true),
            ("application/json", false),
            ("text/plain", false),
            ("multipart/form-data; boundary=x", false),
            ("", false),
        ] {
            assert_eq!(is_picture(kind), is, "{kind}");
        }
    }
}
