//! Keys of a developer's machine: made once, so that sessions and notes survive a restart.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use data_encoding::{BASE64, HEXLOWER};

use super::secret::KeyBytes;
use super::values::{ColumnKey, base64};
use crate::entropy::{Entropy, bytes};

const FILE: &str = "secrets.toml";
const COLUMN_KEY_ID: &str = "dev";

/// What nobody has to configure in development.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevelopmentSecrets {
    /// Signs access tokens.
    pub token_key: KeyBytes,
    /// Encrypts columns.
    pub column_key: ColumnKey,
}

impl DevelopmentSecrets {
    /// Reads the folder's secrets or makes them. Several processes may start at once: all get the
    /// secrets of whoever came first, since the file appears whole under its name or not at all.
    pub fn load_or_create(folder: &Path, entropy: &dyn Entropy) -> io::Result<Self> {
        let path = folder.join(FILE);
        if let Some(found) = Self::read(&path)? {
            return Ok(found);
        }
        fs::create_dir_all(folder)?;
        let draft = folder.join(format!(".{FILE}.{}", HEXLOWER.encode(&bytes::<8>(entropy))));
        let written =
            write_private(&draft, &new_file(entropy)).and_then(|()| {
                match fs::hard_link(&draft, &path) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                    other => other,
                }
            });
        let removed = fs::remove_file(&draft);
        written.and(removed)?;
        Self::read(&path)?.ok_or_else(|| invalid(&path))
    }

    fn read(path: &Path) -> io::Result<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Self::parse(&text).map(Some).ok_or_else(|| invalid(path))
    }

    fn parse(text: &str) -> Option<Self> {
        let table = text.parse::<toml::Table>().ok()?;
        let token_key = base64(table.get("token_key")?.as_str()?).filter(|key| key.len() >= 32)?;
        let column_key = ColumnKey::parse(table.get("column_key")?.as_str()?)?;
        Some(Self { token_key: KeyBytes::new(token_key), column_key })
    }
}

fn new_file(entropy: &dyn Entropy) -> String {
    let (token, column) = (bytes::<32>(entropy), bytes::<32>(entropy));
    format!(
        "# Made for this folder's database. Without these keys its encrypted columns can't be read.\n\
         token_key = \"{}\"\ncolumn_key = \"{COLUMN_KEY_ID}:{}\"\n",
        BASE64.encode(&token),
        BASE64.encode(&column),
    )
}

fn invalid(path: &Path) -> io::Error {
    let text = format!("{} doesn't hold the keys that it should", path.display());
    io::Error::new(io::ErrorKind::InvalidData, text)
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::TestEntropy;

    /// A folder that goes away with the test.
    struct Folder(std::path::PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let name = format!("openchair-{name}-{}", std::process::id());
            Self(std::env::temp_dir().join(name).join("nested"))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            if let Some(parent) = self.0.parent() {
                let _ = fs::remove_dir_all(parent);
            }
        }
    }

    #[test]
    fn secrets_are_made_once_and_kept_private() {
        let folder = Folder::new("made-once");
        let load = |seed| {
            DevelopmentSecrets::load_or_create(&folder.0, &TestEntropy::seeded(seed)).unwrap()
        };
        let first = load(1);
        assert_eq!(first, load(2), "the second start finds the first's");
        assert_eq!(first.token_key.expose().len(), 32);
        let files: Vec<_> = fs::read_dir(&folder.0).unwrap().collect();
        assert_eq!(files.len(), 1, "no draft stays behind: {files:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.0.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn who_starts_at_once_gets_the_same() {
        let folder = Folder::new("at-once");
        let made: Vec<_> = std::thread::scope(|scope| {
            let start = |seed| {
                let folder = &folder;
                scope.spawn(move || {
                    DevelopmentSecrets::load_or_create(&folder.0, &TestEntropy::seeded(seed))
                        .unwrap()
                })
            };
            let started: Vec<_> = (0..8).map(start).collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(made.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn a_broken_file_is_not_overwritten() {
        let folder = Folder::new("broken");
        fs::create_dir_all(&folder.0).unwrap();
        fs::write(folder.0.join(FILE), "token_key = \"\"").unwrap();
        let error =
            DevelopmentSecrets::load_or_create(&folder.0, &TestEntropy::seeded(1)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains(FILE), "{error}");
    }
}
