//! The web files are embedded when they are there. A bare checkout has none yet: an empty folder
//! lets the server build all the same, and is watched, so that a later web build is taken in.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let dist = Path::new("../web/dist");
    std::fs::create_dir_all(dist)?;
    println!("cargo::rerun-if-changed={}", dist.display());
    Ok(())
}
