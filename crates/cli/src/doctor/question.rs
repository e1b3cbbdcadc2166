//! The open questions of the contract that a run may settle.

/// An open question of `openapi/README.md`, by its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Limit,
    Status,
    Cursor,
    Time,
    Bounds,
    SingaporeZone,
    NameCase,
    HasMore,
    DueTime,
    NoResults,
    Zeros,
    Statuses,
    ErrorBodies,
    RateLimitHeaders,
    ErrorInSuccess,
    HtmlGateway,
}

impl Question {
    /// The question as `openapi/README.md` asks it.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Limit => {
                "What does a `limit` outside of 1 to 100 get: an error, or the nearest limit?"
            }
            Self::Status => "What does an unknown `status` get: an error, or nothing?",
            Self::Cursor => {
                "What does an `after` get that names no batch, or one older than 30 days?"
            }
            Self::Time => "What does a malformed `create_after` or `create_before` get?",
            Self::Bounds => {
                "Do `create_after` and `create_before` include the second that they name?"
            }
            Self::SingaporeZone => "Does Singapore read these two in UTC+8, as Beijing does?",
            Self::NameCase => "Does `ds_name` distinguish upper and lower case?",
            Self::HasMore => "When does `has_more` say that there is more although there is not?",
            Self::DueTime => "Is `expires_at` ever set?",
            Self::NoResults => {
                "Does a completed batch of which every request failed have an `output_file_id`?"
            }
            Self::Zeros => "Are the zeros in the vendor's sample more than placeholders?",
            Self::Statuses => "Are there other statuses than the eight?",
            Self::ErrorBodies => {
                "What are the bodies of errors on this very route: a bad limit, cursor, time or \
                 status?"
            }
            Self::RateLimitHeaders => "Does a 429 carry `retry-after` or `x-ratelimit-*`?",
            Self::ErrorInSuccess => "Does this route, too, respond 200 with an error as its body?",
            Self::HtmlGateway => "Does a gateway respond 502 with HTML on this route?",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Question::*;

    #[test]
    fn each_is_asked_in_these_words() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/README.md");
        let readme = std::fs::read_to_string(path).expect("the contract's README");
        let (_, open) = readme.split_once("## Open questions").expect("its section");
        let open = open.split_whitespace().collect::<Vec<_>>().join(" ");
        for question in [
            Limit,
            Status,
            Cursor,
            Time,
            Bounds,
            SingaporeZone,
            NameCase,
            HasMore,
            DueTime,
            NoResults,
            Zeros,
            Statuses,
            ErrorBodies,
            RateLimitHeaders,
            ErrorInSuccess,
            HtmlGateway,
        ] {
            let text = format!("- {}", question.text());
            assert!(
                open.contains(&text),
                "{question:?}: no longer asked as {text:?}"
            );
        }
    }
}
