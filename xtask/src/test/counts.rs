//! Reads out of what the runners say how many tests passed and failed.

use std::ops::AddAssign;

use serde_json::Value;

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub passed: u64,
    pub failed: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Counts {
    /// A runner that failed without a failed test (it did not compile, it crashed) counts as one.
    pub(super) fn of_run(self, succeeded: bool) -> Self {
        let failed = if succeeded { self.failed } else { self.failed.max(1) };
        Self { failed, ..self }
    }

    /// cargo test: a line for each test binary.
    pub(super) fn of_cargo(output: &str) -> Self {
        let mut total = Self::default();
        for line in output.lines() {
            // A test that prints without a newline may come before it.
            let Some((_, result)) = line.split_once("test result: ") else { continue };
            total += Self {
                passed: number_before(result, " passed"),
                failed: number_before(result, " failed"),
            };
        }
        total
    }

    /// vitest's JSON report.
    pub(super) fn of_vitest(report: &Value) -> Self {
        let number = |name: &str| report[name].as_u64().unwrap_or_default();
        Self { passed: number("numPassedTests"), failed: number("numFailedTests") }
    }

    /// Playwright's JSON report. A test that passed at its second try has failed once.
    pub(super) fn of_playwright(report: &Value) -> Self {
        let number = |name: &str| report["stats"][name].as_u64().unwrap_or_default();
        Self { passed: number("expected"), failed: number("unexpected") + number("flaky") }
    }

    /// A JUnit report: the numbers of its outermost element, or of all suites if it has none.
    pub(super) fn of_junit(report: &str) -> Self {
        let whole: Vec<&str> = report.split("<testsuites").skip(1).take(1).collect();
        let elements =
            if whole.is_empty() { report.split("<testsuite ").skip(1).collect() } else { whole };
        let mut total = Self::default();
        for element in elements {
            let head = element.split('>').next().unwrap_or_default();
            let number = |name: &str| -> u64 {
                let value = head.split(&format!("{name}=\"")).nth(1);
                value.and_then(|value| value.split('"').next()?.parse().ok()).unwrap_or_default()
            };
            let failed = number("failures") + number("errors");
            let ran = number("tests").saturating_sub(number("skipped"));
            total += Self { passed: ran.saturating_sub(failed), failed };
        }
        total
    }
}

fn number_before(text: &str, word: &str) -> u64 {
    let Some((before, _)) = text.split_once(word) else { return 0 };
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn counts(passed: u64, failed: u64) -> Counts {
        Counts { passed, failed }
    }

    #[test]
    fn cargos_lines_are_added_up() {
        let output = "running 3 tests\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
            noise test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured\n\
            the test result is fine\n";
        assert_eq!(Counts::of_cargo(output), counts(19, 2));
        assert_eq!(Counts::of_cargo("error: could not compile"), counts(0, 0));
    }

    #[test]
    fn a_runner_that_broke_counts_as_a_failure() {
        assert_eq!(counts(0, 0).of_run(false), counts(0, 1));
        assert_eq!(counts(3, 2).of_run(false), counts(3, 2));
        assert_eq!(counts(3, 0).of_run(true), counts(3, 0));
    }

    #[test]
    fn reports_are_read() {
        let vitest = json!({"numPassedTests": 5, "numFailedTests": 1, "numTotalTests": 6});
        assert_eq!(Counts::of_vitest(&vitest), counts(5, 1));
        let playwright =
            json!({"stats": {"expected": 4, "unexpected": 1, "flaky": 1, "skipped": 2}});
        assert_eq!(Counts::of_playwright(&playwright), counts(4, 2));
        for (report, expected) in [
            (r#"<testsuites tests="9" failures="2" errors="1"><testsuite tests="9"/>"#, (6, 3)),
            (r#"<testsuite name="a" tests="3" failures="1" errors="0" skipped="1">"#, (1, 1)),
            (r#"<testsuites><testsuite name="a" tests="3" failures="1"/></testsuites>"#, (0, 0)),
            ("", (0, 0)),
        ] {
            assert_eq!(Counts::of_junit(report), counts(expected.0, expected.1), "{report}");
        }
    }
}
