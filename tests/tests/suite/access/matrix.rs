use std::path::Path;

use super::actors::Column;

/// What an operation needs of whoever calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: anybody may.
    Nothing,
    /// A person who is signed in.
    Person,
    /// A platform administrator.
    Admin,
    /// This permission, inside a tenant.
    Right(String),
}

/// One operation's line.
#[derive(Debug)]
pub struct Row {
    pub operation: String,
    needs: Needs,
    expected: Vec<u16>,
}

impl Row {
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    pub fn expected(&self, column: Column) -> u16 {
        self.expected[column as usize]
    }
}

/// The table in `tests/access-matrix.txt`.
#[derive(Debug)]
pub struct Matrix(Vec<Row>);

impl Matrix {
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("access-matrix.txt");
        let text = std::fs::read_to_string(path).unwrap();
        let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let heads: Vec<&str> = lines.next().unwrap().split_whitespace().skip(2).collect();
        let names: Vec<String> =
            Column::ALL.iter().map(|column| format!("{column:?}").to_lowercase()).collect();
        assert_eq!(heads, names, "the columns of the matrix");
        Self(lines.map(row).collect())
    }

    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.0.iter()
    }

    pub fn row(&self, operation: &str) -> &Row {
        let row = self.0.iter().find(|row| row.operation == operation);
        row.unwrap_or_else(|| panic!("tests/access-matrix.txt has no row for {operation}"))
    }
}

fn row(line: &str) -> Row {
    let mut words = line.split_whitespace();
    let operation = words.next().unwrap_or_default().to_owned();
    let needs = match words.next().unwrap_or_default() {
        "nothing" => Needs::Nothing,
        "person" => Needs::Person,
        "admin" => Needs::Admin,
        right => Needs::Right(right.to_owned()),
    };
    let expected: Vec<u16> = words.map(|word| word.parse().expect(line)).collect();
    assert_eq!(expected.len(), Column::ALL.len(), "{line}");
    Row { operation, needs, expected }
}
