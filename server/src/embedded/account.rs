//! Who runs PostgreSQL. It refuses to run as root, so root lends it an account that exists.

use std::{
    fs,
    io::Write,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Output, Stdio},
};

use super::EmbeddedError;

/// An account of this machine that is not root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

/// The identity that PostgreSQL's programs get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RunAs {
    /// We are an ordinary user: so is PostgreSQL.
    Ourselves,
    /// We are root: this account runs it and owns its folders.
    Account(Account),
}

impl RunAs {
    /// Decides it. Existing data decides first: whoever owns it must go on running it.
    pub(super) fn choose(existing_data: Option<&Path>) -> Result<Self, EmbeddedError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Ourselves);
        }
        let owner = existing_data.and_then(|data| fs::metadata(data).ok()).map(|found| Account {
            name: format!("#{}", found.uid()),
            uid: found.uid(),
            gid: found.gid(),
        });
        if let Some(owner) = owner.filter(|owner| owner.uid != 0) {
            return Ok(Self::Account(owner));
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let mut refusal = String::from("/etc/passwd names none");
        for account in in_order_of_preference(&passwd) {
            let run_as = Self::Account(account.clone());
            // In some containers a user id exists by name but can't be taken.
            match run_as.command("/bin/sh").args(["-c", ":"]).output() {
                Ok(done) if done.status.success() => return Ok(run_as),
                Ok(done) => refusal = format!("{}: {}", account.name, said(&done)),
                Err(error) => refusal = format!("{}: {error}", account.name),
            }
        }
        Err(EmbeddedError::NoAccount { reason: refusal })
    }

    /// A command that runs as this account, in an environment that can't surprise PostgreSQL
    /// (`PGPORT`, `LC_ALL` and root's `HOME` would).
    pub(super) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LC_ALL", "C")
            // Our own working folder may be closed to the account.
            .current_dir("/")
            .stdin(Stdio::null());
        if let Self::Account(account) = self {
            command.uid(account.uid).gid(account.gid);
        }
        command
    }

    /// Whether the account can get into this folder, asked by trying it: permissions, access
    /// lists and mounts all have a say.
    pub(super) fn reaches(&self, folder: &Path) -> bool {
        let tried = self.command("/bin/sh").args(["-c", "cd -- \"$1\"", "sh"]).arg(folder).output();
        tried.is_ok_and(|done| done.status.success())
    }

    /// Writes a file that only the account can read, as the account.
    pub(super) fn write_private(&self, path: &Path, text: &str) -> Result<(), EmbeddedError> {
        let failed = || EmbeddedError::io("could not write", path);
        let mut writer = self
            .command("/bin/sh")
            .args(["-c", "umask 077 && cat > \"$1\"", "sh"])
            .arg(path)
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed())?;
        if let Some(mut input) = writer.stdin.take() {
            input.write_all(text.as_bytes()).map_err(failed())?;
        }
        match writer.wait().map_err(failed())? {
            status if status.success() => Ok(()),
            _ => Err(failed()(std::io::Error::from(std::io::ErrorKind::PermissionDenied))),
        }
    }

    /// Makes a folder that belongs to the account and is closed to everyone else.
    ///
    /// A folder that exists already must be the account's or ours: under `/tmp` a stranger may
    /// have put one (or a link) in its place.
    pub(super) fn own_folder(&self, folder: &Path) -> Result<(), EmbeddedError> {
        let failed = || EmbeddedError::io("could not make the folder", folder);
        match fs::create_dir(folder) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(failed()(error));
            }
            _ => {}
        }
        let found = fs::symlink_metadata(folder).map_err(failed())?;
        let ours = rustix::process::geteuid().as_raw();
        let uid = match self {
            Self::Ourselves => ours,
            Self::Account(account) => account.uid,
        };
        if !found.is_dir() || ![uid, ours].contains(&found.uid()) {
            return Err(failed()(std::io::Error::other("it is there, but is somebody else's")));
        }
        if let Self::Account(account) = self {
            std::os::unix::fs::chown(folder, Some(account.uid), Some(account.gid))
                .map_err(failed())?;
        }
        let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(folder, closed).map_err(failed())
    }
}

/// What a program said, in few words.
pub(super) fn said(done: &Output) -> String {
    let mut text = String::from_utf8_lossy(&done.stderr).into_owned();
    text.push_str(&String::from_utf8_lossy(&done.stdout));
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match lines.len() {
        0 => done.status.to_string(),
        many => lines[many.saturating_sub(8)..].join("; "),
    }
}

/// The database's own account first, then the one that owns nothing, then anyone.
fn in_order_of_preference(passwd: &str) -> Vec<Account> {
    let mut accounts: Vec<Account> = passwd
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [name, _, uid, gid, ..] = fields[..] else { return None };
            let account =
                Account { name: name.to_owned(), uid: uid.parse().ok()?, gid: gid.parse().ok()? };
            (account.uid != 0).then_some(account)
        })
        .collect();
    accounts.sort_by_key(|account| match account.name.as_str() {
        "postgres" | "_postgres" => 0,
        "nobody" => 1,
        _ if account.uid >= 1000 => 2,
        _ => 3,
    });
    accounts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_tried_in_order_and_root_never() {
        let passwd = "root:x:0:0::/root:/bin/sh\n\
                      toor:x:0:0::/root:/bin/sh\n\
                      www:x:33:33::/:/bin/false\n\
                      broken line\n\
                      ann:x:1000:1000::/home/ann:/bin/sh\n\
                      nobody:x:65534:65534::/:/bin/false\n\
                      postgres:x:101:104::/:/bin/sh\n";
        let names: Vec<String> =
            in_order_of_preference(passwd).into_iter().map(|account| account.name).collect();
        assert_eq!(names, ["postgres", "nobody", "ann", "www"]);
    }
}
