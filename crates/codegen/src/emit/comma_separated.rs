//! A list that goes out as one value.

use proc_macro2::TokenStream;
use quote::quote;

/// Emits the generic type that comma-separated parameters are made of.
pub(crate) fn comma_separated() -> TokenStream {
    quote! {
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
            for CommaSeparated<T>
        {
            type Error = self::error::ConversionError;

            fn try_from(items: ::std::vec::Vec<T>) -> ::std::result::Result<Self, Self::Error> {
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
            for CommaSeparated<T>
        {
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
                let items: ::std::vec::Vec<::std::string::String> =
                    self.0.iter().filter_map(comma_separated_item).collect();
                serializer.serialize_str(&items.join(","))
            }
        }

        /// An item as it goes out; nothing if it is not a plain value.
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
    }
}
