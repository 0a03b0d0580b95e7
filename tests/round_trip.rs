//! Whatever an office can hold of its people comes back from an export into an empty office, and leaves that one as the same bytes.

mod it;

use it::{Desk, resident_id};
use proptest::prelude::*;

const HEADER: &str = "姓名,证件号码,用人单位,人才队伍,引进方式,到岗日期,合同截止,手机,学历,人才类别,备注\r\n";

prop_compose! {
    fn row()(
        name in "[一-龥]{2,4}",
        unit in "[一-龥]{2,6}(公司|院)",
        corps in prop::sample::select(vec!["entrepreneur", "leading", "innovator", "skilled"]),
        mode in prop::sample::select(vec!["rigid", "flexible", "home_grown"]),
        month in 1..=12, day in 1..=28, years in 1..=9,
        phone in prop::option::of("1[3-9][0-9]{9}"),
        education in prop::sample::select(vec!["", "博士", "硕士", "本科"]),
        class in prop::sample::select(vec!["", "A", "C", "E"]),
        // What spreadsheets take for formulas, separators and quotes.
        remarks in "[=+@a-z一-龥,;\"' ]{0,12}",
    ) -> String {
        let remarks = remarks.replace('"', "\"\"");
        format!(
            "{unit},{corps},{mode},2018-{month:02}-{day:02},{}-{month:02}-{day:02},{},{education},{class},\"{remarks}\"\r\n|{name}",
            2018 + years,
            phone.unwrap_or_default()
        )
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn an_export_comes_back_as_the_same_bytes(rows in prop::collection::vec(row(), 1..30)) {
        let mut text = HEADER.to_owned();
        for (serial, row) in rows.iter().enumerate() {
            let (rest, name) = row.split_once("\r\n|").unwrap();
            text += &format!("{name},{},{rest}\r\n", resident_id(serial * 7));
        }
        let one = Desk::new();
        std::fs::write(one.path("r.csv"), &text).unwrap();
        let (code, _, err) = one.run(&["roster", "import", one.path("r.csv").to_str().unwrap()]);
        prop_assert_eq!(code, 0, "{}", err);
        let export = |desk: &Desk| {
            let to = desk.path("out.csv");
            assert_eq!(desk.run(&["roster", "export", to.to_str().unwrap(), "--reveal", "--reason", "test"]).0, 0);
            std::fs::read(to).unwrap()
        };
        let first = export(&one);
        let two = Desk::new();
        let (code, _, err) = two.run(&["roster", "import", one.path("out.csv").to_str().unwrap()]);
        prop_assert_eq!(code, 0, "{}", err);
        prop_assert_eq!(String::from_utf8(first).unwrap(), String::from_utf8(export(&two)).unwrap());
    }
}
