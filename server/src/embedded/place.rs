//! Where the data and the socket are.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{EmbeddedError, account::RunAs};

/// PostgreSQL's name for its socket; the number is only a name, nothing listens on a port.
pub(super) const PORT: u16 = 5432;

/// Operating systems cut socket paths at 104 or 108 bytes.
const LONGEST_SOCKET_PATH: usize = 100;

/// The folders of one cluster, all owned by the account that runs it.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Holds everything of the account's.
    pub home: PathBuf,
    pub data: PathBuf,
    pub sockets: PathBuf,
}

impl Place {
    /// Finds or makes the folders for the cluster of `folder`, and who runs it.
    ///
    /// They are inside `folder` where the account can get there; else (root's home is closed to
    /// everyone) under `/var/tmp` with a name that belongs to `folder`.
    pub(super) fn choose(folder: &Path) -> Result<(Self, RunAs), EmbeddedError> {
        let inside = folder.join("postgres");
        let outside = PathBuf::from("/var/tmp").join(short_name(folder));
        let homes = [&inside, &outside];
        let existing = homes.into_iter().map(|home| home.join("data")).find(|data| data.exists());
        let run_as = RunAs::choose(existing.as_deref())?;
        let home = match existing.as_deref().and_then(Path::parent) {
            Some(home) => home.to_owned(),
            None if run_as.reaches(folder) && run_as.own_folder(&inside).is_ok() => inside,
            None => outside,
        };
        run_as.own_folder(&home)?;
        let sockets = socket_folder(&home, folder);
        run_as.own_folder(&sockets)?;
        let data = home.join("data");
        Ok((Self { home, data, sockets }, run_as))
    }

    /// The number of the major version that made the data, if there is any.
    pub(super) fn major(&self) -> Option<u32> {
        let text = fs::read_to_string(self.data.join("PG_VERSION")).ok()?;
        text.trim().parse().ok()
    }
}

fn socket_folder(home: &Path, folder: &Path) -> PathBuf {
    let inside = home.join("run");
    let socket = inside.join(format!(".s.PGSQL.{PORT}"));
    if socket.as_os_str().len() <= LONGEST_SOCKET_PATH {
        return inside;
    }
    PathBuf::from("/tmp").join(short_name(folder))
}

/// A short name that only this folder has.
fn short_name(folder: &Path) -> String {
    let digest = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    format!("openchair-{}", data_encoding::HEXLOWER.encode(&digest[..6]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_path_gets_a_short_socket_of_its_own() {
        let short = Path::new("/srv/openchair/.openchair/postgres");
        assert_eq!(socket_folder(short, short), short.join("run"));

        let long = PathBuf::from("/srv").join("a".repeat(90));
        let other = PathBuf::from("/srv").join("b".repeat(90));
        let sockets = socket_folder(&long, &long);
        assert!(sockets.starts_with("/tmp"));
        assert_eq!(sockets, socket_folder(&long, &long));
        assert_ne!(sockets, socket_folder(&other, &other));
    }
}
