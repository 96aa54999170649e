//! Names that no business can take as its address.

use std::collections::BTreeSet;
use std::sync::LazyLock;

const TEXT: &str = include_str!("../../../config/reserved_slugs.txt");

static RESERVED: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    TEXT.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
});

/// Whether a slug, in lower case, belongs to the product.
pub fn is_reserved_slug(slug: &str) -> bool {
    RESERVED.contains(slug)
}

/// All of them, sorted.
pub fn reserved_slugs() -> impl Iterator<Item = &'static str> {
    RESERVED.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_are_reserved() {
        let routes = [
            "app",
            "v1",
            "docs",
            "dev",
            "healthz",
            "readyz",
            "metrics",
            "join",
            "sign-in",
            "sign-up",
            "forgot-password",
            "reset-password",
            "verify-email",
            "assets",
            "media",
            "openchair",
        ];
        for route in routes {
            assert!(is_reserved_slug(route), "{route}");
        }
        assert!(!is_reserved_slug("lagoon-spa"));
        assert!(!is_reserved_slug("# names"));
    }

    #[test]
    fn they_are_written_as_slugs() {
        for slug in reserved_slugs() {
            let right = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(slug.chars().all(right), "{slug}");
        }
    }
}
