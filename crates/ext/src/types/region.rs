//! The regions that offer batches.

use std::fmt;
use std::str::FromStr;

/// A region that offers batches. A key belongs to one region.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// Singapore: international, Qwen Cloud.
    #[default]
    Singapore,
    /// China (Beijing).
    Beijing,
}

impl Region {
    /// Every region that offers batches.
    pub const ALL: [Self; 2] = [Self::Singapore, Self::Beijing];

    /// The name of the region, by which it is also parsed: `singapore` or `beijing`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Singapore => "singapore",
            Self::Beijing => "beijing",
        }
    }

    /// The region's id in the cloud, by which it is also parsed, such as `ap-southeast-1`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Singapore => "ap-southeast-1",
            Self::Beijing => "cn-beijing",
        }
    }

    /// The base URL of the region, or of one workspace in it.
    pub(crate) fn base_url(self, workspace: Option<&str>) -> String {
        let host = match (workspace, self) {
            (Some(workspace), region) => {
                format!("{workspace}.{}.maas.aliyuncs.com", region.id())
            }
            (None, Self::Singapore) => "dashscope-intl.aliyuncs.com".to_owned(),
            (None, Self::Beijing) => "dashscope.aliyuncs.com".to_owned(),
        };
        format!("https://{host}/compatible-mode/v1")
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A string that is not a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseRegionError {
    text: String,
}

impl fmt::Display for ParseRegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a region that offers batches; write singapore (ap-southeast-1) or beijing \
             (cn-beijing)",
            self.text
        )
    }
}

impl std::error::Error for ParseRegionError {}

impl FromStr for Region {
    type Err = ParseRegionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|region| {
                text.eq_ignore_ascii_case(region.name()) || text.eq_ignore_ascii_case(region.id())
            })
            .ok_or_else(|| ParseRegionError {
                text: text.to_owned(),
            })
    }
}
