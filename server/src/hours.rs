//! Civil hours as the API shows and takes them.

use openchair_domain::availability::Window;
use openchair_domain::hours::{NewOpening, NewStretch, Opening, shown};
use poem_openapi::Object;

/// One stretch of a weekday in which the door is open, or somebody works, in the location's own time.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct OpeningHours {
    /// 1 is Monday, 7 is Sunday
    #[oai(validator(minimum(value = "1"), maximum(value = "7")))]
    weekday: u8,
    /// `09:00`
    #[oai(validator(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    opens: String,
    /// `17:00`. Earlier than `opens` it is the next day's; `24:00` is the end of the day
    #[oai(validator(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    closes: String,
}

impl From<Opening> for OpeningHours {
    fn from(opening: Opening) -> Self {
        let (opens, closes) = shown(opening.window());
        Self { weekday: opening.weekday(), opens, closes }
    }
}

impl OpeningHours {
    pub(crate) fn to_domain(&self) -> NewOpening {
        NewOpening { weekday: self.weekday, opens: self.opens.clone(), closes: self.closes.clone() }
    }
}

/// One stretch of a day, in the location's own time.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct DayStretch {
    /// `09:00`
    #[oai(validator(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    opens: String,
    /// `17:00`. Earlier than `opens` it is the next day's; `24:00` is the end of the day
    #[oai(validator(pattern = "^[0-9]{2}:[0-9]{2}$"))]
    closes: String,
}

impl From<Window> for DayStretch {
    fn from(window: Window) -> Self {
        let (opens, closes) = shown(window);
        Self { opens, closes }
    }
}

impl DayStretch {
    pub(crate) fn to_domain(&self) -> NewStretch {
        NewStretch { opens: self.opens.clone(), closes: self.closes.clone() }
    }
}

/// The openings that a body lists.
pub(crate) fn week(typed: &[OpeningHours]) -> Vec<NewOpening> {
    typed.iter().map(OpeningHours::to_domain).collect()
}

/// The stretches that a body lists.
pub(crate) fn day(typed: &[DayStretch]) -> Vec<NewStretch> {
    typed.iter().map(DayStretch::to_domain).collect()
}

/// The openings as they are shown.
pub(crate) fn shown_week(hours: Vec<Opening>) -> Vec<OpeningHours> {
    hours.into_iter().map(OpeningHours::from).collect()
}

/// The stretches as they are shown.
pub(crate) fn shown_day(windows: Vec<Window>) -> Vec<DayStretch> {
    windows.into_iter().map(DayStretch::from).collect()
}
