//! Whom we believe that somebody is who they say: the authorities that are built in, and those that the
//! operator adds.

use std::path::{Path, PathBuf};

use lettre::transport::smtp::client::{Certificate, TlsParameters};
use openchair_domain::config;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::http::NoClient;
use crate::handler::with_causes;

/// Authorities that are believed besides those that are built in.
#[derive(Debug, Clone, Default)]
pub struct Roots(Vec<CertificateDer<'static>>);

/// Why a file's certificates can't be believed.
#[derive(Debug, thiserror::Error)]
#[error("outside.extra_roots can't be used: {path}: {reason}", path = .file.display())]
pub struct BadRoots {
    file: PathBuf,
    reason: String,
}

impl Roots {
    /// As configured.
    pub fn from_settings(settings: &config::Outside) -> Result<Self, BadRoots> {
        let Some(file) = &settings.extra_roots else { return Ok(Self::default()) };
        let roots = Self::read(file).map_err(|reason| BadRoots { file: file.clone(), reason })?;
        tracing::info!(file = %file.display(), count = roots.0.len(), "further authorities are believed");
        Ok(roots)
    }

    /// All of a file, or nothing: who means to add two and gets one would look for the fault elsewhere.
    fn read(file: &Path) -> Result<Self, String> {
        let text = std::fs::read(file).map_err(|error| error.to_string())?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        let found = found.map_err(|error| error.to_string())?;
        if found.is_empty() {
            return Err("there is no certificate in it".to_owned());
        }
        let mut store = RootCertStore::empty();
        for one in &found {
            store.add(one.clone()).map_err(|error| with_causes(&error))?;
        }
        Ok(Self(found))
    }

    /// For requests.
    pub(super) fn client(&self) -> Result<ClientConfig, NoClient> {
        let refused = |error: rustls::Error| NoClient(with_causes(&error));
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for one in &self.0 {
            roots.add(one.clone()).map_err(refused)?;
        }
        Ok(ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(refused)?
            .with_root_certificates(roots)
            .with_no_client_auth())
    }

    /// For the mail server of this name.
    pub(super) fn smtp(&self, host: String) -> Option<TlsParameters> {
        let mut parameters = TlsParameters::builder(host);
        for one in &self.0 {
            let certificate = Certificate::from_der(one.to_vec()).ok()?;
            parameters = parameters.add_root_certificate(certificate);
        }
        parameters.build().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An authority's certificate, made for this test.
    const PEM: &str = "-----BEGIN CERTIFICATE-----
MIIBjDCCATGgAwIBAgIUeqw+G7Ok6jNvzJbdfRfv03dV1SYwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPcm9vdHMgb2YgYSB0ZXN0MCAXDTI2MTEyMjAzMTIzMloYDzIx
MjYxMDI5MDMxMjMyWjAaMRgwFgYDVQQDDA9yb290cyBvZiBhIHRlc3QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAARKRANFStpz3M07iu12xQPwUotbQtlGzfu0jd4J
vIgCVOVGNJIMAhFZEXydeqf8VqUVcU0fyu/GpZgVullbI9J3o1MwUTAdBgNVHQ4E
FgQUyqgEZHMgYvV8tAPjtg0ERCwURFgwHwYDVR0jBBgwFoAUyqgEZHMgYvV8tAPj
tg0ERCwURFgwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAiaeT
FJy/LLzo8gvU4i28Zs6qdAcybEpYkB1bDy3CTacCIQDDJbdcEGRO6C/bLZAdoFFw
5c/FZFVET22mPHT/0uyPuQ==
-----END CERTIFICATE-----";

    fn read(text: &str) -> Result<usize, String> {
        let name =
            format!("openchair-roots-{}-{:?}.pem", std::process::id(), std::thread::current().id());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, text).unwrap();
        let read = Roots::read(&file);
        std::fs::remove_file(&file).unwrap();
        read.map(|roots| roots.0.len())
    }

    #[test]
    fn all_of_a_file_or_nothing() {
        assert_eq!(read(PEM), Ok(1));
        assert_eq!(read(&format!("# Ours\n{PEM}\n{PEM}")), Ok(2));
        for (bad, why) in [
            (String::new(), "no certificate"),
            ("# none yet".to_owned(), "no certificate"),
            (PEM.replace("-----END", "-----"), ""),
            (format!("{PEM}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), ""),
        ] {
            let refused = read(&bad).unwrap_err();
            assert!(refused.contains(why), "{bad}: {refused}");
        }
        let file = Some(PathBuf::from("/nowhere/roots.pem"));
        let missing = Roots::from_settings(&config::Outside { extra_roots: file }).unwrap_err();
        let said = missing.to_string();
        assert!(
            said.starts_with("outside.extra_roots can't be used: /nowhere/roots.pem: "),
            "{said}"
        );
    }
}
