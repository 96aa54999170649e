//! stub
pub mod seal {
    use crate::entropy::Entropy;
    #[derive(Debug)]
    pub struct KeyRing;
    #[derive(Debug, thiserror::Error)]
    #[error("x")]
    pub struct E;
    impl KeyRing {
        pub fn seal(&self, _: &dyn Entropy, _: &str, p: &[u8]) -> Vec<u8> {
            p.to_vec()
        }
        pub fn open(&self, _: &str, p: &[u8]) -> Result<Vec<u8>, E> {
            Ok(p.to_vec())
        }
    }
}
pub mod token {
    use crate::entropy::Entropy;
    #[derive(Debug)]
    pub struct OpaqueToken(String);
    impl OpaqueToken {
        pub fn new(_: &dyn Entropy, p: &str) -> Self {
            Self(p.into())
        }
        pub fn reveal(&self) -> &str {
            &self.0
        }
        pub fn hash(&self) -> [u8; 32] {
            hash_of(&self.0)
        }
    }
    pub fn hash_of(_: &str) -> [u8; 32] {
        [0; 32]
    }
}
pub mod password {
    use crate::entropy::Entropy;
    #[derive(Debug)]
    pub struct PasswordHasher;
    #[derive(Debug, thiserror::Error)]
    #[error("x")]
    pub struct E;
    impl PasswordHasher {
        pub async fn hash(&self, _: &dyn Entropy, _: String) -> Result<String, E> {
            Ok(String::new())
        }
        pub async fn verify(&self, _: String, _: String) -> bool {
            true
        }
        pub async fn verify_absent(&self, _: String) {}
    }
    pub fn check(_: &str, _: &[&str]) -> Result<(), crate::fault::ValueFault> {
        Ok(())
    }
}
pub mod totp {
    use crate::entropy::Entropy;
    use crate::time::Instant;
    pub fn new_secret(_: &dyn Entropy) -> Vec<u8> {
        vec![]
    }
    pub fn for_typing(_: &[u8]) -> String {
        String::new()
    }
    pub fn otpauth_url(_: &[u8], _: &str) -> String {
        String::new()
    }
    pub fn matching_step(_: &[u8], _: &str, _: Instant) -> Option<i64> {
        None
    }
    pub fn new_recovery_codes(_: &dyn Entropy) -> Vec<String> {
        vec![]
    }
    pub fn recovery_code(_: &str) -> Option<String> {
        None
    }
}
pub mod jwt {
    use crate::time::Instant;
    #[derive(Debug)]
    pub struct AccessTokens;
    #[derive(Debug)]
    pub struct Claims {
        pub sub: String,
        pub sid: String,
        pub ten: Option<String>,
        pub iat: i64,
        pub exp: i64,
    }
    #[derive(Debug, thiserror::Error)]
    #[error("x")]
    pub struct E;
    impl AccessTokens {
        pub fn sign(&self, _: &Claims) -> String {
            String::new()
        }
        pub fn open(&self, _: &str, _: Instant) -> Result<Claims, E> {
            Err(E)
        }
    }
}
