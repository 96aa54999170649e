use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::Json;
use poem_openapi::registry::{MetaResponses, Registry};

use super::dto::{SeriesPreviewView, SeriesView};
use crate::once::Created;

/// 200 with what would be, or 201 with what was made.
#[derive(Debug)]
pub(super) enum PreviewedOrMade {
    Previewed(Json<SeriesPreviewView>),
    Made(Created<SeriesView>),
}

impl IntoResponse for PreviewedOrMade {
    fn into_response(self) -> Response {
        match self {
            Self::Previewed(view) => view.into_response(),
            Self::Made(made) => made.into_response(),
        }
    }
}

impl ApiResponse for PreviewedOrMade {
    fn meta() -> MetaResponses {
        let previewed = <Json<SeriesPreviewView> as ApiResponse>::meta().responses;
        let made = <Created<SeriesView> as ApiResponse>::meta().responses;
        MetaResponses { responses: previewed.into_iter().chain(made).collect() }
    }

    fn register(registry: &mut Registry) {
        <Json<SeriesPreviewView> as ApiResponse>::register(registry);
        <Created<SeriesView> as ApiResponse>::register(registry);
    }
}
