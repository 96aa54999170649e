//! Pictures of figures: plain SVG, readable in a browser and in a document, light or dark.

use std::fmt::Write as _;
use std::path::Path;

use crate::error::Outcome;
use crate::samples::Samples;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 44.0;
const RIGHT: f64 = 170.0;
const BOTTOM: f64 = 44.0;
/// Told apart also by who sees few colours.
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"];
const PERCENTILES: [f64; 9] = [10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9, 100.0];

/// How late news was, for each share of it: a line for each of these.
pub(crate) fn delays(title: &str, lines: &[(&str, &Samples)]) -> String {
    let points: Vec<Vec<f64>> = (lines.iter())
        .map(|(_, samples)| {
            let at = |share: &f64| samples.at(share / 100.0).max(0.01);
            PERCENTILES.iter().map(at).collect()
        })
        .collect();
    let all = || points.iter().flatten().copied();
    let low = all().fold(f64::INFINITY, f64::min).log10().floor();
    let high = all().fold(0.1, f64::max).log10().ceil().max(low + 1.0);
    let column = (WIDTH - LEFT - RIGHT) / 8.0;
    let across = |place: usize| column.mul_add(f64::from(u32::try_from(place).unwrap_or(0)), LEFT);
    let up = |value: f64| {
        let part = (value.log10() - low) / (high - low);
        (HEIGHT - TOP - BOTTOM).mul_add(-part, HEIGHT - BOTTOM)
    };
    let mut svg = begun(title);
    let mut power = low;
    while power <= high {
        let (y, value) = (up(10_f64.powf(power)), 10_f64.powf(power));
        let end = WIDTH - RIGHT;
        let _ = write!(
            svg,
            r#"<path class="grid" d="M{LEFT} {y:.1}H{end}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{value} ms</text>"#,
            LEFT - 8.0,
            y + 4.0
        );
        power += 1.0;
    }
    for (place, share) in PERCENTILES.iter().enumerate() {
        let (x, y) = (across(place), HEIGHT - BOTTOM + 18.0);
        let _ = write!(svg, r#"<text x="{x:.1}" y="{y:.1}" text-anchor="middle">p{share}</text>"#);
    }
    for (number, ((name, _), values)) in lines.iter().zip(&points).enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let mut path = String::new();
        for (place, value) in values.iter().enumerate() {
            let pen = if place == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{pen}{:.1} {:.1}", across(place), up(*value));
        }
        let _ = write!(svg, r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>"#);
        svg.push_str(&legend(number, name, colour));
    }
    svg + "</svg>\n"
}

/// Figures side by side, each pair on its own scale: ours and theirs.
pub(crate) fn pairs(title: &str, names: [&str; 2], rows: &[(&str, [f64; 2])]) -> String {
    let mut svg = begun(title);
    let room = WIDTH - LEFT - RIGHT - 160.0;
    let begin = LEFT + 110.0;
    for (place, (what, values)) in rows.iter().enumerate() {
        let top = 76.0_f64.mul_add(f64::from(u32::try_from(place).unwrap_or(0)), TOP + 16.0);
        let most = values[0].max(values[1]).max(f64::MIN_POSITIVE);
        let _ = write!(
            svg,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{what}</text>"#,
            begin - 10.0,
            top + 26.0
        );
        for (number, value) in values.iter().enumerate() {
            let y = 24.0_f64.mul_add(f64::from(u32::try_from(number).unwrap_or(0)), top);
            let (colour, wide) = (COLOURS[number], room * value / most);
            let _ = write!(
                svg,
                r#"<rect x="{begin:.1}" y="{y:.1}" width="{wide:.1}" height="20" rx="3" fill="{colour}"/><text x="{:.1}" y="{:.1}">{value:.2}</text>"#,
                begin + wide + 6.0,
                y + 14.0
            );
        }
    }
    for (number, name) in names.iter().enumerate() {
        svg.push_str(&legend(number, name, COLOURS[number]));
    }
    svg + "</svg>\n"
}

fn begun(title: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}"><style>text{{font:12px system-ui,sans-serif;fill:#333}}.grid{{stroke:#8884;stroke-width:1}}svg{{background:#fff}}@media(prefers-color-scheme:dark){{text{{fill:#ddd}}svg{{background:#16181d}}}}</style><text x="{LEFT}" y="24" style="font-weight:600;font-size:14px">{title}</text>"#
    )
}

fn legend(number: usize, name: &str, colour: &str) -> String {
    let y = 22.0_f64.mul_add(f64::from(u32::try_from(number).unwrap_or(0)), TOP + 10.0);
    let x = WIDTH - RIGHT + 16.0;
    format!(
        r#"<rect x="{x}" y="{:.1}" width="12" height="12" rx="2" fill="{colour}"/><text x="{:.1}" y="{y:.1}">{name}</text>"#,
        y - 10.0,
        x + 18.0
    )
}

/// Puts a picture into this folder.
pub(crate) fn keep(folder: Option<&std::path::PathBuf>, name: &str, svg: &str) -> Outcome<()> {
    let Some(folder) = folder else { return Ok(()) };
    let folder: &Path = folder;
    std::fs::create_dir_all(folder)?;
    Ok(std::fs::write(folder.join(name), svg)?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_line_for_each_and_no_number_that_is_none() {
        let (mut ours, mut theirs) = (Samples::new().unwrap(), Samples::new().unwrap());
        for n in 1..=1000 {
            ours.add(Duration::from_micros(10 * n));
            theirs.add(Duration::from_micros(100 * n));
        }
        let none = Samples::new().unwrap();
        let svg = delays("Delay", &[("ours", &ours), ("theirs", &theirs), ("none", &none)]);
        assert_eq!(svg.matches("stroke-width=\"2\"").count(), 3);
        assert!(svg.contains(">p99<") && svg.contains("100 ms") && !svg.contains("NaN"), "{svg}");
    }

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        let svg = pairs("Cost", ["ours", "theirs"], &[("CPU", [1.0, 4.0]), ("none", [0.0, 0.0])]);
        let room = WIDTH - LEFT - RIGHT - 160.0;
        assert!(svg.contains(&format!("width=\"{room:.1}\"")), "{svg}");
        assert!(svg.contains(&format!("width=\"{:.1}\"", room / 4.0)), "{svg}");
        assert!(!svg.contains("NaN"));
    }
}
