use std::{
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use clap::Args;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::{
    http,
    leash::Leashed,
    place::{Place, cargo},
    step,
    till::{Till, Who},
    web,
};

/// How often the parts of a split product are looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Where the server listens unless it is told otherwise; see config/default.toml.
const USUAL_PORT: u16 = 8080;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Up {
    /// Start with an empty database instead of the demo businesses.
    #[arg(long)]
    empty: bool,
    /// Run server and worker as two processes.
    #[arg(long)]
    split: bool,
    /// Take cards, too, by a stand-in of Stripe: nothing is ever paid.
    #[arg(long)]
    stripe: bool,
    /// Let businesses in South Africa be paid, too, through a stand-in of PayFast: nothing is ever paid.
    #[arg(long)]
    payfast: bool,
    /// Build with all optimisations.
    #[arg(long)]
    release: bool,
    /// Listen on this port instead of 8080.
    #[arg(long)]
    port: Option<u16>,
    /// Passed on to `openchair-server serve`.
    #[arg(last = true)]
    rest: Vec<String>,
}

impl Up {
    pub(crate) fn run(self) -> Result<ExitCode, String> {
        let place = Place::find()?;
        web::build(&place)?;
        build(&place, self.release)?;
        if self.split || self.stripe || self.payfast {
            self.run_beside(&place)
        } else {
            self.become_the_server(&place)
        }
    }

    /// Nothing is left of us: signals and the exit code are the server's own.
    fn become_the_server(&self, place: &Place) -> Result<ExitCode, String> {
        let program = place.program("openchair-server", self.release);
        let mut server = Command::new(&program);
        self.set_up(place, &mut server);
        Err(format!("{} can't be run: {}", program.display(), server.exec()))
    }

    /// The server with what runs beside it: the worker, who takes money, or both.
    fn run_beside(&self, place: &Place) -> Result<ExitCode, String> {
        let stop = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&stop))
                .map_err(|error| format!("signals: {error}"))?;
        }
        let start = |name: &str, set_up: &dyn Fn(&mut Command)| {
            Leashed::start(&place.program(name, self.release), None, set_up)
                .map_err(|error| format!("{name} can't be run: {error}"))
        };
        let port = self.port.unwrap_or(USUAL_PORT);
        let url = format!("http://localhost:{port}");
        let wanted = [(Who::Stripe, self.stripe), (Who::PayFast, self.payfast)];
        let mut tills = wanted
            .into_iter()
            .filter(|(_, wanted)| *wanted)
            .map(|(who, _)| Till::start(who, place, self.release, &url))
            .collect::<Result<Vec<_>, _>>()?;
        let tell = |command: &mut Command| tills.iter().for_each(|till| till.tell(command));
        let mut server = start("openchair-server", &|command| {
            self.set_up(place, command);
            tell(command);
            if self.split {
                command.arg("--no-worker");
            }
        })?;
        // The server makes the database and its tables: before that a worker has nothing to do.
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        while !http::ask(address, "GET", "/readyz", None).is_ok_and(|answer| answer.status == 200) {
            if let Some(status) = server.ended() {
                return Err(format!("the server ended: {status}"));
            }
            if stop.load(Ordering::Relaxed) {
                return Ok(ExitCode::SUCCESS);
            }
            thread::sleep(LOOK);
        }
        let database = private_database(place);
        let worker = || {
            start("openchair-worker", &|command| {
                command.current_dir(&place.root);
                self.set_address(command);
                tell(command);
                if let Some(url) = &database {
                    command.env("OPENCHAIR__DATABASE__URL", url);
                }
            })
        };
        let mut worker = self.split.then(worker).transpose()?;
        if self.split {
            println!("openchair-worker runs beside the server");
        }
        for till in &tills {
            println!("{}", till.news());
        }
        let ended = loop {
            if stop.load(Ordering::Relaxed) {
                break None;
            }
            let one = server.ended().map(|status| format!("the server ended: {status}"));
            let other = || {
                let status = worker.as_mut().and_then(Leashed::ended);
                status.map(|status| format!("the worker ended: {status}"))
            };
            if let Some(ended) = one.or_else(other) {
                break Some(ended);
            }
            thread::sleep(LOOK);
        };
        // The worker first: the database goes with the server.
        let worker = worker.as_mut().map_or(Ok(()), |worker| {
            worker.stop().map(drop).map_err(|fault| format!("openchair-worker: {fault}"))
        });
        let server = server.stop().map_err(|fault| format!("openchair-server: {fault}"));
        let tills = tills.iter_mut().map(Till::stop).fold(Ok(()), Result::and);
        worker.and(server.map(drop)).and(tills)?;
        ended.map_or(Ok(ExitCode::SUCCESS), Err)
    }

    fn set_up(&self, place: &Place, server: &mut Command) {
        server.arg("serve").args(&self.rest).current_dir(&place.root);
        if self.empty {
            server.env("OPENCHAIR__DEMO__LOAD", "false");
        }
        self.set_address(server);
    }

    /// The worker needs it too: the links in its mails lead there.
    fn set_address(&self, program: &mut Command) {
        if let Some(port) = self.port {
            program
                .env("OPENCHAIR__SERVER__BIND", format!("127.0.0.1:{port}"))
                .env("OPENCHAIR__SERVER__PUBLIC_URL", format!("http://localhost:{port}"));
        }
    }
}

/// All programs of the workspace. Always the whole workspace: a build of one package would choose
/// other features of shared dependencies and build half of them again.
pub(crate) fn build(place: &Place, release: bool) -> Result<(), String> {
    let mut cargo = cargo(place);
    cargo.args(["build", "--workspace", "--bins"]);
    if release {
        cargo.arg("--release");
    }
    step::must("cargo build", &mut cargo).map(drop)
}

/// The address that the server left for a worker beside it; none if the database is configured.
fn private_database(place: &Place) -> Option<String> {
    if env::var_os("OPENCHAIR__DATABASE__URL").is_some() {
        return None;
    }
    let folder = env::var_os("OPENCHAIR__DATABASE__FOLDER").unwrap_or(".openchair".into());
    let text = fs::read(place.root.join(folder).join("postgres.json")).ok()?;
    let access: serde_json::Value = serde_json::from_slice(&text).ok()?;
    access["app_url"].as_str().map(str::to_owned)
}
