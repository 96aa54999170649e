//! An authority that vouches for who servers are, and that nobody believes who isn't told to.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::run;

/// The authority.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        let mut about = CertificateParams::default();
        about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        about.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let number = run::next();
        about.distinguished_name.push(DnType::CommonName, format!("Authority {number} of tests"));
        let key = KeyPair::generate().unwrap();
        let own = about.self_signed(&key).unwrap();
        let name = format!("openchair-authority-{}-{number}.pem", std::process::id());
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, own.pem()).unwrap();
        Self { issuer: Issuer::new(about, key), file }
    }

    /// The file of its certificate, for `outside.extra_roots`.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The setting with which it is believed.
    pub fn setting(&self) -> (&'static str, &str) {
        ("outside.extra_roots", self.file.to_str().unwrap())
    }

    /// Vouches for a server of this name.
    pub fn certify(&self, name: &str) -> Certified {
        self.certify_until(name, 4_000)
    }

    /// Vouched for one, until some years ago.
    pub fn certified_once(&self, name: &str) -> Certified {
        self.certify_until(name, 2_020)
    }

    fn certify_until(&self, name: &str, year: i32) -> Certified {
        let mut about = CertificateParams::new([name.to_owned()]).unwrap();
        about.not_before = date_time_ymd(2_000, 1, 1);
        about.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = about.signed_by(&key, &self.issuer).unwrap();
        Certified {
            pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            certificate: certificate.der().clone(),
            key: key.serialize_der(),
        }
    }
}

/// Somebody whom an authority vouches for.
#[derive(Debug, Clone)]
pub struct Certified {
    pub(crate) pem: String,
    pub(crate) key_pem: String,
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Certified {
    /// Speaks TLS as them.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivatePkcs8KeyDer::from(self.key.clone());
        let config = ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key.into())
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}
