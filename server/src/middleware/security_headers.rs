//! Headers that tell a browser what our answers are not allowed to do.

use std::fmt;

use poem::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use poem::http::{HeaderName, HeaderValue, StatusCode};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

/// For pages: only our own files, no inline script or style, no foreign frames (the staff see their shop's
/// page beside the form in which they change it), no foreign forms.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
     worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// For everything else: if a browser renders it all the same, it can do nothing.
pub const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

const PERMISSIONS: &str = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), \
     geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(self), usb=()";

/// Middleware: adds the headers; what an endpoint has set itself stays.
#[derive(Debug, Clone, Copy)]
pub struct SecurityHeaders {
    https: bool,
}

impl SecurityHeaders {
    /// `https`: the public address is https, so browsers may insist on it from now on.
    pub fn new(https: bool) -> Self {
        Self { https }
    }

    fn apply(self, response: &mut Response) {
        // What a 304 carries replaces the headers of the copy that the browser kept; and without a
        // body it doesn't know that the copy is a page.
        if response.status() == StatusCode::NOT_MODIFIED {
            return;
        }
        let page = response.content_type().is_some_and(|kind| kind.starts_with("text/html"));
        let policy = if page { PAGE_POLICY } else { DATA_POLICY };
        let hsts = self.https.then_some((STRICT_TRANSPORT_SECURITY, "max-age=31536000"));
        let headers = response.headers_mut();
        for (name, value) in [
            (CONTENT_SECURITY_POLICY, policy),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "same-origin"),
            (HeaderName::from_static("permissions-policy"), PERMISSIONS),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
            (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
            // Answers are about people; what may be kept says so itself.
            (CACHE_CONTROL, "no-store"),
        ]
        .into_iter()
        .chain(hsts)
        {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
    }
}

impl<E: Endpoint> Middleware<E> for SecurityHeaders {
    type Output = SecurityHeadersEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        SecurityHeadersEndpoint { inner, headers: *self }
    }
}

/// The endpoint that [`SecurityHeaders`] makes.
pub struct SecurityHeadersEndpoint<E> {
    inner: E,
    headers: SecurityHeaders,
}

impl<E> fmt::Debug for SecurityHeadersEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityHeadersEndpoint")
    }
}

impl<E: Endpoint> Endpoint for SecurityHeadersEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        let mut response = self.inner.call(req).await.map(IntoResponse::into_response)?;
        self.headers.apply(&mut response);
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use poem::web::Html;
    use poem::{EndpointExt, Route, handler};

    use super::*;
    use crate::testing::Client;

    #[handler]
    fn get_page() -> Html<&'static str> {
        Html("<p>")
    }

    #[handler]
    fn get_data() -> poem::web::Json<u8> {
        poem::web::Json(1)
    }

    #[handler]
    fn get_kept() -> Response {
        Response::builder().status(StatusCode::NOT_MODIFIED).finish()
    }

    #[handler]
    fn get_asset() -> Response {
        Response::builder()
            .header("cache-control", "immutable")
            .header("content-security-policy", "sandbox")
            .finish()
    }

    #[tokio::test]
    async fn pages_and_data_differ_and_own_words_stay() {
        let routes =
            || Route::new().at("/page", get_page).at("/data", get_data).at("/asset", get_asset);
        let kept = Client(Route::new().at("/kept", get_kept).with(SecurityHeaders::new(true)));
        assert_eq!(kept.get("/kept").send().await.header("content-security-policy"), "");
        let app = Client(routes().with(SecurityHeaders::new(true)));
        let page = app.get("/page").send().await;
        assert_eq!(page.header("content-security-policy"), PAGE_POLICY);
        assert!(!PAGE_POLICY.contains("unsafe") && !PAGE_POLICY.contains("  "));
        assert_eq!(page.header("strict-transport-security"), "max-age=31536000");
        let data = app.get("/data").send().await;
        assert_eq!(data.header("content-security-policy"), DATA_POLICY);
        assert_eq!(data.header("cache-control"), "no-store");
        assert_eq!(data.header("x-content-type-options"), "nosniff");
        let asset = app.get("/asset").send().await;
        assert_eq!(asset.header("cache-control"), "immutable");
        assert_eq!(asset.header("content-security-policy"), "sandbox");
        let plain = Client(routes().with(SecurityHeaders::new(false)));
        assert_eq!(plain.get("/data").send().await.header("strict-transport-security"), "");
    }
}
