//! How to reach the cluster: written down for our own next start, and for a worker that runs
//! apart from the server.

use openchair_domain::entropy::{OsEntropy, bytes};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    EmbeddedError,
    place::{PORT, Place},
    process,
};

/// The superuser that owns the tables. Row-level security does not bind it: migrations only.
pub const OWNER_ROLE: &str = "openchair_owner";
/// The role of everything else; row-level security binds it.
pub const APP_ROLE: &str = "openchair_app";
/// The role that [`APP_ROLE`] may put on by name for work that belongs to no tenant.
pub const SYSTEM_ROLE: &str = "openchair_system";
/// The database that a new cluster comes with.
pub const DATABASE: &str = "openchair";

const FILE: &str = "postgres.json";

/// Addresses and passwords of a cluster.
#[derive(Clone, Serialize, Deserialize)]
pub struct Access {
    sockets: PathBuf,
    data: PathBuf,
    owner_password: String,
    app_password: String,
    /// The two addresses of the usual database, for whoever reads the file without this code.
    owner_url: String,
    app_url: String,
}

/// Passwords stay out of logs.
impl std::fmt::Debug for Access {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Access").field("sockets", &self.sockets).finish_non_exhaustive()
    }
}

impl Access {
    /// The address of a database as its owner, for migrations and for making databases.
    pub fn owner_url(&self, database: &str) -> String {
        url(OWNER_ROLE, &self.owner_password, &self.sockets, database)
    }

    /// The address of a database as the app, for everything else.
    pub fn app_url(&self, database: &str) -> String {
        url(APP_ROLE, &self.app_password, &self.sockets, database)
    }

    /// The postmaster's process number, if one is running.
    pub fn postmaster(&self) -> Option<i32> {
        process::PidFile::read(&self.data).map(|found| found.pid)
    }

    /// The folder of the socket, closed to other accounts.
    pub fn socket_folder(&self) -> &Path {
        &self.sockets
    }

    pub(super) fn app_password(&self) -> &str {
        &self.app_password
    }

    pub(super) fn owner_password(&self) -> &str {
        &self.owner_password
    }

    /// What is written down for this place, or new passwords, and whether they are new.
    pub(super) fn read_or_invent(folder: &Path, place: &Place) -> (Self, bool) {
        let known = fs::read(folder.join(FILE)).ok();
        let known = known.and_then(|text| serde_json::from_slice::<Self>(&text).ok());
        let is_new = known.as_ref().is_none_or(|known| known.data != place.data);
        let (owner_password, app_password) = match known {
            Some(known) if !is_new => (known.owner_password, known.app_password),
            _ => (new_password(), new_password()),
        };
        let access = Self {
            owner_url: url(OWNER_ROLE, &owner_password, &place.sockets, DATABASE),
            app_url: url(APP_ROLE, &app_password, &place.sockets, DATABASE),
            sockets: place.sockets.clone(),
            data: place.data.clone(),
            owner_password,
            app_password,
        };
        (access, is_new)
    }

    /// Writes it down, readable for us only.
    pub(super) fn keep(&self, folder: &Path) -> Result<(), EmbeddedError> {
        let path = folder.join(FILE);
        let beside = path.with_extension("new");
        let write = || {
            let _ = fs::remove_file(&beside);
            let mut file =
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            fs::rename(&beside, &path)
        };
        write().map_err(EmbeddedError::io("could not write", &path))
    }
}

/// Finds the cluster that another process runs in `folder`, for one that only wants to use it.
pub fn attach(folder: &Path) -> Result<Access, EmbeddedError> {
    let not_running = || EmbeddedError::NotRunning { folder: folder.to_owned() };
    let text = fs::read(folder.join(FILE)).map_err(|_| not_running())?;
    let access: Access = serde_json::from_slice(&text).map_err(|_| not_running())?;
    if !process::is_ready(&access.data) {
        return Err(not_running());
    }
    Ok(access)
}

fn new_password() -> String {
    data_encoding::HEXLOWER.encode(&bytes::<24>(&OsEntropy))
}

/// The host of such an address is the socket's folder, percent-encoded.
fn url(role: &str, password: &str, sockets: &Path, database: &str) -> String {
    format!(
        "postgres://{role}:{password}@{}:{PORT}/{}",
        percent_encoded(sockets.as_os_str().as_encoded_bytes()),
        percent_encoded(database.as_bytes())
    )
}

fn percent_encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(byte) {
            text.push(char::from(*byte));
        } else {
            text.push('%');
            text.push_str(&data_encoding::HEXUPPER.encode(&[*byte]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_socket_folder_as_its_host() {
        assert_eq!(
            url("ann", "secret", Path::new("/srv/my shop/run"), "openchair_1"),
            "postgres://ann:secret@%2Fsrv%2Fmy%20shop%2Frun:5432/openchair_1"
        );
    }

    #[test]
    fn passwords_are_long_and_never_the_same() {
        assert_eq!(new_password().len(), 48);
        assert_ne!(new_password(), new_password());
    }
}
