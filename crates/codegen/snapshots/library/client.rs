#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{encode_path, ClientHooks, OperationInfo, RequestBuilderExt};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    ///Who wrote a book; null if nobody knows.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct Author {
        pub name: ::std::string::String,
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub born_at: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl Author {
        pub fn builder() -> builder::Author {
            Default::default()
        }
    }
    ///A book.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct Book {
        ///What stands on the cover.
        pub title: ::std::string::String,
        pub isbn: Isbn,
        pub genre: super::types::Genre,
        ///Number of the list in which the book was found.
        #[serde(rename = "enum", skip_serializing_if = "::std::option::Option::is_none")]
        pub enum_: ::std::option::Option<i64>,
        ///What comes with the book.
        #[serde(
            rename = "extra",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub extra_property: ::std::option::Option<::std::string::String>,
        ///When the library got the book.
        pub added_at: ::std::string::String,
        ///Ids of all copies.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub copy_ids: ::std::vec::Vec<::std::string::String>,
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub author: ::std::option::Option<Author>,
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub series: ::std::option::Option<Series>,
        pub shelf: BookShelf,
        ///Where the picture of the cover is.
        pub cover: super::types::SecretUrl,
        ///What only the librarian knows.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub codename: ::std::option::Option<super::types::SecretString>,
        ///What the book costs, by currency.
        #[serde(
            default,
            skip_serializing_if = ":: std :: collections :: BTreeMap::is_empty"
        )]
        pub prices: ::std::collections::BTreeMap<::std::string::String, f64>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl Book {
        pub fn builder() -> builder::Book {
            Default::default()
        }
    }
    ///Some books.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct BookList {
        ///Always `books`.
        #[serde(rename = "type")]
        pub type_: ::std::string::String,
        ///Where the next books are; null behind the last one.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub next: ::std::option::Option<::std::string::String>,
        ///Whether this is the list that one gets without asking.
        pub default: bool,
        ///The books; null where there are none.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub books: ::std::option::Option<::std::vec::Vec<Book>>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl BookList {
        pub fn builder() -> builder::BookList {
            Default::default()
        }
    }
    ///Where the book stands.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct BookShelf {
        pub row: i64,
        pub place: BookShelfPlace,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl BookShelf {
        pub fn builder() -> builder::BookShelf {
            Default::default()
        }
    }
    ///Where in the row.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct BookShelfPlace {
        pub side: BookShelfPlaceSide,
        pub number: i64,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl BookShelfPlace {
        pub fn builder() -> builder::BookShelfPlace {
            Default::default()
        }
    }
    ///`BookShelfPlaceSide`
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub enum BookShelfPlaceSide {
        #[serde(rename = "left")]
        Left,
        #[serde(rename = "right")]
        Right,
    }
    impl ::std::fmt::Display for BookShelfPlaceSide {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Left => f.write_str("left"),
                Self::Right => f.write_str("right"),
            }
        }
    }
    impl ::std::str::FromStr for BookShelfPlaceSide {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "left" => Ok(Self::Left),
                "right" => Ok(Self::Right),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for BookShelfPlaceSide {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for BookShelfPlaceSide {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///One copy of a book.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct Copy {
        pub number: i64,
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub state: ::std::option::Option<super::types::CopyState>,
        ///Who has it.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub keeper: ::std::option::Option<CopyKeeper>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl Copy {
        pub fn builder() -> builder::Copy {
            Default::default()
        }
    }
    ///`CopyKeeper`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(untagged)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub enum CopyKeeper {
        Author(Author),
        Desk(Desk),
    }
    impl ::std::convert::From<Author> for CopyKeeper {
        fn from(value: Author) -> Self {
            Self::Author(value)
        }
    }
    impl ::std::convert::From<Desk> for CopyKeeper {
        fn from(value: Desk) -> Self {
            Self::Desk(value)
        }
    }
    ///`Desk`
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct Desk {
        pub desk: i64,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl Desk {
        pub fn builder() -> builder::Desk {
            Default::default()
        }
    }
    ///The number of a book.
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    #[serde(transparent)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct Isbn(pub ::std::string::String);
    impl ::std::ops::Deref for Isbn {
        type Target = ::std::string::String;
        fn deref(&self) -> &::std::string::String {
            &self.0
        }
    }
    impl ::std::convert::From<Isbn> for ::std::string::String {
        fn from(value: Isbn) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::std::string::String> for Isbn {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }
    impl ::std::fmt::Display for Isbn {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            self.0.fmt(f)
        }
    }
    impl ::std::str::FromStr for Isbn {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self(value.to_string()))
        }
    }
    ///`ListBooksType`
    #[derive(
        ::serde::Deserialize,
        ::serde::Serialize,
        Clone,
        Copy,
        Debug,
        Eq,
        Hash,
        Ord,
        PartialEq,
        PartialOrd
    )]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub enum ListBooksType {
        #[serde(rename = "paper")]
        Paper,
        #[serde(rename = "audio")]
        Audio,
    }
    impl ::std::fmt::Display for ListBooksType {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            match *self {
                Self::Paper => f.write_str("paper"),
                Self::Audio => f.write_str("audio"),
            }
        }
    }
    impl ::std::str::FromStr for ListBooksType {
        type Err = self::error::ConversionError;
        fn from_str(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            match value {
                "paper" => Ok(Self::Paper),
                "audio" => Ok(Self::Audio),
                _ => Err("invalid value".into()),
            }
        }
    }
    impl ::std::convert::TryFrom<&str> for ListBooksType {
        type Error = self::error::ConversionError;
        fn try_from(
            value: &str,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    impl ::std::convert::TryFrom<::std::string::String> for ListBooksType {
        type Error = self::error::ConversionError;
        fn try_from(
            value: ::std::string::String,
        ) -> ::std::result::Result<Self, self::error::ConversionError> {
            value.parse()
        }
    }
    ///A loan.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct Loan {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub days: ::std::option::Option<i32>,
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        #[serde(default)]
        pub due_at: ::std::option::Option<::std::string::String>,
        pub id: ::std::string::String,
        pub isbn: Isbn,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub note: ::std::option::Option<::std::string::String>,
        pub reader: super::types::ReaderCard,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl Loan {
        pub fn builder() -> builder::Loan {
            Default::default()
        }
    }
    ///Anything that has a name; null if it has none.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct NamedThing {
        pub name: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl NamedThing {
        pub fn builder() -> builder::NamedThing {
            Default::default()
        }
    }
    ///A loan that a reader asks for.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct NewLoan {
        pub reader: super::types::ReaderCard,
        pub isbn: Isbn,
        ///For how long.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub days: ::std::option::Option<i32>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub note: ::std::option::Option<::std::string::String>,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl NewLoan {
        pub fn builder() -> builder::NewLoan {
            Default::default()
        }
    }
    ///What went wrong.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct Problem {
        pub title: ::std::string::String,
        #[serde(flatten)]
        pub extra: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
    }
    impl Problem {
        pub fn builder() -> builder::Problem {
            Default::default()
        }
    }
    ///An alias of a nullable component.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[serde(transparent)]
    #[cfg_attr(feature = "schema", derive(::schemars::JsonSchema))]
    pub struct Series(pub NamedThing);
    impl ::std::ops::Deref for Series {
        type Target = NamedThing;
        fn deref(&self) -> &NamedThing {
            &self.0
        }
    }
    impl ::std::convert::From<Series> for NamedThing {
        fn from(value: Series) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<NamedThing> for Series {
        fn from(value: NamedThing) -> Self {
            Self(value)
        }
    }
    /// Types for composing complex structures.
    pub mod builder {
        #[derive(Clone, Debug)]
        pub struct Author {
            born_at: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            name: ::std::result::Result<::std::string::String, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Author {
            fn default() -> Self {
                Self {
                    born_at: Err("no value supplied for born_at".to_string()),
                    name: Err("no value supplied for name".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl Author {
            pub fn born_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.born_at = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for born_at: {e}")
                    });
                self
            }
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<Author> for super::Author {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Author,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    born_at: value.born_at?,
                    name: value.name?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::Author> for Author {
            fn from(value: super::Author) -> Self {
                Self {
                    born_at: Ok(value.born_at),
                    name: Ok(value.name),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct Book {
            added_at: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            author: ::std::result::Result<
                ::std::option::Option<super::Author>,
                ::std::string::String,
            >,
            codename: ::std::result::Result<
                ::std::option::Option<super::types::SecretString>,
                ::std::string::String,
            >,
            copy_ids: ::std::result::Result<
                ::std::vec::Vec<::std::string::String>,
                ::std::string::String,
            >,
            cover: ::std::result::Result<super::types::SecretUrl, ::std::string::String>,
            enum_: ::std::result::Result<
                ::std::option::Option<i64>,
                ::std::string::String,
            >,
            extra_property: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            genre: ::std::result::Result<super::types::Genre, ::std::string::String>,
            isbn: ::std::result::Result<super::Isbn, ::std::string::String>,
            prices: ::std::result::Result<
                ::std::collections::BTreeMap<::std::string::String, f64>,
                ::std::string::String,
            >,
            series: ::std::result::Result<
                ::std::option::Option<super::Series>,
                ::std::string::String,
            >,
            shelf: ::std::result::Result<super::BookShelf, ::std::string::String>,
            title: ::std::result::Result<::std::string::String, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Book {
            fn default() -> Self {
                Self {
                    added_at: Err("no value supplied for added_at".to_string()),
                    author: Err("no value supplied for author".to_string()),
                    codename: Err("no value supplied for codename".to_string()),
                    copy_ids: Ok(Default::default()),
                    cover: Err("no value supplied for cover".to_string()),
                    enum_: Ok(Default::default()),
                    extra_property: Ok(Default::default()),
                    genre: Err("no value supplied for genre".to_string()),
                    isbn: Err("no value supplied for isbn".to_string()),
                    prices: Ok(Default::default()),
                    series: Err("no value supplied for series".to_string()),
                    shelf: Err("no value supplied for shelf".to_string()),
                    title: Err("no value supplied for title".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl Book {
            pub fn added_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.added_at = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for added_at: {e}")
                    });
                self
            }
            pub fn author<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Author>>,
                T::Error: ::std::fmt::Display,
            {
                self.author = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for author: {e}")
                    });
                self
            }
            pub fn codename<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<super::types::SecretString>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.codename = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for codename: {e}")
                    });
                self
            }
            pub fn copy_ids<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::vec::Vec<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.copy_ids = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for copy_ids: {e}")
                    });
                self
            }
            pub fn cover<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::types::SecretUrl>,
                T::Error: ::std::fmt::Display,
            {
                self.cover = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for cover: {e}")
                    });
                self
            }
            pub fn enum_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<i64>>,
                T::Error: ::std::fmt::Display,
            {
                self.enum_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for enum_: {e}")
                    });
                self
            }
            pub fn extra_property<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.extra_property = value
                    .try_into()
                    .map_err(|e| {
                        format!(
                            "error converting supplied value for extra_property: {e}"
                        )
                    });
                self
            }
            pub fn genre<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::types::Genre>,
                T::Error: ::std::fmt::Display,
            {
                self.genre = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for genre: {e}")
                    });
                self
            }
            pub fn isbn<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::Isbn>,
                T::Error: ::std::fmt::Display,
            {
                self.isbn = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for isbn: {e}")
                    });
                self
            }
            pub fn prices<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::collections::BTreeMap<::std::string::String, f64>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.prices = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for prices: {e}")
                    });
                self
            }
            pub fn series<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::Series>>,
                T::Error: ::std::fmt::Display,
            {
                self.series = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for series: {e}")
                    });
                self
            }
            pub fn shelf<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::BookShelf>,
                T::Error: ::std::fmt::Display,
            {
                self.shelf = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for shelf: {e}")
                    });
                self
            }
            pub fn title<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.title = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for title: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<Book> for super::Book {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Book,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    added_at: value.added_at?,
                    author: value.author?,
                    codename: value.codename?,
                    copy_ids: value.copy_ids?,
                    cover: value.cover?,
                    enum_: value.enum_?,
                    extra_property: value.extra_property?,
                    genre: value.genre?,
                    isbn: value.isbn?,
                    prices: value.prices?,
                    series: value.series?,
                    shelf: value.shelf?,
                    title: value.title?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::Book> for Book {
            fn from(value: super::Book) -> Self {
                Self {
                    added_at: Ok(value.added_at),
                    author: Ok(value.author),
                    codename: Ok(value.codename),
                    copy_ids: Ok(value.copy_ids),
                    cover: Ok(value.cover),
                    enum_: Ok(value.enum_),
                    extra_property: Ok(value.extra_property),
                    genre: Ok(value.genre),
                    isbn: Ok(value.isbn),
                    prices: Ok(value.prices),
                    series: Ok(value.series),
                    shelf: Ok(value.shelf),
                    title: Ok(value.title),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BookList {
            books: ::std::result::Result<
                ::std::option::Option<::std::vec::Vec<super::Book>>,
                ::std::string::String,
            >,
            default: ::std::result::Result<bool, ::std::string::String>,
            next: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            type_: ::std::result::Result<::std::string::String, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BookList {
            fn default() -> Self {
                Self {
                    books: Err("no value supplied for books".to_string()),
                    default: Err("no value supplied for default".to_string()),
                    next: Err("no value supplied for next".to_string()),
                    type_: Err("no value supplied for type_".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl BookList {
            pub fn books<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<::std::vec::Vec<super::Book>>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.books = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for books: {e}")
                    });
                self
            }
            pub fn default<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<bool>,
                T::Error: ::std::fmt::Display,
            {
                self.default = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for default: {e}")
                    });
                self
            }
            pub fn next<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.next = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for next: {e}")
                    });
                self
            }
            pub fn type_<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.type_ = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for type_: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BookList> for super::BookList {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BookList,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    books: value.books?,
                    default: value.default?,
                    next: value.next?,
                    type_: value.type_?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::BookList> for BookList {
            fn from(value: super::BookList) -> Self {
                Self {
                    books: Ok(value.books),
                    default: Ok(value.default),
                    next: Ok(value.next),
                    type_: Ok(value.type_),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BookShelf {
            place: ::std::result::Result<super::BookShelfPlace, ::std::string::String>,
            row: ::std::result::Result<i64, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BookShelf {
            fn default() -> Self {
                Self {
                    place: Err("no value supplied for place".to_string()),
                    row: Err("no value supplied for row".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl BookShelf {
            pub fn place<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::BookShelfPlace>,
                T::Error: ::std::fmt::Display,
            {
                self.place = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for place: {e}")
                    });
                self
            }
            pub fn row<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<i64>,
                T::Error: ::std::fmt::Display,
            {
                self.row = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for row: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BookShelf> for super::BookShelf {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BookShelf,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    place: value.place?,
                    row: value.row?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::BookShelf> for BookShelf {
            fn from(value: super::BookShelf) -> Self {
                Self {
                    place: Ok(value.place),
                    row: Ok(value.row),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct BookShelfPlace {
            number: ::std::result::Result<i64, ::std::string::String>,
            side: ::std::result::Result<
                super::BookShelfPlaceSide,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for BookShelfPlace {
            fn default() -> Self {
                Self {
                    number: Err("no value supplied for number".to_string()),
                    side: Err("no value supplied for side".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl BookShelfPlace {
            pub fn number<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<i64>,
                T::Error: ::std::fmt::Display,
            {
                self.number = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for number: {e}")
                    });
                self
            }
            pub fn side<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::BookShelfPlaceSide>,
                T::Error: ::std::fmt::Display,
            {
                self.side = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for side: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<BookShelfPlace> for super::BookShelfPlace {
            type Error = super::error::ConversionError;
            fn try_from(
                value: BookShelfPlace,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    number: value.number?,
                    side: value.side?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::BookShelfPlace> for BookShelfPlace {
            fn from(value: super::BookShelfPlace) -> Self {
                Self {
                    number: Ok(value.number),
                    side: Ok(value.side),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct Copy {
            keeper: ::std::result::Result<
                ::std::option::Option<super::CopyKeeper>,
                ::std::string::String,
            >,
            number: ::std::result::Result<i64, ::std::string::String>,
            state: ::std::result::Result<
                ::std::option::Option<super::types::CopyState>,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Copy {
            fn default() -> Self {
                Self {
                    keeper: Err("no value supplied for keeper".to_string()),
                    number: Err("no value supplied for number".to_string()),
                    state: Err("no value supplied for state".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl Copy {
            pub fn keeper<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<super::CopyKeeper>>,
                T::Error: ::std::fmt::Display,
            {
                self.keeper = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for keeper: {e}")
                    });
                self
            }
            pub fn number<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<i64>,
                T::Error: ::std::fmt::Display,
            {
                self.number = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for number: {e}")
                    });
                self
            }
            pub fn state<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::std::option::Option<super::types::CopyState>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.state = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for state: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<Copy> for super::Copy {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Copy,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    keeper: value.keeper?,
                    number: value.number?,
                    state: value.state?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::Copy> for Copy {
            fn from(value: super::Copy) -> Self {
                Self {
                    keeper: Ok(value.keeper),
                    number: Ok(value.number),
                    state: Ok(value.state),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct Desk {
            desk: ::std::result::Result<i64, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Desk {
            fn default() -> Self {
                Self {
                    desk: Err("no value supplied for desk".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl Desk {
            pub fn desk<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<i64>,
                T::Error: ::std::fmt::Display,
            {
                self.desk = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for desk: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<Desk> for super::Desk {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Desk,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    desk: value.desk?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::Desk> for Desk {
            fn from(value: super::Desk) -> Self {
                Self {
                    desk: Ok(value.desk),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct Loan {
            days: ::std::result::Result<
                ::std::option::Option<i32>,
                ::std::string::String,
            >,
            due_at: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            id: ::std::result::Result<::std::string::String, ::std::string::String>,
            isbn: ::std::result::Result<super::Isbn, ::std::string::String>,
            note: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            reader: ::std::result::Result<
                super::types::ReaderCard,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Loan {
            fn default() -> Self {
                Self {
                    days: Ok(Default::default()),
                    due_at: Err("no value supplied for due_at".to_string()),
                    id: Err("no value supplied for id".to_string()),
                    isbn: Err("no value supplied for isbn".to_string()),
                    note: Ok(Default::default()),
                    reader: Err("no value supplied for reader".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl Loan {
            pub fn days<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<i32>>,
                T::Error: ::std::fmt::Display,
            {
                self.days = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for days: {e}")
                    });
                self
            }
            pub fn due_at<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.due_at = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for due_at: {e}")
                    });
                self
            }
            pub fn id<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.id = value
                    .try_into()
                    .map_err(|e| format!("error converting supplied value for id: {e}"));
                self
            }
            pub fn isbn<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::Isbn>,
                T::Error: ::std::fmt::Display,
            {
                self.isbn = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for isbn: {e}")
                    });
                self
            }
            pub fn note<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.note = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for note: {e}")
                    });
                self
            }
            pub fn reader<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::types::ReaderCard>,
                T::Error: ::std::fmt::Display,
            {
                self.reader = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for reader: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<Loan> for super::Loan {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Loan,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    days: value.days?,
                    due_at: value.due_at?,
                    id: value.id?,
                    isbn: value.isbn?,
                    note: value.note?,
                    reader: value.reader?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::Loan> for Loan {
            fn from(value: super::Loan) -> Self {
                Self {
                    days: Ok(value.days),
                    due_at: Ok(value.due_at),
                    id: Ok(value.id),
                    isbn: Ok(value.isbn),
                    note: Ok(value.note),
                    reader: Ok(value.reader),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct NamedThing {
            name: ::std::result::Result<::std::string::String, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for NamedThing {
            fn default() -> Self {
                Self {
                    name: Err("no value supplied for name".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl NamedThing {
            pub fn name<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.name = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for name: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<NamedThing> for super::NamedThing {
            type Error = super::error::ConversionError;
            fn try_from(
                value: NamedThing,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    name: value.name?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::NamedThing> for NamedThing {
            fn from(value: super::NamedThing) -> Self {
                Self {
                    name: Ok(value.name),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct NewLoan {
            days: ::std::result::Result<
                ::std::option::Option<i32>,
                ::std::string::String,
            >,
            isbn: ::std::result::Result<super::Isbn, ::std::string::String>,
            note: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            reader: ::std::result::Result<
                super::types::ReaderCard,
                ::std::string::String,
            >,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for NewLoan {
            fn default() -> Self {
                Self {
                    days: Ok(Default::default()),
                    isbn: Err("no value supplied for isbn".to_string()),
                    note: Ok(Default::default()),
                    reader: Err("no value supplied for reader".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl NewLoan {
            pub fn days<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<i32>>,
                T::Error: ::std::fmt::Display,
            {
                self.days = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for days: {e}")
                    });
                self
            }
            pub fn isbn<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::Isbn>,
                T::Error: ::std::fmt::Display,
            {
                self.isbn = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for isbn: {e}")
                    });
                self
            }
            pub fn note<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::option::Option<::std::string::String>>,
                T::Error: ::std::fmt::Display,
            {
                self.note = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for note: {e}")
                    });
                self
            }
            pub fn reader<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<super::types::ReaderCard>,
                T::Error: ::std::fmt::Display,
            {
                self.reader = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for reader: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<NewLoan> for super::NewLoan {
            type Error = super::error::ConversionError;
            fn try_from(
                value: NewLoan,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    days: value.days?,
                    isbn: value.isbn?,
                    note: value.note?,
                    reader: value.reader?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::NewLoan> for NewLoan {
            fn from(value: super::NewLoan) -> Self {
                Self {
                    days: Ok(value.days),
                    isbn: Ok(value.isbn),
                    note: Ok(value.note),
                    reader: Ok(value.reader),
                    extra: Ok(value.extra),
                }
            }
        }
        #[derive(Clone, Debug)]
        pub struct Problem {
            title: ::std::result::Result<::std::string::String, ::std::string::String>,
            extra: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for Problem {
            fn default() -> Self {
                Self {
                    title: Err("no value supplied for title".to_string()),
                    extra: Ok(::std::default::Default::default()),
                }
            }
        }
        impl Problem {
            pub fn title<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<::std::string::String>,
                T::Error: ::std::fmt::Display,
            {
                self.title = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for title: {e}")
                    });
                self
            }
            pub fn extra<T>(mut self, value: T) -> Self
            where
                T: ::std::convert::TryInto<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
                T::Error: ::std::fmt::Display,
            {
                self.extra = value
                    .try_into()
                    .map_err(|e| {
                        format!("error converting supplied value for extra: {e}")
                    });
                self
            }
        }
        impl ::std::convert::TryFrom<Problem> for super::Problem {
            type Error = super::error::ConversionError;
            fn try_from(
                value: Problem,
            ) -> ::std::result::Result<Self, super::error::ConversionError> {
                Ok(Self {
                    title: value.title?,
                    extra: value.extra?,
                })
            }
        }
        impl ::std::convert::From<super::Problem> for Problem {
            fn from(value: super::Problem) -> Self {
                Self {
                    title: Ok(value.title),
                    extra: Ok(value.extra),
                }
            }
        }
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
    #[allow(unused_imports)]
    use super::types;
    /// A list that goes out as one value, its items separated by commas.
    ///
    /// `try_from` makes it of a `Vec` or an array. It refuses an empty list, and an item that
    /// holds a comma, is empty or is not a plain value: what goes out would say something else.
    #[derive(Clone, PartialEq)]
    pub struct CommaSeparated<T>(::std::vec::Vec<T>);
    impl<T> CommaSeparated<T> {
        /// The items of the list.
        pub fn items(&self) -> &[T] {
            &self.0
        }
    }
    impl<T: ::std::fmt::Debug> ::std::fmt::Debug for CommaSeparated<T> {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.debug_list().entries(&self.0).finish()
        }
    }
    impl<T: ::serde::Serialize> ::std::convert::TryFrom<::std::vec::Vec<T>>
    for CommaSeparated<T> {
        type Error = self::error::ConversionError;
        fn try_from(
            items: ::std::vec::Vec<T>,
        ) -> ::std::result::Result<Self, Self::Error> {
            if items.is_empty() {
                return Err("the list is empty".into());
            }
            for (index, item) in items.iter().enumerate() {
                let reason = match comma_separated_item(item) {
                    Some(text) if text.is_empty() => "is empty",
                    Some(text) if text.contains(',') => "holds a comma",
                    Some(_) => continue,
                    None => "is not a plain value",
                };
                return Err(format!("item {index} of the list {reason}").into());
            }
            Ok(Self(items))
        }
    }
    impl<T: ::serde::Serialize, const N: usize> ::std::convert::TryFrom<[T; N]>
    for CommaSeparated<T> {
        type Error = self::error::ConversionError;
        fn try_from(items: [T; N]) -> ::std::result::Result<Self, Self::Error> {
            Self::try_from(::std::vec::Vec::from(items))
        }
    }
    impl<T: ::serde::Serialize> ::serde::Serialize for CommaSeparated<T> {
        fn serialize<S: ::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::std::result::Result<S::Ok, S::Error> {
            let items: ::std::vec::Vec<::std::string::String> = self
                .0
                .iter()
                .filter_map(comma_separated_item)
                .collect();
            serializer.serialize_str(&items.join(","))
        }
    }
    /// An item as it goes out; nothing if it is not a plain value.
    #[allow(dead_code)]
    fn comma_separated_item<T: ::serde::Serialize>(
        item: &T,
    ) -> ::std::option::Option<::std::string::String> {
        match ::serde_json::to_value(item).ok()? {
            ::serde_json::Value::String(text) => Some(text),
            ::serde_json::Value::Number(number) => Some(number.to_string()),
            ::serde_json::Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }
    /// A value that the contract does not list.
    ///
    /// Only parsing makes one, so that a listed value is never taken for an unknown one.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct UnknownValue(::std::string::String);
    impl UnknownValue {
        /// The value as it was received.
        pub fn as_str(&self) -> &str {
            &self.0
        }
    }
    /// A URL with its user information, query and fragment masked; other text as it is.
    #[allow(dead_code)]
    fn mask_url(text: &str) -> ::std::borrow::Cow<'_, str> {
        let query = text.find(['?', '#']);
        let (shown, tail) = text.split_at(query.unwrap_or(text.len()));
        let start = match shown.starts_with("//") {
            true => Some(2),
            false => shown.find("://").map(|scheme| scheme + 3),
        };
        let user = start
            .and_then(|start| {
                let authority = &shown[start..];
                let authority = &authority[..authority
                    .find('/')
                    .unwrap_or(authority.len())];
                Some((start, start + authority.rfind('@')?))
            });
        if user.is_none() && tail.is_empty() {
            return text.into();
        }
        let mut masked = ::std::string::String::new();
        match user {
            Some((start, end)) => {
                masked.push_str(&shown[..start]);
                masked.push_str("***");
                masked.push_str(&shown[end..]);
            }
            None => masked.push_str(shown),
        }
        if let Some(mark) = tail.chars().next() {
            masked.push(mark);
            masked.push_str("***");
        }
        masked.into()
    }
    ///How a copy is; null if nobody looked.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum CopyState {
        ///`fine`
        Fine,
        ///`worn`
        Worn,
        /// A value that the contract does not list, as it was received.
        Unknown(UnknownValue),
    }
    impl CopyState {
        /// Every value that the contract lists, in its order.
        pub const KNOWN: [Self; 2usize] = [Self::Fine, Self::Worn];
        /// The value as it is sent and received.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Fine => "fine",
                Self::Worn => "worn",
                Self::Unknown(value) => value.as_str(),
            }
        }
        /// Whether the contract lists this value.
        pub fn is_known(&self) -> bool {
            !matches!(self, Self::Unknown(_))
        }
    }
    impl ::std::convert::From<&str> for CopyState {
        fn from(value: &str) -> Self {
            match value {
                "fine" => Self::Fine,
                "worn" => Self::Worn,
                other => Self::Unknown(UnknownValue(other.to_owned())),
            }
        }
    }
    impl ::std::convert::From<::std::string::String> for CopyState {
        fn from(value: ::std::string::String) -> Self {
            Self::from(value.as_str())
        }
    }
    impl ::std::str::FromStr for CopyState {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self::from(value))
        }
    }
    impl ::std::fmt::Display for CopyState {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.pad(self.as_str())
        }
    }
    impl ::serde::Serialize for CopyState {
        fn serialize<S: ::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::std::result::Result<S::Ok, S::Error> {
            serializer.serialize_str(self.as_str())
        }
    }
    impl<'de> ::serde::Deserialize<'de> for CopyState {
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            struct Visitor;
            impl ::serde::de::Visitor<'_> for Visitor {
                type Value = CopyState;
                fn expecting(
                    &self,
                    f: &mut ::std::fmt::Formatter<'_>,
                ) -> ::std::fmt::Result {
                    f.write_str("a string")
                }
                fn visit_str<E: ::serde::de::Error>(
                    self,
                    value: &str,
                ) -> ::std::result::Result<Self::Value, E> {
                    Ok(Self::Value::from(value))
                }
            }
            deserializer.deserialize_str(Visitor)
        }
    }
    #[cfg(feature = "schema")]
    impl ::schemars::JsonSchema for CopyState {
        fn schema_name() -> ::std::borrow::Cow<'static, str> {
            "CopyState".into()
        }
        fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
            ::schemars::json_schema!(
                { "description" : "How a copy is; null if nobody looked.", "type" :
                "string", "enum" : ["fine", "worn"], "x-extensible-enum" : true }
            )
        }
    }
    ///What a book is like. A reply may hold a genre that is not listed here.
    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    #[non_exhaustive]
    pub enum Genre {
        ///`novel`
        Novel,
        ///`non-fiction`
        NonFiction,
        ///`sci_fi`
        SciFi,
        ///`19th century`
        X19thCentury,
        /// A value that the contract does not list, as it was received.
        Unknown(UnknownValue),
    }
    impl Genre {
        /// Every value that the contract lists, in its order.
        pub const KNOWN: [Self; 4usize] = [
            Self::Novel,
            Self::NonFiction,
            Self::SciFi,
            Self::X19thCentury,
        ];
        /// The value as it is sent and received.
        pub fn as_str(&self) -> &str {
            match self {
                Self::Novel => "novel",
                Self::NonFiction => "non-fiction",
                Self::SciFi => "sci_fi",
                Self::X19thCentury => "19th century",
                Self::Unknown(value) => value.as_str(),
            }
        }
        /// Whether the contract lists this value.
        pub fn is_known(&self) -> bool {
            !matches!(self, Self::Unknown(_))
        }
    }
    impl ::std::convert::From<&str> for Genre {
        fn from(value: &str) -> Self {
            match value {
                "novel" => Self::Novel,
                "non-fiction" => Self::NonFiction,
                "sci_fi" => Self::SciFi,
                "19th century" => Self::X19thCentury,
                other => Self::Unknown(UnknownValue(other.to_owned())),
            }
        }
    }
    impl ::std::convert::From<::std::string::String> for Genre {
        fn from(value: ::std::string::String) -> Self {
            Self::from(value.as_str())
        }
    }
    impl ::std::str::FromStr for Genre {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self::from(value))
        }
    }
    impl ::std::fmt::Display for Genre {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.pad(self.as_str())
        }
    }
    impl ::serde::Serialize for Genre {
        fn serialize<S: ::serde::Serializer>(
            &self,
            serializer: S,
        ) -> ::std::result::Result<S::Ok, S::Error> {
            serializer.serialize_str(self.as_str())
        }
    }
    impl<'de> ::serde::Deserialize<'de> for Genre {
        fn deserialize<D: ::serde::Deserializer<'de>>(
            deserializer: D,
        ) -> ::std::result::Result<Self, D::Error> {
            struct Visitor;
            impl ::serde::de::Visitor<'_> for Visitor {
                type Value = Genre;
                fn expecting(
                    &self,
                    f: &mut ::std::fmt::Formatter<'_>,
                ) -> ::std::fmt::Result {
                    f.write_str("a string")
                }
                fn visit_str<E: ::serde::de::Error>(
                    self,
                    value: &str,
                ) -> ::std::result::Result<Self::Value, E> {
                    Ok(Self::Value::from(value))
                }
            }
            deserializer.deserialize_str(Visitor)
        }
    }
    #[cfg(feature = "schema")]
    impl ::schemars::JsonSchema for Genre {
        fn schema_name() -> ::std::borrow::Cow<'static, str> {
            "Genre".into()
        }
        fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
            ::schemars::json_schema!(
                { "description" :
                "What a book is like. A reply may hold a genre that is not listed here.",
                "type" : "string", "enum" : ["novel", "non-fiction", "sci_fi",
                "19th century"], "x-extensible-enum" : true }
            )
        }
    }
    ///The number on a reader's card.
    ///
    ///`Debug` and `Display` show `***` in its place; `expose` and `Serialize` give it as it is.
    #[derive(
        Clone,
        PartialEq,
        Eq,
        PartialOrd,
        Ord,
        Hash,
        ::serde::Deserialize,
        ::serde::Serialize
    )]
    #[serde(transparent)]
    pub struct ReaderCard(::std::string::String);
    impl ReaderCard {
        /// The value as it is, secrets included.
        pub fn expose(&self) -> &str {
            &self.0
        }
        /// The value as it may be shown.
        pub fn masked(&self) -> ::std::borrow::Cow<'_, str> {
            "***".into()
        }
    }
    impl ::std::convert::From<::std::string::String> for ReaderCard {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }
    impl ::std::convert::From<&str> for ReaderCard {
        fn from(value: &str) -> Self {
            Self(value.to_owned())
        }
    }
    impl ::std::str::FromStr for ReaderCard {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self::from(value))
        }
    }
    impl ::std::fmt::Display for ReaderCard {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.pad(&self.masked())
        }
    }
    impl ::std::fmt::Debug for ReaderCard {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            ::std::fmt::Debug::fmt(&*self.masked(), f)
        }
    }
    #[cfg(feature = "schema")]
    impl ::schemars::JsonSchema for ReaderCard {
        fn schema_name() -> ::std::borrow::Cow<'static, str> {
            "ReaderCard".into()
        }
        fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
            ::schemars::json_schema!(
                { "description" : "The number on a reader's card.", "type" : "string",
                "x-secret" : true }
            )
        }
    }
    ///A string that is secret.
    ///
    ///`Debug` and `Display` show `***` in its place; `expose` and `Serialize` give it as it is.
    #[derive(
        Clone,
        PartialEq,
        Eq,
        PartialOrd,
        Ord,
        Hash,
        ::serde::Deserialize,
        ::serde::Serialize
    )]
    #[serde(transparent)]
    pub struct SecretString(::std::string::String);
    impl SecretString {
        /// The value as it is, secrets included.
        pub fn expose(&self) -> &str {
            &self.0
        }
        /// The value as it may be shown.
        pub fn masked(&self) -> ::std::borrow::Cow<'_, str> {
            "***".into()
        }
    }
    impl ::std::convert::From<::std::string::String> for SecretString {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }
    impl ::std::convert::From<&str> for SecretString {
        fn from(value: &str) -> Self {
            Self(value.to_owned())
        }
    }
    impl ::std::str::FromStr for SecretString {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self::from(value))
        }
    }
    impl ::std::fmt::Display for SecretString {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.pad(&self.masked())
        }
    }
    impl ::std::fmt::Debug for SecretString {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            ::std::fmt::Debug::fmt(&*self.masked(), f)
        }
    }
    #[cfg(feature = "schema")]
    impl ::schemars::JsonSchema for SecretString {
        fn schema_name() -> ::std::borrow::Cow<'static, str> {
            "SecretString".into()
        }
        fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
            ::schemars::json_schema!(
                { "description" : "A string that is secret.", "type" : "string",
                "x-secret" : true }
            )
        }
    }
    ///A string that may be a URL with a secret in its query.
    ///
    ///`Debug` and `Display` show a URL without its query; `expose` and `Serialize` give it as it is.
    #[derive(
        Clone,
        PartialEq,
        Eq,
        PartialOrd,
        Ord,
        Hash,
        ::serde::Deserialize,
        ::serde::Serialize
    )]
    #[serde(transparent)]
    pub struct SecretUrl(::std::string::String);
    impl SecretUrl {
        /// The value as it is, secrets included.
        pub fn expose(&self) -> &str {
            &self.0
        }
        /// The value as it may be shown.
        pub fn masked(&self) -> ::std::borrow::Cow<'_, str> {
            mask_url(&self.0)
        }
    }
    impl SecretUrl {
        /// Whether a part of the value is masked when it is shown.
        pub fn is_masked(&self) -> bool {
            matches!(self.masked(), ::std::borrow::Cow::Owned(_))
        }
    }
    impl ::std::convert::From<::std::string::String> for SecretUrl {
        fn from(value: ::std::string::String) -> Self {
            Self(value)
        }
    }
    impl ::std::convert::From<&str> for SecretUrl {
        fn from(value: &str) -> Self {
            Self(value.to_owned())
        }
    }
    impl ::std::str::FromStr for SecretUrl {
        type Err = ::std::convert::Infallible;
        fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
            Ok(Self::from(value))
        }
    }
    impl ::std::fmt::Display for SecretUrl {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.pad(&self.masked())
        }
    }
    impl ::std::fmt::Debug for SecretUrl {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            ::std::fmt::Debug::fmt(&*self.masked(), f)
        }
    }
    #[cfg(feature = "schema")]
    impl ::schemars::JsonSchema for SecretUrl {
        fn schema_name() -> ::std::borrow::Cow<'static, str> {
            "SecretUrl".into()
        }
        fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
            ::schemars::json_schema!(
                { "description" :
                "A string that may be a URL with a secret in its query.", "type" :
                "string", "x-secret" : "url-query" }
            )
        }
    }
}
#[derive(Clone, Debug)]
/**Client for Lending library

Books and loans.

Version: 2.1.0*/
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::Inner,
}
impl Client {
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    ///
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(
        baseurl: &str,
        client: reqwest::Client,
        inner: crate::Inner,
    ) -> Self {
        Self {
            baseurl: baseurl.to_string(),
            client,
            inner,
        }
    }
}
impl ClientInfo<crate::Inner> for Client {
    fn api_version() -> &'static str {
        "2.1.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::Inner {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::Inner>,
    {}
};
impl Client {
    /**List books

Sends a `GET` request to `/books`

Arguments:
- `added_after`
- `genre`: Lists only books of these genres.
- `page_size`
- `shelf`: Looks on these shelves only.
- `tag`: Lists only books with all of these tags; each goes out on its own.
- `type_`
```ignore
let response = client.list_books()
    .added_after(added_after)
    .genre(genre)
    .page_size(page_size)
    .shelf(shelf)
    .tag(tag)
    .type_(type_)
    .send()
    .await;
```*/
    pub fn list_books(&self) -> builder::ListBooks<'_> {
        builder::ListBooks::new(self)
    }
    /**Sends a `GET` request to `/books/{isbn}/copies/{copy}`

Arguments:
- `isbn`
- `copy`
- `shelf`: Looks on these shelves only.
- `x_reader`
```ignore
let response = client.get_copy()
    .isbn(isbn)
    .copy(copy)
    .shelf(shelf)
    .x_reader(x_reader)
    .send()
    .await;
```*/
    pub fn get_copy(&self) -> builder::GetCopy<'_> {
        builder::GetCopy::new(self)
    }
    /**Sends a `POST` request to `/loans`

```ignore
let response = client.create_loan()
    .body(body)
    .send()
    .await;
```*/
    pub fn create_loan(&self) -> builder::CreateLoan<'_> {
        builder::CreateLoan::new(self)
    }
}
/// Types for composing operation parameters.
#[allow(clippy::all)]
pub mod builder {
    use super::types;
    #[allow(unused_imports)]
    use super::{
        encode_path, ByteStream, ClientInfo, ClientHooks, Error, OperationInfo,
        RequestBuilderExt, ResponseValue,
    };
    /**Builder for [`Client::list_books`]

[`Client::list_books`]: super::Client::list_books*/
    #[derive(Debug, Clone)]
    pub struct ListBooks<'a> {
        client: &'a super::Client,
        added_after: Result<Option<::std::string::String>, String>,
        genre: Result<Option<super::types::CommaSeparated<super::types::Genre>>, String>,
        page_size: Result<Option<::std::num::NonZeroU32>, String>,
        shelf: Result<Option<super::types::CommaSeparated<i64>>, String>,
        tag: Result<Option<::std::vec::Vec<::std::string::String>>, String>,
        type_: Result<Option<types::ListBooksType>, String>,
    }
    impl<'a> ListBooks<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                added_after: Ok(None),
                genre: Ok(None),
                page_size: Ok(None),
                shelf: Ok(None),
                tag: Ok(None),
                type_: Ok(None),
            }
        }
        pub fn added_after<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.added_after = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for added_after failed"
                        .to_string()
                });
            self
        }
        pub fn genre<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<super::types::CommaSeparated<super::types::Genre>>,
        {
            self.genre = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `super :: types :: CommaSeparated < super :: types :: Genre >` for genre failed"
                        .to_string()
                });
            self
        }
        pub fn page_size<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::num::NonZeroU32>,
        {
            self.page_size = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: num :: NonZeroU32` for page_size failed"
                        .to_string()
                });
            self
        }
        pub fn shelf<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<super::types::CommaSeparated<i64>>,
        {
            self.shelf = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `super :: types :: CommaSeparated < i64 >` for shelf failed"
                        .to_string()
                });
            self
        }
        pub fn tag<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::vec::Vec<::std::string::String>>,
        {
            self.tag = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: vec :: Vec < :: std :: string :: String >` for tag failed"
                        .to_string()
                });
            self
        }
        pub fn type_<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::ListBooksType>,
        {
            self.type_ = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `ListBooksType` for type_ failed".to_string()
                });
            self
        }
        ///Sends a `GET` request to `/books`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::BookList>, Error<ByteStream>> {
            let Self { client, added_after, genre, page_size, shelf, tag, type_ } = self;
            let added_after = added_after.map_err(Error::InvalidRequest)?;
            let genre = genre.map_err(Error::InvalidRequest)?;
            let page_size = page_size.map_err(Error::InvalidRequest)?;
            let shelf = shelf.map_err(Error::InvalidRequest)?;
            let tag = tag.map_err(Error::InvalidRequest)?;
            let type_ = type_.map_err(Error::InvalidRequest)?;
            let url = format!("{}/books", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("added_after", &added_after))
                .query(&progenitor_client::QueryParam::new("genre", &genre))
                .query(&progenitor_client::QueryParam::new("page_size", &page_size))
                .query(&progenitor_client::QueryParam::new("shelf", &shelf))
                .query(&progenitor_client::QueryParam::new("tag", &tag))
                .query(&progenitor_client::QueryParam::new("type", &type_))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "list_books",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => super::decode(response).await,
                400u16..=499u16 => {
                    Err(Error::ErrorResponse(ResponseValue::stream(response)))
                }
                500u16..=599u16 => {
                    Err(Error::ErrorResponse(ResponseValue::stream(response)))
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::get_copy`]

[`Client::get_copy`]: super::Client::get_copy*/
    #[derive(Debug, Clone)]
    pub struct GetCopy<'a> {
        client: &'a super::Client,
        isbn: Result<types::Isbn, String>,
        copy: Result<i64, String>,
        shelf: Result<Option<super::types::CommaSeparated<i64>>, String>,
        x_reader: Result<Option<::std::string::String>, String>,
    }
    impl<'a> GetCopy<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                isbn: Err("isbn was not initialized".to_string()),
                copy: Err("copy was not initialized".to_string()),
                shelf: Ok(None),
                x_reader: Ok(None),
            }
        }
        pub fn isbn<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::Isbn>,
        {
            self.isbn = value
                .try_into()
                .map_err(|_| "conversion to `Isbn` for isbn failed".to_string());
            self
        }
        pub fn copy<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<i64>,
        {
            self.copy = value
                .try_into()
                .map_err(|_| "conversion to `i64` for copy failed".to_string());
            self
        }
        pub fn shelf<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<super::types::CommaSeparated<i64>>,
        {
            self.shelf = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `super :: types :: CommaSeparated < i64 >` for shelf failed"
                        .to_string()
                });
            self
        }
        pub fn x_reader<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<::std::string::String>,
        {
            self.x_reader = value
                .try_into()
                .map(Some)
                .map_err(|_| {
                    "conversion to `:: std :: string :: String` for x_reader failed"
                        .to_string()
                });
            self
        }
        ///Sends a `GET` request to `/books/{isbn}/copies/{copy}`
        pub async fn send(
            self,
        ) -> Result<
            ResponseValue<::std::option::Option<types::Copy>>,
            Error<ByteStream>,
        > {
            let Self { client, isbn, copy, shelf, x_reader } = self;
            let isbn = isbn.map_err(Error::InvalidRequest)?;
            let copy = copy.map_err(Error::InvalidRequest)?;
            let shelf = shelf.map_err(Error::InvalidRequest)?;
            let x_reader = x_reader.map_err(Error::InvalidRequest)?;
            let url = format!(
                "{}/books/{}/copies/{}", client.baseurl, encode_path(& isbn.to_string()),
                encode_path(& copy.to_string()),
            );
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            if let Some(value) = x_reader {
                header_map.append("X-Reader", value.to_string().try_into()?);
            }
            #[allow(unused_mut)]
            let mut request = client
                .client
                .get(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .query(&progenitor_client::QueryParam::new("shelf", &shelf))
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "get_copy",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                200u16 => super::decode(response).await,
                400u16..=499u16 => {
                    Err(Error::ErrorResponse(ResponseValue::stream(response)))
                }
                500u16..=599u16 => {
                    Err(Error::ErrorResponse(ResponseValue::stream(response)))
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
    /**Builder for [`Client::create_loan`]

[`Client::create_loan`]: super::Client::create_loan*/
    #[derive(Debug, Clone)]
    pub struct CreateLoan<'a> {
        client: &'a super::Client,
        body: Result<types::builder::NewLoan, String>,
    }
    impl<'a> CreateLoan<'a> {
        pub fn new(client: &'a super::Client) -> Self {
            Self {
                client: client,
                body: Ok(::std::default::Default::default()),
            }
        }
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: std::convert::TryInto<types::NewLoan>,
            <V as std::convert::TryInto<types::NewLoan>>::Error: std::fmt::Display,
        {
            self.body = value
                .try_into()
                .map(From::from)
                .map_err(|s| format!("conversion to `NewLoan` for body failed: {}", s));
            self
        }
        pub fn body_map<F>(mut self, f: F) -> Self
        where
            F: std::ops::FnOnce(types::builder::NewLoan) -> types::builder::NewLoan,
        {
            self.body = self.body.map(f);
            self
        }
        ///Sends a `POST` request to `/loans`
        pub async fn send(
            self,
        ) -> Result<ResponseValue<types::Loan>, Error<ByteStream>> {
            let Self { client, body } = self;
            let body = body
                .and_then(|v| types::NewLoan::try_from(v).map_err(|e| e.to_string()))
                .map_err(Error::InvalidRequest)?;
            let url = format!("{}/loans", client.baseurl,);
            let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
            header_map
                .append(
                    ::reqwest::header::HeaderName::from_static("api-version"),
                    ::reqwest::header::HeaderValue::from_static(
                        super::Client::api_version(),
                    ),
                );
            #[allow(unused_mut)]
            let mut request = client
                .client
                .post(url)
                .header(
                    ::reqwest::header::ACCEPT,
                    ::reqwest::header::HeaderValue::from_static("application/json"),
                )
                .json(&body)
                .headers(header_map)
                .build()?;
            let info = OperationInfo {
                operation_id: "create_loan",
            };
            client.pre(&mut request, &info).await?;
            let result = client.exec(request, &info).await;
            client.post(&result, &info).await?;
            let response = result?;
            match response.status().as_u16() {
                201u16 => super::decode(response).await,
                400u16..=499u16 => {
                    Err(Error::ErrorResponse(ResponseValue::stream(response)))
                }
                500u16..=599u16 => {
                    Err(Error::ErrorResponse(ResponseValue::stream(response)))
                }
                _ => Err(Error::UnexpectedResponse(response)),
            }
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    pub use self::super::Client;
}
/// Decodes a reply, which is text.
async fn decode<T: ::serde::de::DeserializeOwned, E>(
    response: ::reqwest::Response,
) -> Result<ResponseValue<T>, Error<E>> {
    let status = response.status();
    let headers = response.headers().clone();
    let body = response.bytes().await.map_err(Error::ResponseBodyError)?;
    let decoded = ::std::str::from_utf8(&body)
        .map_err(::serde::de::Error::custom)
        .and_then(::serde_json::from_str);
    match decoded {
        Ok(inner) => Ok(ResponseValue::new(inner, status, headers)),
        Err(error) => Err(Error::InvalidResponsePayload(body, error)),
    }
}
/// Limits that the contract states and that no generated type enforces.
pub mod limits {
    ///Greatest number of items: parameter `shelf` of `listBooks`.
    pub const LIST_BOOKS_SHELF_MAX_ITEMS: i64 = 5;
    ///Least value: parameter `page_size` of `listBooks`.
    pub const LIST_BOOKS_PAGE_SIZE_MIN: i64 = 1;
    ///Greatest value: parameter `page_size` of `listBooks`.
    pub const LIST_BOOKS_PAGE_SIZE_MAX: i64 = 50;
    ///Value where none is sent: parameter `page_size` of `listBooks`.
    pub const LIST_BOOKS_PAGE_SIZE_DEFAULT: i64 = 10;
    ///Least value: parameter `copy` of `get_copy`.
    pub const GET_COPY_COPY_MIN: i64 = 0;
    ///Least number of characters: parameter `isbn` of `get_copy`.
    pub const GET_COPY_ISBN_MIN_LENGTH: i64 = 10;
    ///Greatest number of characters: parameter `isbn` of `get_copy`.
    pub const GET_COPY_ISBN_MAX_LENGTH: i64 = 13;
    ///Greatest number of items: parameter `shelf` of `get_copy`.
    pub const GET_COPY_SHELF_MAX_ITEMS: i64 = 5;
    ///Least number of characters: `title` of [`Book`](super::types::Book).
    pub const BOOK_TITLE_MIN_LENGTH: i64 = 1;
    ///Greatest number of characters: `title` of [`Book`](super::types::Book).
    pub const BOOK_TITLE_MAX_LENGTH: i64 = 20;
    ///Greatest value: `enum` of [`Book`](super::types::Book).
    pub const BOOK_ENUM_MAX: i64 = 9;
    ///Greatest number of items: `copy_ids` of [`Book`](super::types::Book).
    pub const BOOK_COPY_IDS_MAX_ITEMS: i64 = 2;
    ///Least number of characters: [`Isbn`](super::types::Isbn).
    pub const ISBN_MIN_LENGTH: i64 = 10;
    ///Greatest number of characters: [`Isbn`](super::types::Isbn).
    pub const ISBN_MAX_LENGTH: i64 = 13;
    ///Least value: `number` of [`Copy`](super::types::Copy).
    pub const COPY_NUMBER_MIN: i64 = 0;
    ///Least value: `days` of [`NewLoan`](super::types::NewLoan).
    pub const NEW_LOAN_DAYS_MIN: i64 = 1;
    ///Greatest value: `days` of [`NewLoan`](super::types::NewLoan).
    pub const NEW_LOAN_DAYS_MAX: i64 = 28;
    ///Value where none is sent: `days` of [`NewLoan`](super::types::NewLoan).
    pub const NEW_LOAN_DAYS_DEFAULT: i64 = 14;
}
/// Names of the properties that the contract marks secret as a whole.
pub const SECRET_PROPERTIES: [&str; 2usize] = ["codename", "reader"];
