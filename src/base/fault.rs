//! The closed list of what can be wrong with a value that a clerk or a roster (花名册) brings. The codes are stable and
//! ASCII: the rejects file, JSON and the locales key on them. Their wording for people lives in the locales.

use std::fmt;

macro_rules! fault_codes {
    ($($(#[$doc:meta])+ $variant:ident = $text:literal),+ $(,)?) => {
        /// What is wrong with a value (差错代码). A refusal unless [`FaultCode::is_warning`] says otherwise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultCode {
            $($(#[$doc])+ $variant),+
        }

        impl FaultCode {
            /// Every code, in the order of the list.
            pub const ALL: &'static [FaultCode] = &[$(FaultCode::$variant),+];

            /// The stable code, as written in reject files and JSON.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(FaultCode::$variant => $text),+
                }
            }
        }
    };
}

fault_codes! {
    /// The check character is another (校验位不符).
    CheckDigit = "check_digit",
    /// Too short or too long for its kind (位数不符).
    BadLength = "bad_length",
    /// Digits were lost in a spreadsheet and can't be recovered (号码已损坏): 1.50123E+17 or 18 digits ending in 000.
    UnrecoverableNumber = "unrecoverable_number",
    /// The sex given is not that of the identity number (性别与证件不符).
    SexMismatch = "sex_mismatch",
    /// The birth date given is not that of the identity number (出生日期与证件不符).
    BirthMismatch = "birth_mismatch",
    /// No such day, or a form that can be read in two ways (日期有误).
    BadDate = "bad_date",
    /// An end before its beginning (日期先后颠倒).
    DateOrder = "date_order",
    /// A required value is empty (缺项).
    Missing = "missing",
    /// Not in the code set (不在代码表中).
    UnknownValue = "unknown_value",
    /// Not a telephone number (电话有误).
    BadPhone = "bad_phone",
    /// Not an e-mail address (邮箱有误).
    BadEmail = "bad_email",
    /// Not a number of its kind (号码或数值有误).
    BadNumber = "bad_number",
    /// More letters than can be kept (过长).
    TooLong = "too_long",
    /// The same person or record stands earlier in the file (文件内重复).
    DuplicateInFile = "duplicate_in_file",
    /// The register says otherwise (与库内记录冲突).
    ConflictWithRegister = "conflict_with_register",
    /// The value was masked for publication (已脱敏) and can't be taken back.
    MaskedValue = "masked_value",
    /// The unit is not registered (单位未登记).
    UnknownUnit = "unknown_unit",
    /// The value is known but not allowed here (此处不允许).
    NotAllowed = "not_allowed",
    /// Warning: the region of the identity number (行政区划代码) is abolished or unknown.
    OldRegion = "old_region",
    /// Warning: the organisation code (组织机构代码, GB 11714) inside a credit code fails its own check.
    InnerCode = "inner_code",
    /// Warning: a column that is not known (未识别的列) was left out.
    UnknownHeader = "unknown_header",
    /// Warning: a number given for matching (编号) is not in the register.
    UnknownNo = "unknown_no",
    /// Warning: whom the row names is listed on the day (诚信管理期内); the row goes in all the same.
    Listed = "listed",
}

impl FaultCode {
    /// Whether the value is kept and only a remark is made (提示, not 差错).
    pub const fn is_warning(self) -> bool {
        matches!(self, FaultCode::OldRegion | FaultCode::InnerCode | FaultCode::UnknownHeader | FaultCode::UnknownNo | FaultCode::Listed)
    }

    /// The fault of a code as written by [`FaultCode::as_str`].
    pub fn from_code(code: &str) -> Option<FaultCode> {
        FaultCode::ALL.iter().copied().find(|fault| fault.as_str() == code)
    }
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_distinct_and_read_back() {
        let texts: HashSet<_> = FaultCode::ALL.iter().map(|f| f.as_str()).collect();
        assert_eq!(texts.len(), FaultCode::ALL.len());
        for fault in FaultCode::ALL {
            assert_eq!(FaultCode::from_code(fault.as_str()), Some(*fault));
        }
        assert_eq!(FaultCode::ALL.iter().filter(|f| f.is_warning()).count(), 5);
    }
}
