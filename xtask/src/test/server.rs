//! A server for tests that come from outside: on a free port, with a database of its own, gone
//! afterwards whatever happens.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    http,
    leash::Leashed,
    place::Place,
    till::{Till, Who, free_port},
    up,
};

/// Making a database, its tables and demo data on a busy machine.
const LONGEST_START: Duration = Duration::from_mins(3);

#[derive(Debug)]
pub(super) struct Server {
    pub address: SocketAddr,
    process: Leashed,
    folder: PathBuf,
    log: PathBuf,
    till: Option<Till>,
}

impl Server {
    /// Builds, starts with these settings, too, and waits until it is ready.
    pub(super) fn start(
        place: &Place,
        name: &str,
        settings: &[(&str, &str)],
    ) -> Result<Self, String> {
        Self::start_beside(place, name, settings, false)
    }

    /// The same where cards are taken, too, by a stand-in of Stripe.
    pub(super) fn start_with_till(
        place: &Place,
        name: &str,
        settings: &[(&str, &str)],
    ) -> Result<Self, String> {
        Self::start_beside(place, name, settings, true)
    }

    fn start_beside(
        place: &Place,
        name: &str,
        settings: &[(&str, &str)],
        cards: bool,
    ) -> Result<Self, String> {
        up::build(place, false)?;
        let folder = place.scratch()?.join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let log = place.scratch()?.join(format!("{name}-server.log"));
        let port = free_port()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let url = format!("http://{address}");
        let till = cards.then(|| Till::start(Who::Stripe, place, false, &url)).transpose()?;
        let program = place.program("openchair-server", false);
        let process = Leashed::start(&program, Some(&log), |command| {
            command
                .arg("serve")
                .current_dir(&place.root)
                .env("OPENCHAIR_PROFILE", "test")
                .env("OPENCHAIR__DATABASE__FOLDER", &folder)
                .env("OPENCHAIR__SERVER__BIND", address.to_string())
                .env("OPENCHAIR__SERVER__PUBLIC_URL", &url)
                .envs(settings.iter().copied());
            if let Some(till) = &till {
                till.tell(command);
            }
        })
        .map_err(|error| format!("{}: {error}", program.display()))?;
        let mut server = Self { address, process, folder, log, till };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            let answer = http::ask(self.address, "GET", "/readyz", None);
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            let ended = self.process.ended().map(|status| format!("ended: {status}"));
            let late = || (begun.elapsed() > LONGEST_START).then(|| "is not ready".to_owned());
            if let Some(fault) = ended.or_else(late) {
                return Err(format!("the server {fault}\n{}", self.log()));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Where cards are taken, if they are.
    pub(super) fn till(&self) -> Option<String> {
        self.till.as_ref().map(Till::origin)
    }

    /// Signs a business up and takes a token for its owner.
    pub(super) fn owner_token(&self) -> Result<String, String> {
        let email = "schema@example.com";
        let password = "a long pass phrase for 1 run";
        let business = json!({"name": "Schema Spa", "kind": "spa", "country": "US"});
        let owner = json!({"name": "Sam Schema", "email": email, "password": password});
        let signed_up = self.post("/v1/signup", &json!({"business": business, "owner": owner}))?;
        let token = self.post(
            "/v1/auth/tokens",
            &json!({
                "email": email,
                "password": password,
                "tenant": signed_up["tenant"]["id"],
                "client_name": "generated requests",
            }),
        )?;
        let token = token["access_token"].as_str().ok_or("the answer has no access_token")?;
        Ok(token.to_owned())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        let answer = http::ask(self.address, "POST", path, Some(body))?;
        if answer.status != 201 {
            return Err(format!("POST {path}: {} {}", answer.status, answer.body));
        }
        serde_json::from_str(&answer.body).map_err(|error| format!("POST {path}: {error}"))
    }

    /// Stops it. What it logged as an error, or a stop that was no clean one, is a fault: no
    /// input from outside may cause either.
    pub(super) fn stop(mut self) -> Result<(), String> {
        let status = self.process.stop().map_err(|fault| format!("the server: {fault}"))?;
        if let Some(till) = &mut self.till {
            till.stop()?;
        }
        let errors: Vec<String> =
            self.log().lines().filter(|line| is_error(line)).take(5).map(str::to_owned).collect();
        if !errors.is_empty() {
            return Err(format!("the server logged errors:\n{}", errors.join("\n")));
        }
        if status.success() { Ok(()) } else { Err(format!("the server ended: {status}")) }
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have stopped already; what is left of it is its folders.
        let _ = self.process.stop();
        if let Some(till) = &mut self.till {
            let _ = till.stop();
        }
        let access = fs::read(self.folder.join("postgres.json")).unwrap_or_default();
        let access: Value = serde_json::from_slice(&access).unwrap_or_default();
        // As root its data may be elsewhere, in a folder with a name of ours.
        let elsewhere = access["data"].as_str().map(PathBuf::from);
        let elsewhere = elsewhere.as_deref().and_then(std::path::Path::parent);
        if let Some(home) = elsewhere.filter(|home| home.starts_with("/var/tmp")) {
            let _ = fs::remove_dir_all(home);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn is_error(line: &str) -> bool {
    let logged: Value = serde_json::from_str(line).unwrap_or_default();
    logged["level"].as_str().is_some_and(|level| level.eq_ignore_ascii_case("error"))
        || line.contains("panicked at")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_and_panics_are_seen_in_the_log() {
        for (line, expected) in [
            (r#"{"level":"ERROR","message":"x"}"#, true),
            (r#"{"level":"WARN","message":"ERROR"}"#, false),
            ("thread 'main' panicked at src/main.rs:1:1:", true),
            ("listening on 127.0.0.1:8080", false),
        ] {
            assert_eq!(is_error(line), expected, "{line}");
        }
    }
}
