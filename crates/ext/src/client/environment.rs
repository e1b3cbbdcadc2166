//! The environment variables that users of this service already have.

/// What the environment says; empty variables count as absent.
#[derive(Clone, Default)]
pub(super) struct Environment {
    pub(super) api_key: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) region: Option<String>,
    pub(super) workspace: Option<String>,
}

pub(super) const API_KEY: &str = "DASHSCOPE_API_KEY";
pub(super) const BASE_URL: &str = "DASHSCOPE_HTTP_BASE_URL";
pub(super) const REGION: &str = "DASHSCOPE_API_REGION";
pub(super) const WORKSPACE: &str = "DASHSCOPE_WORKSPACE_ID";

impl Environment {
    /// One that says nothing.
    pub(super) const NONE: Self = Self {
        api_key: None,
        base_url: None,
        region: None,
        workspace: None,
    };

    pub(super) fn read(look_up: impl Fn(&str) -> Option<String>) -> Self {
        let look_up = |name| look_up(name).filter(|value| !value.trim().is_empty());
        Self {
            api_key: look_up(API_KEY),
            base_url: look_up(BASE_URL),
            region: look_up(REGION),
            workspace: look_up(WORKSPACE),
        }
    }
}
