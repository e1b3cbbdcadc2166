//! Does this raw request or reply obey the contract?
