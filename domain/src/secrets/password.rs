//! Hashing of passwords: argon2id, a bounded number at a time, off the async threads.

use std::fmt;
use std::sync::Arc;

use argon2::password_hash::phc::{Output, ParamsString, Salt};
use argon2::password_hash::{self, CustomizedPasswordHasher, Error as HashError};
use argon2::{Algorithm, Argon2, Block, Params, PasswordHash, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::recovery::RecoveryCode;
use super::token::TokenHash;
use crate::config::Security;
use crate::entropy::{Entropy, bytes};

/// Why hashing failed; a wrong password is no failure but an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Memory, iterations and lanes don't go together.
    #[error("security.memory_kib, iterations and parallelism don't go together for argon2id")]
    Parameters,
    /// The stored hash can't be read.
    #[error("a stored password hash can't be read")]
    Stored,
    /// The process is stopping.
    #[error("password hashing has stopped")]
    Stopped,
}

/// Whether a password is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It isn't.
    Wrong,
    /// It is. With `rehash`, the stored hash was made at another cost and should be replaced.
    Right {
        /// Whether to hash anew.
        rehash: bool,
    },
}

/// Hashes and verifies passwords. Cheap to clone; clones share the bound.
#[derive(Clone)]
pub struct Passwords {
    params: Params,
    permits: Arc<Semaphore>,
    entropy: Arc<dyn Entropy>,
    /// Of a password that nobody has.
    absent: Arc<str>,
}

impl Passwords {
    /// At the cost of the configuration.
    pub fn new(security: &Security, entropy: Arc<dyn Entropy>) -> Result<Self, PasswordError> {
        let params =
            Params::new(security.memory_kib, security.iterations, security.parallelism, Some(32))
                .map_err(|_| PasswordError::Parameters)?;
        let absent = hash(&params, &bytes::<32>(&*entropy), bytes(&*entropy))?;
        let permits = Arc::new(Semaphore::new(security.hashing_at_once));
        Ok(Self { params, permits, entropy, absent: absent.into() })
    }

    /// A PHC string for storing.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let (params, salt) = (self.params.clone(), bytes(&*self.entropy));
        let password = password.to_owned();
        self.run(move || hash(&params, password.as_bytes(), salt)).await
    }

    /// Whether a password is the stored one.
    pub async fn verify(&self, password: &str, stored: &str) -> Result<Verdict, PasswordError> {
        let (params, password, stored) =
            (self.params.clone(), password.to_owned(), stored.to_owned());
        self.run(move || verify(&params, &password, &stored)).await
    }

    /// Takes the time of [`verify`](Self::verify) when there is no account or no password, so that
    /// the answer's time doesn't tell who has one.
    pub async fn verify_absent(&self, password: &str) -> Result<(), PasswordError> {
        self.verify(password, &Arc::clone(&self.absent)).await.map(drop)
    }

    /// What is stored of a login's recovery codes, in their order.
    pub async fn recovery_hashes(
        &self,
        codes: Vec<RecoveryCode>,
        login: Uuid,
    ) -> Result<Vec<TokenHash>, PasswordError> {
        self.run(move || codes.iter().map(|code| code.hash(login)).collect()).await
    }

    /// Runs costly work off the async threads, no more at once than configured. The permit goes with
    /// the work: a client that hangs up doesn't free it while the work still runs.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| PasswordError::Stopped)?;
        let task = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        task.await.map_err(|_| PasswordError::Stopped)?
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passwords({:?})", self.params)
    }
}

/// Argon2 in memory that goes back to the system at once.
struct Hasher;

/// The C library keeps what was freed, up to this size, for the thread that had it: after a busy
/// morning an idle server sat on half a gigabyte. What is larger it maps and unmaps. Only the part
/// that is used takes up memory.
const GIVEN_BACK: usize = 33 << 20;

fn memory(params: &Params) -> Vec<Block> {
    let blocks = params.block_count();
    let mut memory = Vec::with_capacity(blocks.max(GIVEN_BACK / Block::SIZE));
    memory.resize(blocks, Block::new());
    memory
}

impl CustomizedPasswordHasher<PasswordHash> for Hasher {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(Version::try_from).transpose()?.unwrap_or_default();
        let salt = Salt::new(salt)?;
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let mut buffer = [0; Output::MAX_LENGTH];
        let out = buffer.get_mut(..length).ok_or(HashError::OutputSize)?;
        let argon2 = Argon2::new(algorithm, version, params.clone());
        argon2.hash_password_into_with_memory(password, &salt, out, memory(&params))?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(salt),
            hash: Some(Output::new(out)?),
        })
    }
}

fn hash(params: &Params, password: &[u8], salt: [u8; 16]) -> Result<String, PasswordError> {
    let (kind, version) = (Algorithm::Argon2id.as_str(), Version::V0x13.into());
    let hash =
        Hasher.hash_password_customized(password, &salt, Some(kind), Some(version), params.clone());
    hash.map(|hash| hash.to_string()).map_err(|_| PasswordError::Parameters)
}

fn verify(params: &Params, password: &str, stored: &str) -> Result<Verdict, PasswordError> {
    let stored = PasswordHash::new(stored)
        .ok()
        // Without either there is nothing to compare, and it would look like a wrong password.
        .filter(|stored| stored.salt.is_some() && stored.hash.is_some())
        .ok_or(PasswordError::Stored)?;
    // The stored hash says its own cost; `params` only decides whether that is still wanted.
    match Hasher.verify_password(password.as_bytes(), &stored) {
        Ok(()) => {
            let same_cost = Params::try_from(&stored).is_ok_and(|made| {
                let cost = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
                cost(&made) == cost(params)
            });
            let same_kind = stored.algorithm.as_str() == Algorithm::Argon2id.as_str();
            Ok(Verdict::Right { rehash: !(same_kind && same_cost) })
        }
        Err(HashError::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(_) => Err(PasswordError::Stored),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use argon2::PasswordHasher as _;

    use super::*;
    use crate::config::{Settings, Sources};
    use crate::entropy::TestEntropy;

    fn passwords(overrides: &[(&str, &str)]) -> Passwords {
        let overrides = overrides.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let sources = Sources::of("test", [("", ""); 0], overrides);
        let security = Settings::load(&sources).unwrap().security;
        Passwords::new(&security, Arc::new(TestEntropy::seeded(1))).unwrap()
    }

    #[tokio::test]
    async fn a_password_is_its_hashs_only() {
        let passwords = passwords(&[]);
        let stored = passwords.hash("lagoon-tide-7").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=1024,t=1,p=1$"), "{stored}");
        let right = Verdict::Right { rehash: false };
        assert_eq!(passwords.verify("lagoon-tide-7", &stored).await, Ok(right));
        for wrong in ["lagoon-tide-8", "Lagoon-tide-7", "lagoon-tide-7 ", ""] {
            assert_eq!(passwords.verify(wrong, &stored).await, Ok(Verdict::Wrong), "{wrong}");
        }
        let again = passwords.hash("lagoon-tide-7").await.unwrap();
        assert_ne!(stored, again, "each has its own salt");
    }

    #[tokio::test]
    async fn another_cost_asks_for_a_new_hash() {
        let stored = passwords(&[]).hash("lagoon-tide-7").await.unwrap();
        for changed in ["memory_kib", "iterations", "parallelism"] {
            let value = if changed == "memory_kib" { "2048" } else { "3" };
            let dearer = passwords(&[(&format!("security.{changed}"), value)]);
            let verdict = dearer.verify("lagoon-tide-7", &stored).await.unwrap();
            assert_eq!(verdict, Verdict::Right { rehash: true }, "{changed}");
            let verdict = dearer.verify("wrong", &stored).await.unwrap();
            assert_eq!(verdict, Verdict::Wrong, "{changed}");
        }
        // An older kind of argon2 is still understood.
        let argon2i = Argon2::new(Algorithm::Argon2i, Version::V0x13, passwords(&[]).params);
        let older =
            argon2i.hash_password_with_salt(b"lagoon-tide-7", &[1; 16]).unwrap().to_string();
        let verdict = passwords(&[]).verify("lagoon-tide-7", &older).await.unwrap();
        assert_eq!(verdict, Verdict::Right { rehash: true });
    }

    /// What it does to a server is measured by the load generator: here other tests' memory would
    /// be in the way.
    #[test]
    fn memory_is_always_of_the_size_that_goes_back() {
        // glibc: DEFAULT_MMAP_THRESHOLD_MAX, beyond which it never learns to keep what is freed.
        let kept = 32 << 20;
        for kib in [64, 1024, 19_456, 65_536] {
            let memory = memory(&Params::new(kib, 1, 1, None).unwrap());
            assert_eq!(memory.len(), kib as usize);
            assert!(memory.capacity() * size_of::<Block>() > kept, "{kib} KiB");
        }
    }

    #[tokio::test]
    async fn broken_hashes_are_told() {
        for stored in
            ["", "lagoon-tide-7", "$argon2id$v=19$m=1024", "$scrypt$ln=1$YWFhYWFhYWE$YWFhYQ"]
        {
            let verdict = passwords(&[]).verify("lagoon-tide-7", stored).await;
            assert_eq!(verdict, Err(PasswordError::Stored), "{stored}");
        }
    }

    /// Not by the clock, which a busy machine makes lie: the dummy hash asks for the same work.
    #[tokio::test]
    async fn an_absent_account_costs_what_a_present_one_does() {
        let passwords = passwords(&[("security.iterations", "2")]);
        let present = passwords.hash("lagoon-tide-7").await.unwrap();
        let work = |hash: &str| {
            let hash = PasswordHash::new(hash).unwrap();
            let (salt, output) = (hash.salt.unwrap().len(), hash.hash.unwrap().len());
            (hash.algorithm, hash.version, hash.params.to_string(), salt, output)
        };
        assert_eq!(work(&present), work(&passwords.absent));
        assert_eq!(passwords.verify_absent("lagoon-tide-7").await, Ok(()));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_run_at_once_than_configured() {
        let passwords = passwords(&[("security.hashing_at_once", "2")]);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let one = || {
            let (passwords, running, most) = (passwords.clone(), running.clone(), most.clone());
            tokio::spawn(async move {
                let work = move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    let hashed = hash(&Params::new(8192, 1, 1, None).unwrap(), b"x", [0; 16]);
                    running.fetch_sub(1, Ordering::SeqCst);
                    hashed
                };
                passwords.run(work).await
            })
        };
        for task in (0..16).map(|_| one()).collect::<Vec<_>>() {
            assert!(task.await.unwrap().is_ok());
        }
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)), "{most:?}");
    }

    #[tokio::test]
    async fn who_hangs_up_does_not_free_the_permit_of_running_work() {
        let passwords = passwords(&[("security.hashing_at_once", "1")]);
        let (started, has_started) = tokio::sync::oneshot::channel();
        let (finish, may_finish) = std::sync::mpsc::channel::<()>();
        let waiting = tokio::spawn({
            let passwords = passwords.clone();
            async move {
                let work = move || {
                    let _ = started.send(());
                    may_finish.recv().map_err(|_| PasswordError::Stopped)
                };
                passwords.run(work).await
            }
        });
        has_started.await.unwrap();
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(passwords.permits.available_permits(), 0, "the work still runs");
        finish.send(()).unwrap();
        assert!(passwords.hash("lagoon-tide-7").await.is_ok(), "and then gives it back");
    }

    #[tokio::test]
    async fn recovery_codes_keep_their_order() {
        let codes = RecoveryCode::generate_set(&TestEntropy::seeded(1));
        let login = Uuid::from_u128(1);
        let stored = passwords(&[]).recovery_hashes(codes.clone(), login).await.unwrap();
        for (code, hash) in codes.iter().zip(&stored) {
            assert_eq!(code.hash(login).unwrap(), *hash);
        }
        assert_eq!(stored.len(), RecoveryCode::COUNT);
    }

    #[test]
    fn impossible_costs_are_refused() {
        let sources = Sources::of("test", [("", ""); 0], Vec::new());
        let mut security = Settings::load(&sources).unwrap().security;
        (security.memory_kib, security.parallelism) = (64, 16);
        let made = Passwords::new(&security, Arc::new(TestEntropy::seeded(1)));
        assert_eq!(made.err(), Some(PasswordError::Parameters));
    }
}
