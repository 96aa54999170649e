//! The API's document and the client made from it are kept in the repository: a change of the API
//! is a change that a review sees.

use std::fs;

use super::{Outcome, Passed, program, server};
use crate::{place::Place, web};

const DOCUMENT: &str = "docs/openapi.json";
const CLIENT: &str = "web/src/lib/api/schema.d.ts";

pub(super) fn document(place: &Place, fix: bool) -> Outcome {
    let path = place.root.join(DOCUMENT);
    let kept = fs::read_to_string(&path).ok();
    if kept.is_none() && !fix {
        return Ok(Passed::Skipped(format!("there is no {DOCUMENT} yet; --fix makes it")));
    }
    let done = server(place)?
        .arg("openapi")
        .output()
        .map_err(|error| format!("openchair-server: {error}"))?;
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    let complete = serde_json::from_str::<serde_json::Value>(&told)
        .is_ok_and(|document| document["paths"].is_object());
    if !done.status.success() || !complete {
        let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
        return Err(format!("`openchair-server openapi` told no document\n{complaint}"));
    }
    match kept {
        Some(kept) if kept.trim_end() == told.trim_end() => Ok(Passed::Fully),
        _ if fix => {
            fs::write(&path, format!("{}\n", told.trim_end()))
                .map_err(|error| format!("{DOCUMENT}: {error}"))?;
            Ok(Passed::Fully)
        }
        Some(kept) => Err(format!(
            "{DOCUMENT} is not what the server says; --fix renews it\n{}",
            first_difference(&kept, &told)
        )),
        None => Err(format!("{DOCUMENT} is missing")),
    }
}

pub(super) fn client(place: &Place, fix: bool) -> Outcome {
    let folder = place.root.join("web");
    if !place.root.join(DOCUMENT).exists() || !folder.join("package.json").exists() {
        return Ok(Passed::Skipped(format!("needs {DOCUMENT} and the web client")));
    }
    web::install(place, &folder)?;
    let path = place.root.join(CLIENT);
    let kept = fs::read_to_string(&path).unwrap_or_default();
    program("npm run generate", web::npm(&folder).args(["run", "generate"]))?;
    let made = fs::read_to_string(&path).map_err(|error| format!("{CLIENT}: {error}"))?;
    if fix || kept == made {
        return Ok(Passed::Fully);
    }
    // A check leaves everything as it was.
    fs::write(&path, &kept).map_err(|error| format!("{CLIENT}: {error}"))?;
    Err(format!(
        "{CLIENT} is not what {DOCUMENT} makes; --fix renews it\n{}",
        first_difference(&kept, &made)
    ))
}

fn first_difference(kept: &str, told: &str) -> String {
    let pairs = kept.lines().chain([""]).zip(told.lines().chain([""]));
    pairs
        .enumerate()
        .find(|(_, (one, other))| one != other)
        .map(|(line, (one, other))| format!("line {}:\n- {one}\n+ {other}", line + 1))
        .unwrap_or_default()
}
