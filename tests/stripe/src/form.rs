//! Forms as Stripe reads them: `line_items[0][price_data][currency]=eur`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::problem::Problem;

/// The most entries that metadata may have, how long their names and values may be.
const METADATA: (usize, usize, usize) = (50, 40, 500);

/// What was sent with a request, by names in brackets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    /// Reads a form or a query.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Problem> {
        let mut params = BTreeMap::new();
        let mut lists: BTreeMap<String, usize> = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text) {
            let Some(mut words) = words(&name) else {
                let said = format!(
                    "Invalid request (check that your POST content is form-encoded): {name}"
                );
                return Err(Problem::wrong(said));
            };
            // Of a list without numbers, the next one.
            if words.last().is_some_and(String::is_empty) {
                words.pop();
                let next = lists.entry(joined(&words)).or_default();
                words.push(next.to_string());
                *next += 1;
            }
            let name = joined(&words);
            if params.insert(name.clone(), value.into_owned()).is_some() {
                return Err(Problem::wrong(format!("Received {name} twice")).about(&name));
            }
        }
        Ok(Self(params))
    }

    /// Refuses whatever is not among these; `*` stands for any name, `#` for a number.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let known: Vec<_> = known.iter().filter_map(|name| words(name)).collect();
        for (name, value) in &self.0 {
            let asked = words(name).unwrap_or_default();
            if !known.iter().any(|known| is_meant(known, &asked)) {
                let said = format!("Received unknown parameter: {name}");
                return Err(Problem::coded("parameter_unknown", said).about(name));
            }
            if value.is_empty() && !name.starts_with("metadata[") {
                let said = format!(
                    "You passed an empty string for '{name}'. We assume empty values are an attempt to \
                     unset a parameter; however '{name}' cannot be unset. You should remove '{name}' \
                     from your request or supply a non-empty value."
                );
                return Err(Problem::coded("parameter_invalid_empty", said).about(name));
            }
        }
        Ok(())
    }

    /// A text, if it is there.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A text that has to be there.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Problem> {
        self.text(name).ok_or_else(|| Problem::missing(name))
    }

    /// A whole number, if it is there.
    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if plain => Ok(Some(number)),
            _ => {
                let said = format!("Invalid integer: {text}");
                Err(Problem::coded("parameter_invalid_integer", said).about(name))
            }
        }
    }

    /// A whole number that has to be there.
    pub(crate) fn need_integer(&self, name: &str) -> Result<i64, Problem> {
        self.integer(name)?.ok_or_else(|| Problem::missing(name))
    }

    /// One of these words, if it is there.
    pub(crate) fn one_of<'a>(
        &'a self,
        name: &str,
        words: &[&str],
    ) -> Result<Option<&'a str>, Problem> {
        match self.text(name) {
            Some(said) if !words.contains(&said) => {
                let known = words.join(", ");
                let said = format!("Invalid {name}: must be one of {known}");
                Err(Problem::wrong(said).about(name))
            }
            said => Ok(said),
        }
    }

    /// An address of the web, if it is there.
    pub(crate) fn url(&self, name: &str) -> Result<Option<&str>, Problem> {
        let Some(text) = self.text(name) else { return Ok(None) };
        // What Stripe fills in stands in braces.
        let parsed = url::Url::parse(text);
        let good = parsed.is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if good {
            return Ok(Some(text));
        }
        let said = "Not a valid URL".to_owned();
        Err(Problem::coded("url_invalid", said).about(name))
    }

    /// Whether anything begins like this.
    pub(crate) fn has(&self, prefix: &str) -> bool {
        let inside = format!("{prefix}[");
        self.0.keys().any(|name| name == prefix || name.starts_with(&inside))
    }

    /// Metadata below a name.
    pub(crate) fn metadata(&self, name: &str) -> Result<Value, Problem> {
        let inside = format!("{name}[");
        let mut all = Map::new();
        let (most, longest_name, longest) = METADATA;
        for (key, value) in self.0.iter().filter(|(key, _)| key.starts_with(&inside)) {
            let word = key[inside.len()..].trim_end_matches(']');
            if word.chars().count() > longest_name || value.chars().count() > longest {
                let said = format!(
                    "Metadata keys have at most {longest_name} characters and values {longest}: {word}"
                );
                return Err(Problem::wrong(said).about(key));
            }
            if !value.is_empty() {
                all.insert(word.to_owned(), value.as_str().into());
            }
        }
        if all.len() > most {
            return Err(Problem::wrong(format!("Metadata has at most {most} keys")).about(name));
        }
        Ok(Value::Object(all))
    }

    /// What is to be written out in full.
    pub(crate) fn expand(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(|(name, _)| name.starts_with("expand["))
            .map(|(_, value)| value.as_str())
    }
}

/// `a[b][c]` as words; none, if the brackets aren't in pairs.
fn words(name: &str) -> Option<Vec<String>> {
    let Some((first, rest)) = name.split_once('[') else {
        return (!name.is_empty() && !name.contains(']')).then(|| vec![name.to_owned()]);
    };
    let inside = rest.strip_suffix(']')?;
    let mut all = vec![first.to_owned()];
    all.extend(inside.split("][").map(str::to_owned));
    let odd = first.is_empty() || all.iter().any(|word| word.contains(['[', ']']));
    (!odd).then_some(all)
}

fn joined(words: &[String]) -> String {
    let (first, rest) = words.split_first().map_or(("", &[][..]), |(first, rest)| (first, rest));
    rest.iter().fold(first.to_owned(), |name, word| format!("{name}[{word}]"))
}

fn is_meant(known: &[String], asked: &[String]) -> bool {
    let same = |(known, asked): (&String, &String)| match known.as_str() {
        "*" => true,
        "#" => !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()),
        known => known == asked,
    };
    known.len() == asked.len() && known.iter().zip(asked).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_names() {
        let params = Params::parse(b"a[0][b]=1&c=x+y&expand[]=p&expand[]=q&metadata[k]=v").unwrap();
        assert_eq!(params.integer("a[0][b]"), Ok(Some(1)));
        assert_eq!(params.text("c"), Some("x y"));
        assert_eq!(params.expand().collect::<Vec<_>>(), ["p", "q"]);
        assert_eq!(params.metadata("metadata").unwrap(), serde_json::json!({ "k": "v" }));
        assert!(params.has("a"));
        assert!(!params.has("b"));
        let known = ["a[#][b]", "c", "expand[#]", "metadata[*]"];
        assert_eq!(params.only(&known), Ok(()));
        let unknown = params.only(&known[1..]).unwrap_err();
        assert_eq!(
            (unknown.code, unknown.param.as_deref()),
            (Some("parameter_unknown"), Some("a[0][b]"))
        );
        for odd in ["a[=1", "a]=1", "[a]=1", "a[b]c=1", "a[[b]]=1", "a=1&a=2"] {
            assert!(Params::parse(odd.as_bytes()).is_err(), "{odd}");
        }
    }

    #[test]
    fn numbers_are_whole() {
        for odd in ["1.5", "1e3", "+1", "0x1", "-", "99999999999999999999"] {
            let params = Params::parse(format!("amount={}", odd.replace('+', "%2B")).as_bytes());
            let problem = params.unwrap().integer("amount").unwrap_err();
            assert_eq!(problem.code, Some("parameter_invalid_integer"), "{odd}");
        }
        let empty = Params::parse(b"amount=").unwrap();
        let problem = empty.only(&["amount"]).unwrap_err();
        assert_eq!(problem.code, Some("parameter_invalid_empty"));
    }
}
