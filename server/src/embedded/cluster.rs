use std::{
    fs::{self, File, TryLockError},
    io::Write,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::{
    Access, EmbeddedError,
    account::RunAs,
    discover::{self, Binaries},
    fetch, initialise,
    place::Place,
    process::Recipe,
    supervisor::{self, Supervisor},
};

/// How long a lock may be held by nobody in particular.
const MOMENT: Duration = Duration::from_millis(500);

/// What the private database is to be like.
#[derive(Debug, Clone)]
pub struct EmbeddedOptions {
    /// Our folder (`.openchair`), made if it is not there. One cluster per folder.
    pub folder: PathBuf,
    /// PostgreSQL's programs; None to look for them.
    pub binaries: Option<PathBuf>,
    /// For tests: fast, and not safe against a power cut.
    pub throwaway: bool,
}

impl EmbeddedOptions {
    /// The product's settings, with PostgreSQL looked for.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), binaries: None, throwaway: false }
    }

    /// The same for tests: nothing waits for the disk.
    pub fn throwaway(folder: impl Into<PathBuf>) -> Self {
        Self { throwaway: true, ..Self::new(folder) }
    }
}

/// A running private database. It stops when this is dropped, and when our process ends in any
/// way whatever.
#[derive(Debug)]
pub struct Cluster {
    access: Access,
    supervisor: Supervisor,
    place: Place,
    /// Held as long as we run.
    lock: File,
}

impl Cluster {
    /// Starts the database of this folder, making it first if need be, and says the steps as it
    /// goes. Blocks for as long as that takes; from async code use [`Cluster::launch`].
    pub fn start(
        options: &EmbeddedOptions,
        progress: impl Fn(&str),
    ) -> Result<Self, EmbeddedError> {
        let begun = Instant::now();
        let folder = &options.folder;
        fs::create_dir_all(folder).map_err(EmbeddedError::io("could not make", folder))?;
        let folder = folder.canonicalize().map_err(EmbeddedError::io("could not find", folder))?;
        let lock = lock(&folder)?;
        let (place, run_as) = Place::choose(&folder)?;
        let binaries = binaries(options, &folder, &place, &run_as, &progress)?;
        let (access, access_is_new) = Access::read_or_invent(&folder, &place);
        let recipe = Recipe {
            binaries,
            place: place.clone(),
            run_as,
            log: folder.join("postgres.log"),
            throwaway: options.throwaway,
        };
        if place.major().is_none() {
            progress("creating the cluster");
            // The passwords are written down before anything is locked with them.
            access.keep(&folder)?;
            initialise::create(
                &recipe.binaries,
                &place,
                &recipe.run_as,
                &access,
                options.throwaway,
            )?;
        } else if access_is_new {
            progress("the file with the passwords is gone: setting new ones");
            recipe.end_leftover_postmaster()?;
            initialise::renew_passwords(&recipe.binaries, &place, &recipe.run_as, &access)?;
        }
        access.keep(&folder)?;
        let supervisor = supervisor::start(recipe)?;
        progress(&format!("started in {:.1} s", begun.elapsed().as_secs_f64()));
        Ok(Self { access, supervisor, place, lock })
    }

    /// [`Cluster::start`] for async code: on a thread where waiting does no harm.
    pub async fn launch(
        options: EmbeddedOptions,
        progress: impl Fn(&str) + Send + 'static,
    ) -> Result<Self, EmbeddedError> {
        let folder = options.folder.clone();
        tokio::task::spawn_blocking(move || Self::start(&options, progress)).await.unwrap_or_else(
            |gone| {
                let gone = std::io::Error::other(gone);
                Err(EmbeddedError::io("could not start the database in", folder)(gone))
            },
        )
    }

    /// The address of a database as its owner, for migrations and for making databases.
    pub fn owner_url(&self, database: &str) -> String {
        self.access.owner_url(database)
    }

    /// The address of a database as the app, for everything else.
    pub fn app_url(&self, database: &str) -> String {
        self.access.app_url(database)
    }

    /// The postmaster's process number; None in the moment between a crash and the restart.
    pub fn postmaster(&self) -> Option<i32> {
        self.supervisor.pid()
    }

    /// Where the data is: inside the folder, or under `/var/tmp` where PostgreSQL's account can't
    /// reach the folder.
    pub fn data_folder(&self) -> &Path {
        &self.place.data
    }

    /// Stops the database and waits for its end; dropping does the same.
    pub fn stop(self) {
        drop(self);
    }

    /// Stops the database and deletes its data.
    pub fn destroy(mut self) -> Result<(), EmbeddedError> {
        self.supervisor.stop();
        for folder in [&self.place.home, &self.place.sockets] {
            if folder.exists() {
                fs::remove_dir_all(folder)
                    .map_err(EmbeddedError::io("could not remove", folder))?;
            }
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.supervisor.stop();
        // By name and not by closing: a child that another thread is just starting has a copy of
        // the file for a moment. Should it fail, closing does the same a little later.
        let _ = self.lock.unlock();
    }
}

/// One process per folder. The kernel lets go of the lock however its holder ends.
fn lock(folder: &Path) -> Result<File, EmbeddedError> {
    let path = folder.join("postgres.lock");
    let failed = || EmbeddedError::io("could not lock", &path);
    let mut file = File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .map_err(failed())?;
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            // A killed holder's children may keep a copy for the moment that they take to start.
            Err(TryLockError::WouldBlock) if begun.elapsed() < MOMENT => thread::sleep(MOMENT / 50),
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(&path).ok().map(|pid| pid.trim().to_owned());
                return Err(EmbeddedError::InUse {
                    folder: folder.to_owned(),
                    holder: holder.filter(|pid| !pid.is_empty()),
                });
            }
            Err(TryLockError::Error(error)) => return Err(failed()(error)),
        }
    }
    // Only for the message to whoever comes second.
    file.set_len(0).map_err(failed())?;
    writeln!(file, "{}", std::process::id()).map_err(failed())?;
    Ok(file)
}

/// The configured programs, else what the machine has, else the fetched ones.
fn binaries(
    options: &EmbeddedOptions,
    folder: &Path,
    place: &Place,
    run_as: &RunAs,
    progress: &dyn Fn(&str),
) -> Result<Binaries, EmbeddedError> {
    let wanted = place.major();
    let binaries = if let Some(explicit) = &options.binaries {
        discover::explicit(explicit, run_as, wanted)?
    } else {
        let found = discover::search(run_as, wanted);
        if let Some(binaries) = found.best {
            binaries
        } else {
            for (folder, reason) in &found.refused {
                progress(&format!("passed over {}: {reason}", folder.display()));
            }
            if let Some(wanted) = wanted.filter(|wanted| *wanted != fetch::MAJOR) {
                return Err(EmbeddedError::OtherVersion { data: place.data.clone(), wanted });
            }
            fetch::binaries(&place.home, &folder.join("downloads"), run_as, progress)?
        }
    };
    progress(&format!("found PostgreSQL {} in {}", binaries.major, binaries.folder.display()));
    Ok(binaries)
}
