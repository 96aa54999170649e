//! A shell of the web client, and what is written into it between its marks.

use std::fmt::Write as _;

use openchair_domain::html::escaped;
use serde_json::Value;

/// What is written into a shell. `head` and `page` are HTML, `boot` is JSON.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) locale: &'static str,
    pub(super) direction: &'static str,
    pub(super) head: String,
    pub(super) page: String,
    pub(super) boot: Option<String>,
}

impl Written {
    /// For a page that no search engine is to list, and that asks the API for everything itself.
    pub(super) fn unlisted(title: &str) -> Self {
        let head = format!(
            "<title>{}</title><meta name=\"robots\" content=\"noindex\" />",
            escaped(title)
        );
        Self { locale: "en", direction: "ltr", head, page: String::new(), boot: None }
    }

    /// The shell with all this in it; nothing if the shell has lost its marks.
    pub(super) fn fill(self, shell: &str) -> Option<String> {
        let (mut out, mut rest) = {
            let (before, rest) = shell.split_once("<html lang=\"en\" dir=\"ltr\">")?;
            let html = format!("<html lang=\"{}\" dir=\"{}\">", self.locale, self.direction);
            (format!("{before}{html}"), rest)
        };
        let boot = self.boot.map(|json| script("application/json", " id=\"boot\"", &json));
        for (mark, text) in
            [("head", self.head), ("page", self.page), ("boot", boot.unwrap_or_default())]
        {
            let (kept, after) = rest.split_once(&format!("<!--{mark}-->"))?;
            let (_as_built, after) = after.split_once(&format!("<!--/{mark}-->"))?;
            out.push_str(kept);
            out.push_str(&text);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

/// Data for other programs, as part of a page's head.
pub(super) fn data(kind: &str, value: &Value) -> String {
    script(kind, "", &value.to_string())
}

/// A script element that holds data. Browsers run none of it: what they don't know as a script's type
/// needs no leave of the content policy.
fn script(kind: &str, more: &str, json: &str) -> String {
    let mut out = format!("<script type=\"{kind}\"{more}>");
    // These stand in JSON only inside of strings, where they can be written like this as well; and an
    // element that holds data ends at `</script` wherever that stands.
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _infallible = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push_str("</script>");
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SHELLS: [(&str, &str); 3] = [
        ("book", include_str!("../../../web/book.html")),
        ("queue", include_str!("../../../web/queue.html")),
        ("board", include_str!("../../../web/board.html")),
    ];

    fn written() -> Written {
        Written {
            locale: "ar",
            direction: "rtl",
            head: "<title>T</title>".into(),
            page: "<h1>H</h1>".into(),
            boot: Some("{\"shop\":null}".into()),
        }
    }

    #[test]
    fn every_shell_has_its_marks() {
        for (name, shell) in SHELLS {
            let page = written().fill(shell).expect(name);
            for part in [
                "<html lang=\"ar\" dir=\"rtl\">",
                "<title>T</title>\n",
                "<div id=\"root\"><h1>H</h1></div>",
                "<script type=\"application/json\" id=\"boot\">{\"shop\":null}</script>",
            ] {
                assert!(page.contains(part), "{name} has no {part}: {page}");
            }
            assert!(!page.contains("<!--") && page.ends_with("</html>\n"), "{name}: {page}");
            assert!(!page.contains("<title>Openchair</title>"), "{name}: {page}");
        }
        assert!(written().fill("<html lang=\"en\" dir=\"ltr\"><!--head--><!--/head-->").is_none());
        assert!(written().fill("<p>").is_none());
    }

    #[test]
    fn what_is_written_is_no_mark() {
        let sly = Written { head: "<!--page--><!--/boot-->".into(), ..written() };
        let page = sly.fill(SHELLS[0].1).unwrap();
        assert!(page.contains("<div id=\"root\"><h1>H</h1></div>"), "{page}");
    }

    #[test]
    fn nothing_ends_the_data() {
        let value =
            json!({ "</script>": "<script>alert(1)</script><!-- & \u{2028}\u{2029} \"q\" \\u" });
        let html = data("application/ld+json", &value);
        let inside = html.strip_prefix("<script type=\"application/ld+json\">").unwrap();
        let inside = inside.strip_suffix("</script>").unwrap();
        assert!(!inside.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{inside}");
        assert_eq!(serde_json::from_str::<Value>(inside).unwrap(), value);
    }
}
